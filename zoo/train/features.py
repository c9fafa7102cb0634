"""Train ``features.slim``: linear heads on a slim network's activations are to give VGG-19's."""

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from zoo.nets.perceptual import relative_error, texture, texture_error
from zoo.nets.slim_features import WIDTHS, SlimFeatures
from zoo.nets.vgg19 import VGG19, VGG19_BLOCKS
from zoo.train.photos import photo_files, random_crop, read_photo, read_photos
from zoo.train.publish import publish
from zoo.train.run import Run, add_run_options, rate

LAYERS = tuple(f"relu{block}_1" for block in range(1, 6))


def make_heads() -> nn.ModuleDict:
    """One 1x1 convolution a layer, from the slim width to VGG-19's."""
    wide = [width for width, _ in VGG19_BLOCKS]
    return nn.ModuleDict({name: nn.Conv2d(a, b, 1) for name, a, b in zip(LAYERS, WIDTHS, wide, strict=True)})


class LevelledVGG(nn.Module):
    """VGG-19's activations, each layer divided by its root mean square on some photos, so that all weigh alike."""

    def __init__(self, file: Path, photos: Tensor) -> None:  # photos uint8 (N, 3, H, W)
        super().__init__()
        self.vgg = VGG19(file)
        found = self.vgg(photos.float() / 255, LAYERS)
        self.levels = {name: f.square().mean().sqrt().item() for name, f in found.items()}

    @torch.no_grad()
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {name: f / self.levels[name] for name, f in self.vgg(images, LAYERS).items()}


def distillation(heads: nn.ModuleDict, slim: dict[str, Tensor], deep: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Relative errors of activations and of their textures, one number a layer, means over images."""
    guess = {name: torch.relu(heads[name](slim[name])) for name in LAYERS}
    activation = torch.stack([relative_error(guess[name], deep[name]).mean() for name in LAYERS])
    strokes = torch.stack([texture_error(texture(guess[name]), texture(deep[name])).mean() for name in LAYERS])
    return activation, strokes


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    torch.manual_seed(options.seed)
    slim, heads = SlimFeatures().to(memory_format=torch.channels_last), make_heads()
    photos = read_photos(photo_files(options.photos), short_side=options.short_side)
    held_out = torch.stack([centre(read_photo(p, short_side=256), 256) for p in photo_files([options.validation])])
    vgg = LevelledVGG(options.vgg, held_out)
    weights = [*slim.parameters(), *heads.parameters()]
    optimizer = torch.optim.Adam(weights, lr=options.rate)
    schedule = LambdaLR(optimizer, lambda step: rate(step, options.steps))
    parts = {"network": slim, "heads": heads, "optimizer": optimizer, "schedule": schedule}
    run = Run(options.run, options.steps, parts, seed=options.seed)
    for _ in run:
        chosen = torch.randint(len(photos), (options.batch,), generator=run.generator).tolist()
        images = torch.stack([random_crop(photos[i], options.crop, run.generator) for i in chosen]).float() / 255
        images = images.to(memory_format=torch.channels_last)
        activation, strokes = distillation(heads, slim(images, LAYERS), vgg(images))
        optimizer.zero_grad()
        (activation.sum() + 0.3 * strokes.sum()).backward()
        nn.utils.clip_grad_norm_(weights, 5.0)
        optimizer.step()
        schedule.step()
        if run.step % 20 == 0:
            run.note(activation=activation.mean().item(), texture=strokes.mean().item())
    publish(slim, "features.slim", metrics=explained(vgg, slim, heads, held_out), folder=options.weights)


def centre(photo: Tensor, side: int) -> Tensor:
    """The middle square of (3, H, W)."""
    top, left = ((length - side) // 2 for length in photo.shape[1:])
    return photo[:, top : top + side, left : left + side]


@torch.inference_mode()
def explained(vgg: LevelledVGG, slim: SlimFeatures, heads: nn.ModuleDict, photos: Tensor) -> dict[str, float]:
    """How much of each VGG-19 activation's energy the heads give on held-out photos, uint8 (N, 3, H, W)."""
    errors = []
    for photo in photos:
        image = photo[None].float() / 255
        errors.append(distillation(heads, slim(image, LAYERS), vgg(image))[0])
    mean = torch.stack(errors).mean(0)
    return {f"explained_{name}": round(1 - error, 3) for name, error in zip(LAYERS, mean.tolist(), strict=True)}


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m zoo train features", description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders of photos (and artworks)")
    parser.add_argument("--validation", type=Path, required=True, help="folder of held-out photos")
    parser.add_argument("--vgg", type=Path, required=True, help="VGG-19 convolutions as safetensors")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--crop", type=int, default=128, help="side of a photo crop in pixels")
    parser.add_argument("--short-side", type=int, default=256, help="photos are shrunk to this before cropping")
    parser.add_argument("--rate", type=float, default=1e-3, help="Adam's highest learning rate")
    add_run_options(parser, steps=3000)
    return parser.parse_args(arguments)
