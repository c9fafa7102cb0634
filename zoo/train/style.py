"""Train ``style.paintings``: perceptual losses, one network for all paintings (Johnson 2016, Dumoulin 2017).

It starts from ``style.any-artwork``, whose predictor gives the first style vectors, and learns the paintings alone.
"""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.evaluation.perceptual import read_vgg
from zoo.loading import load_artwork_network, load_features, load_paintings
from zoo.nets.perceptual import Texture
from zoo.nets.style_network import PaintingsNetwork, StyleNetwork
from zoo.style.any_artwork import MODEL as ANY_ARTWORK
from zoo.style.fast import MODEL as PAINTINGS
from zoo.train.learner import Learner
from zoo.train.painting_loss import Judgement, PaintingLoss, Textures
from zoo.train.photos import photo_files, random_crops, read_photo, read_photos
from zoo.train.publish import publish
from zoo.train.trainer import Trainer, add_training_options, training_config

PART_WEAK = 0.1  # of the items, painted at a strength below 1
PHOTO_WEIGHT = 25.0  # of the squared distance to the photo, at strength 0
ADAPTED = 0.25  # how fast a painting's style weight follows its content error
STYLE_WEIGHTS = (2.0, 15.0)  # its bounds
RATES = {"network": 6e-4, "table": 3e-3}


class StyleWeights:
    """A style weight for each painting, so that all keep as much of the photo: `content_error` of it is lost."""

    def __init__(self, count: int, first: float, content_error: float) -> None:
        self.weights = torch.full((count,), first)
        self.goal = content_error
        self._content = torch.full((count,), content_error)

    def follow(self, chosen: Tensor, judgement: Judgement) -> None:
        """Raise the weights of the paintings that keep more of the photo than they may, lower the others."""
        for place, error in zip(chosen.tolist(), judgement.content.tolist(), strict=True):
            self._content[place].lerp_(torch.tensor(min(error, 2.0)), 0.15)
            change = (ADAPTED * (self.goal - self._content[place])).clamp(-0.06, 0.06).exp()
            self.weights[place] = (self.weights[place] * change).clamp(*STYLE_WEIGHTS)

    def state_dict(self) -> dict[str, Tensor]:
        return {"weights": self.weights, "content": self._content}

    def load_state_dict(self, state: dict[str, Tensor], /) -> None:
        self.weights, self._content = state["weights"], state["content"]


def read_paintings(files: Sequence[Path], longest: int) -> list[Tensor]:
    """Read paintings as image tensors (1, 3, H, W), shrunk so that strokes have the size they shall be painted in."""
    return [read_photo(file, longest_side=longest)[None].float() / 255 for file in files]


def textures_of(loss: PaintingLoss, paintings: Sequence[Tensor]) -> Textures:
    """Compute the textures of paintings of any shapes, one row a painting."""
    found = [loss.textures(painting) for painting in paintings]
    return {name: Texture(*map(torch.cat, zip(*(one[name] for one in found), strict=True))) for name in loss.layers}


def random_strengths(count: int, generator: torch.Generator) -> Tensor:
    """Strengths (N,): 1 for most."""
    part, strength = torch.rand(2, count, generator=generator)
    return torch.where(part < PART_WEAK, strength, 1.0)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    extractor = (read_vgg(options.vgg) if options.vgg else load_features("features.slim")).to(config.device)
    loss = PaintingLoss(extractor, only_first=options.vgg is None)
    paintings = [painting.to(config.device) for painting in read_paintings(options.paintings, options.stroke)]
    textures = textures_of(loss, paintings)
    photos = read_photos(photo_files(options.photos), short_side=options.short_side)
    network = start(options, paintings).to(config.device).to(memory_format=torch.channels_last)
    rows = torch.tensor([1 + network.styles.index(path.stem) for path in options.paintings])
    balance = StyleWeights(len(rows), options.style_weight, options.content_error)
    learner = learner_of(network, options)
    trainer = Trainer(config, {"network": learner, "balance": balance})
    for step in trainer:
        chosen = torch.randint(len(rows), (options.batch,), generator=trainer.generator)
        photo = random_crops(photos, options.batch, options.crop, trainer.generator).to(config.device)
        strength = random_strengths(options.batch, trainer.generator).to(config.device)[:, None]
        vectors = torch.lerp(network.table[:1], network.table[rows[chosen]], strength)
        with trainer.autocast():
            painted = torch.lerp(photo, network(photo, vectors), strength[..., None, None])
            judged = loss(painted, photo, {name: Texture(*(x[chosen] for x in t)) for name, t in textures.items()})
        near = ((1 - strength[:, 0]) * (painted - photo).square().mean((1, 2, 3))).mean()
        weights = balance.weights[chosen].to(config.device) * strength[:, 0]
        learner.step(judged.total(options.content_weight, weights) + PHOTO_WEIGHT * near)
        balance.follow(chosen, judged)
        if step % 20 == 0:
            trainer.log(content=judged.content.mean(), style=judged.style.mean())
    publish(learner.averaged, PAINTINGS, {"styles": ",".join(network.styles)}, folder=options.weights)


def learner_of(network: PaintingsNetwork, options: Namespace) -> Learner:
    """Train all, or with --only-new the new rows of the table alone."""
    if options.only_new:
        network.network.requires_grad_(False)
        new = torch.tensor([name in {path.stem for path in options.paintings} for name in ("", *network.styles)])
        network.table.register_hook(lambda gradient: gradient * new.to(gradient)[:, None])
    parts = {"network": list(network.network.parameters()), "table": [network.table]}
    groups = [{"params": weights, "lr": RATES[name]} for name, weights in parts.items() if weights[0].requires_grad]
    optimizer = torch.optim.Adam(groups, betas=(0.9, 0.99))
    return Learner(network, optimizer, average=0.99, clip=20.0, schedule=half_then_fall)


def half_then_fall(progress: float, step: int) -> float:
    """Warm up for 20 steps, stay for half of the training, then fall in a line to a fiftieth."""
    return min(1.0, (step + 1) / 20) * min(1.0, max(0.02, 2 * (1 - progress)))


@torch.no_grad()
def start(options: Namespace, paintings: Sequence[Tensor]) -> PaintingsNetwork:
    """Make the network to train: that of any artwork, or with --grow the bundled one with the paintings it lacks."""
    names = [path.stem for path in options.paintings]
    any_artwork = load_artwork_network(ANY_ARTWORK)
    if options.grow or options.only_new:
        bundled = load_paintings(PAINTINGS)
        network = PaintingsNetwork([*bundled.styles, *(name for name in names if name not in bundled.styles)])
        names = network.take_over(bundled)
    else:
        network = PaintingsNetwork(names, StyleNetwork())
        network.network.load_state_dict(any_artwork.network.state_dict())
    by_name = dict(zip((path.stem for path in options.paintings), paintings, strict=True))
    for name in names:
        network.table[1 + network.styles.index(name)] = any_artwork.predictor(by_name[name].cpu())[0]
    if not (options.grow or options.only_new):
        network.table[0] = network.table[1:].mean(0)
    return network.requires_grad_()


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train style", description=__doc__)
    add = parser.add_argument
    add("--paintings", type=existing_file, nargs="+", required=True, help="one file a style, named after it")
    add("--photos", type=existing_folder, nargs="+", required=True, help="folders of content photos")
    add("--vgg", type=existing_file, help="VGG-19 convolutions; without it features.slim, quicker and less good")
    add("--batch", type=int, default=2)
    add("--crop", type=int, default=224, help="side of a photo crop in pixels")
    add("--short-side", type=int, default=400, help="photos are shrunk to this before cropping")
    add("--stroke", type=int, default=560, help="paintings are shrunk to this longest side")
    add("--content-weight", type=float, default=5.0)
    add("--style-weight", type=float, default=4.0, help="at the start; it follows --content-error")
    add("--content-error", type=float, default=0.68, help="how much of the photo's relu3_1 may be lost")
    add("--grow", action="store_true", help="go on from the bundled network and keep its styles")
    add("--only-new", action="store_true", help="like --grow, but hold all weights of the known styles")
    add_training_options(parser, steps=4000)
    return parser.parse_args(arguments)
