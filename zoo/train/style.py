"""Train ``style.paintings``: perceptual losses, one network for all paintings (Johnson 2016, Dumoulin 2017)."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from zoo.loading import load
from zoo.nets.perceptual import (
    CONTENT_LAYER,
    STYLE_LAYERS,
    Texture,
    relative_error,
    texture,
    texture_error,
    total_variation,
)
from zoo.nets.style_network import StyleNetwork
from zoo.nets.vgg19 import VGG19
from zoo.train.photos import photo_files, random_crop, read_photo, read_photos
from zoo.train.publish import publish
from zoo.train.run import Run, add_run_options

Textures = Mapping[str, Texture]  # layer name -> one row a painting


@torch.no_grad()
def painting_textures(extractor: nn.Module, paintings: list[Path], short_side: int) -> Textures:
    """The textures of each painting, shrunk so that its strokes have the size the network shall paint."""
    rows = []
    for path in paintings:
        image = read_photo(path, short_side=short_side)[None].float() / 255
        rows.append({name: texture(f) for name, f in extractor(image, STYLE_LAYERS).items()})
    return {name: Texture(*map(torch.cat, zip(*(row[name] for row in rows), strict=True))) for name in STYLE_LAYERS}


def random_mix(batch: int, places: list[int], columns: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which painting for each item, (N,), and its mix (N, columns): strength 1 for two thirds, 0 for a sixth, else any.

    `places` are the columns of the paintings.
    """
    chosen = torch.randint(len(places), (batch,), generator=generator)
    part, draw = torch.rand(2, batch, generator=generator)
    strength = torch.where(draw < 1 / 6, 0.0, torch.where(draw < 1 / 3, part, 1.0))
    mix = F.one_hot(torch.tensor(places)[chosen], columns) * strength[:, None]
    mix[:, 0] += 1 - strength
    return chosen, mix


def losses(extractor: nn.Module, pair: tuple[Tensor, Tensor], mix: Tensor, target: Textures) -> dict[str, Tensor]:
    """Mean content, style, photo, smoothness and range losses of painted against photo, both (N, 3, H, W).

    At strength s style and smoothness losses count s times, the pixel distance to the photo 1 - s times. The range
    loss holds the linear output within what a picture can show.
    """
    photo, painted = pair
    strength = 1 - mix[:, 0]
    with torch.no_grad():
        content = extractor(photo, [CONTENT_LAYER])[CONTENT_LAYER]
    features = extractor(painted, STYLE_LAYERS)
    style = sum(texture_error(texture(features[name]), target[name]) for name in STYLE_LAYERS)
    pixels = (painted - photo).square().mean((1, 2, 3))
    return {
        "content": relative_error(features[CONTENT_LAYER], content).mean(),
        "style": (strength * style).mean(),
        "photo": ((1 - strength) * pixels).mean(),
        "smooth": (strength * total_variation(painted)).mean(),
        "range": (painted - painted.clamp(0, 1)).abs().mean(),
    }


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    torch.manual_seed(options.seed)
    extractor = VGG19(options.vgg) if options.vgg else load("features.slim")
    textures = painting_textures(extractor, options.paintings, options.stroke)
    photos = read_photos(photo_files(options.photos), short_side=options.short_side)
    network = start(options).to(memory_format=torch.channels_last)
    places = [network.styles.index(path.stem) + 1 for path in options.paintings]
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.99))
    optimizer = torch.optim.Adam([weight for weight in network.parameters() if weight.requires_grad], lr=options.rate)
    schedule = LambdaLR(optimizer, lambda step: min(1.0, 2 * (1 - step / options.steps)) + 1e-3)
    parts = {"network": network, "average": average, "optimizer": optimizer, "schedule": schedule}
    weights = {
        "content": 1.0,
        "style": options.style_weight,
        "photo": options.photo_weight,
        "smooth": options.smooth,
        "range": options.range,
    }
    run = Run(options.run, options.steps, parts, seed=options.seed)
    for step in run:
        chosen = torch.randint(len(photos), (options.batch,), generator=run.generator).tolist()
        photo = torch.stack([random_crop(photos[i], options.crop, run.generator) for i in chosen]).float() / 255
        style, mix = random_mix(options.batch, places, len(network.gate), run.generator)
        painted = network(photo.to(memory_format=torch.channels_last), mix)
        wanted = {name: Texture(*(part[style] for part in textures[name])) for name in STYLE_LAYERS}
        parts_of_loss = losses(extractor, (photo, painted), mix, wanted)
        optimizer.zero_grad()
        sum(weights[name] * value for name, value in parts_of_loss.items()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
        if step % 20 == 0:
            run.note(**{name: value.item() for name, value in parts_of_loss.items()})
    publish(average.module, "style.paintings", {"styles": ",".join(network.styles)}, folder=options.weights)


def start(options: argparse.Namespace) -> StyleNetwork:
    """A new network, or with --grow the bundled one with the paintings that it lacks added."""
    paintings = [path.stem for path in options.paintings]
    if not (options.grow or options.only_new):
        return StyleNetwork(paintings)
    bundled = load("style.paintings")
    network = StyleNetwork([*bundled.styles, *(name for name in paintings if name not in bundled.styles)])
    new = network.grow_from(bundled)
    if options.only_new:
        network.train_only(new or paintings)
    return network


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m zoo train style", description=__doc__)
    parser.add_argument("--paintings", type=Path, nargs="+", required=True, help="one file a style, named after it")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders of content photos")
    parser.add_argument("--vgg", type=Path, help="VGG-19 convolutions; without it features.slim, eight times faster")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--crop", type=int, default=128, help="side of a photo crop in pixels")
    parser.add_argument("--short-side", type=int, default=256, help="photos are shrunk to this before cropping")
    parser.add_argument("--stroke", type=int, default=320, help="paintings are shrunk to this short side")
    parser.add_argument("--rate", type=float, default=2e-3, help="Adam's highest learning rate")
    parser.add_argument("--style-weight", type=float, default=1.0)
    parser.add_argument("--photo-weight", type=float, default=50.0)
    parser.add_argument("--smooth", type=float, default=0.3)
    parser.add_argument("--range", type=float, default=5.0)
    parser.add_argument("--grow", action="store_true", help="go on from the bundled network and keep its styles")
    parser.add_argument("--only-new", action="store_true", help="like --grow, but hold all weights of the known styles")
    add_run_options(parser, steps=4000)
    return parser.parse_args(arguments)
