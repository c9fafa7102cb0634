"""Train ``style.any-artwork``: one network and a predictor of its style vectors, on thousands of artworks."""

from argparse import Namespace

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.evaluation.perceptual import read_vgg
from zoo.nets.artwork_network import ArtworkNetwork
from zoo.style.any_artwork import MODEL
from zoo.train.learner import Learner
from zoo.train.painting_loss import PaintingLoss
from zoo.train.photos import photo_files, random_crops, read_photos
from zoo.train.publish import publish
from zoo.train.style import half_then_fall
from zoo.train.trainer import Trainer, add_training_options, training_config

RATE = 1.5e-3
WORST_CONTENT, WORST_STYLE = 5.0, 60.0  # errors above are cut, so that no single pair rules a step
LARGE_FROM = 0.6  # of the training; from then on crops are half as large again, and fewer
STRETCH = (256, 361)  # sides to which squashed paintings are stretched, then cut


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    loss = PaintingLoss(read_vgg(options.vgg).to(config.device))
    photos = read_photos(photo_files(options.photos), short_side=options.short_side)
    artworks = Artworks(options)
    network = ArtworkNetwork().to(config.device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, betas=(0.9, 0.99))
    learner = Learner(network, optimizer, average=0.998, clip=20.0, schedule=half_then_fall)
    trainer = Trainer(config, {"network": learner})
    with trainer.autocast():
        usual = loss.textures(artworks.batch(4 * options.batch, trainer.generator).to(config.device))
    for step in trainer:
        is_large = trainer.progress > LARGE_FROM
        count, side = (
            (max(1, options.batch * 4 // 9), options.crop * 3 // 2) if is_large else (options.batch, options.crop)
        )
        photo = random_crops(photos, count, side, trainer.generator).to(config.device)
        artwork = artworks.batch(count, trainer.generator).to(config.device)
        with trainer.autocast():
            judged = loss(network(photo, artwork), photo, loss.textures(artwork), usual)
        cut = judged.cut(WORST_CONTENT, WORST_STYLE)
        learner.step(cut.total(options.content_weight, options.style_weight))
        if step % 50 == 0:
            trainer.log(content=judged.content.mean(), style=judged.style.mean())
    publish(learner.averaged, MODEL, folder=options.weights)


class Artworks:
    """Crops of artworks: of large ones at random scales, or of squashed paintings, stretched back by any aspect."""

    def __init__(self, options: Namespace) -> None:
        self.side = options.artwork_crop
        self.whole = read_photos(photo_files(options.artworks), short_side=options.artwork_side)
        squashed = options.squashed_artworks
        self.squashed = read_photos(photo_files(squashed)) if squashed else []

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        """Image tensors (N, 3, side, side)."""
        if not self.squashed or torch.rand((), generator=generator) < 0.5:
            return random_crops(self.whole, count, self.side, generator)
        chosen = torch.randint(len(self.squashed), (count,), generator=generator).tolist()
        paintings = torch.stack([self.squashed[place] for place in chosen]).float() / 255
        shape = torch.randint(*STRETCH, (2,), generator=generator).clamp_min(self.side).tolist()
        stretched = F.interpolate(paintings, shape, mode="bicubic", antialias=True).clamp(0, 1)
        top, left = (int(torch.randint(length - self.side + 1, (), generator=generator)) for length in shape)
        return stretched[..., top : top + self.side, left : left + self.side]


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train artworks", description=__doc__)
    add = parser.add_argument
    add("--artworks", type=existing_folder, nargs="+", required=True, help="folders of paintings and textures")
    add("--squashed-artworks", type=existing_folder, nargs="*", default=[], help="folders of squares of one size")
    add("--photos", type=existing_folder, nargs="+", required=True, help="folders of content photos")
    add("--vgg", type=existing_file, required=True, help="VGG-19 convolutions as safetensors")
    add("--batch", type=int, default=16)
    add("--crop", type=int, default=256, help="side of a photo crop in pixels")
    add("--short-side", type=int, default=400, help="photos are shrunk to this before cropping")
    add("--artwork-crop", type=int, default=256, help="side of an artwork's crop in pixels")
    add("--artwork-side", type=int, default=448, help="artworks are shrunk to this short side before cropping")
    add("--content-weight", type=float, default=5.0)
    add("--style-weight", type=float, default=3.0)
    add_training_options(parser, steps=4600)
    return parser.parse_args(arguments)
