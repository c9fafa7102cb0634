"""One-pass style transfer after any artwork."""

from collections.abc import Generator
from statistics import fmean

import torch
from PIL import Image, ImageStat
from torch import Tensor

from zoo.images.profiles import to_srgb
from zoo.images.tensors import to_tensor
from zoo.images.transparency import revealed
from zoo.loading import load_artwork_network
from zoo.nets.artwork_network import ArtworkNetwork
from zoo.nets.style_network import SMALLEST_SIDE
from zoo.precision import autocast
from zoo.progress import Progress
from zoo.style.compositing import as_rgb, finished
from zoo.style.noise import with_noise
from zoo.style.settings import DEFAULT_STRENGTH, at_size, checked_strength
from zoo.style.tiled import paint

MODEL = "style.any-artwork"
ARTWORK_SIDE = 512  # pixels of the longest side at which an artwork is looked at: its strokes are painted at that scale

FLAT_SHARE = 0.4  # how far a photo is led towards the style of an artwork of one colour
CONTRAST = 0.08  # standard deviation of the pixels, 0..1, from which an artwork counts as painted


def stylize_like(
    picture: Image.Image,
    artwork: Image.Image,
    *,
    strength: float = DEFAULT_STRENGTH,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
    size: int | None = None,
    device: str = "cpu",
) -> Generator[Progress[Image.Image]]:
    """Repaint a picture in the manner of an artwork in one pass, at its own size, however large.

    Settings and errors are those of `zoo.style.fast.stylize`. Less strength leads towards the photo's own style, as the
    network sees it, and towards the photo; so does an artwork that is nearly flat, or nothing of the photo were left.
    """
    strength, picture, artwork = checked_strength(strength), to_srgb(picture), revealed(to_srgb(artwork))
    seen = revealed(picture)
    network = load_artwork_network(MODEL, device)
    image = with_noise(to_tensor(at_size(seen, size)).to(device))
    towards = strength * (FLAT_SHARE + (1 - FLAT_SHARE) * contrast_of(artwork))
    style = torch.lerp(style_of(network, seen, device), style_of(network, artwork, device), towards)
    for step in paint(network.network, image, style):
        result = step.result and finished(step.result, picture, strength=strength, keep_colors=keep_colors, mask=mask)
        yield Progress(step.done, step.total, result=result)


def contrast_of(artwork: Image.Image) -> float:
    """Measure how much there is to see in an artwork: 0 for one colour, 1 for any painting."""
    return min(1.0, fmean(ImageStat.Stat(as_rgb(artwork)).stddev) / 255 / CONTRAST)


@torch.inference_mode()
def style_of(network: ArtworkNetwork, artwork: Image.Image, device: str = "cpu") -> Tensor:
    """Predict the style vector (1, style_size) of a picture."""
    scale = ARTWORK_SIDE / max(artwork.size)
    shape = [max(SMALLEST_SIDE, round(side * min(scale, 1))) for side in artwork.size]
    image = to_tensor(as_rgb(artwork).resize(shape, Image.Resampling.LANCZOS)).to(device)
    with autocast(device):
        return network.predictor(image).float()
