"""How near one-pass style transfer comes to optimisation, with VGG-19 as the judge of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio
from torch import Tensor, nn

from zoo.errors import BadInput
from zoo.evaluation.gatys import paint_by_gatys
from zoo.files import pictures_in
from zoo.images.decode import open_picture
from zoo.images.tensors import to_picture, to_tensor
from zoo.loading import load
from zoo.nets.perceptual import (
    CONTENT_LAYER,
    GRAM_LAYERS,
    STYLE_LAYERS,
    Texture,
    gram_matrix,
    relative_error,
    texture,
    texture_error,
)
from zoo.nets.slim_features import SlimFeatures
from zoo.nets.vgg19 import VGG19
from zoo.progress import run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.config import Recipe
from zoo.style.fast import styles, stylize
from zoo.style.optimize import DEFAULT_SIZE, FEATURES, stylize_from_artwork
from zoo.style.scales import fit

DEFAULT_ITERATIONS = 300
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_PHOTOS = 10
MOST_DB = 100.0
CONVENTION = (
    "VGG-19's relative errors against the photo (content: relu3_1) and against the painting at the same size "
    "(style: mean and covariance at relu1_1, relu2_1, relu3_1, relu4_1); total with the optimiser's weights; gram: "
    "Johnson's Gram error at relu1_2, relu2_2, relu3_3, relu4_3 over that of the unpainted photo"
)


@dataclass(frozen=True)
class Losses:
    """Content and style loss of a painted picture, their weighted sum, and Johnson's Gram error.

    `gram` is the squared distance of Gram matrices at GRAM_LAYERS over that of the unpainted photo.
    """

    content: float
    style: float
    total: float
    gram: float


@dataclass(frozen=True)
class PairScore:
    """One photo in the manner of one painting, in one pass and optimised.

    `style_at` is the style loss of one pass at each of STRENGTHS, `psnr` in decibel is that of strength 0 to the photo.
    `left` is what optimisation leaves of the photo's style loss, by the network that it goes by itself.
    """

    photo: str
    painting: str
    one_pass: Losses
    optimised: Losses
    style_at: tuple[float, ...]
    psnr: float
    left: float


@dataclass(frozen=True)
class StyleScore:
    """Means over pairs: of one pass over optimised, and of a pair's other figures."""

    ratio: Losses
    style_at: tuple[float, ...]
    psnr: float
    left: float
    pairs: int


def pairs_of(
    photos: str | Path, paintings: str | Path, each: int | None = 1, *, any_artwork: bool = False
) -> list[tuple[Path, Path]]:
    """Give the first ten photos, each with so many of the paintings that the network knows in turn, or with all (None).

    With `any_artwork` every painting counts. Raises BadInput where the folder has no painting, by its file's name, that
    the network knows.
    """
    known = [path for path in pictures_in(paintings) if any_artwork or path.stem in styles()]
    if not known:
        raise BadInput(f"{paintings} has none of the paintings {', '.join(styles())}; name the files after them")
    count = min(each or len(known), len(known))
    if count < 1:
        raise BadInput(f"{each} paintings asked for each photo; give 1 or more")
    return [
        (photo, known[(number * count + turn) % len(known)])
        for number, photo in enumerate(pictures_in(photos)[:MOST_PHOTOS])
        for turn in range(count)
    ]


def score_pairs(
    judge: nn.Module,
    pairs: Sequence[tuple[Path, Path]],
    *,
    size: int = DEFAULT_SIZE,
    iterations: int = DEFAULT_ITERATIONS,
    any_artwork: bool = False,
) -> Iterator[PairScore]:
    """Paint every pair in both ways, at a longest side of `size` pixels, and have the results judged.

    `judge` gives VGG-19's activations by name, as `zoo.nets.vgg19` does. The one pass is that of the paintings, or with
    `any_artwork` the one after any artwork, which is shown the painting. Without iterations it is judged alone.
    """
    for photo_file, painting_file in pairs:
        photo, painting = _opened(photo_file, painting_file, size)
        target, own = (
            _Target(one, to_tensor(photo), fit(to_tensor(painting), size)) for one in (judge, load(FEATURES))
        )
        name = painting_file.stem
        paint = partial(stylize_like, artwork=painting) if any_artwork else partial(stylize, weights={name: 1.0})
        painted = [run_to_end(paint(photo, strength=strength)) for strength in STRENGTHS]
        found = [target.losses(picture) for picture in painted]
        optimised = painted[-1]
        if iterations:
            optimised = run_to_end(stylize_from_artwork(photo, painting, size=size, iterations=iterations))
        yield PairScore(
            photo_file.name,
            name,
            one_pass=found[-1],
            optimised=target.losses(optimised),
            style_at=tuple(losses.style for losses in found),
            psnr=_psnr(np.asarray(photo), np.asarray(painted[0])),
            left=own.losses(optimised).style / own.losses(photo).style,
        )


def score_gatys(judge: VGG19, pair: tuple[Path, Path], *, size: int, iterations: int) -> Losses:
    """Paint a pair by plain optimisation with the judge itself, and have the result judged."""
    photo, painting = _opened(*pair, size)
    images = to_tensor(photo), fit(to_tensor(painting), size)
    return _Target(judge, *images).losses(paint_by_gatys(judge, *images, iterations))


def _opened(photo: Path, painting: Path, size: int) -> tuple[Image.Image, Image.Image]:
    """Open a photo, shrunk to a longest side of `size` pixels, and a painting as it is."""
    return to_picture(fit(to_tensor(open_picture(photo)), size)), open_picture(painting)


def mean_of(pairs: Sequence[PairScore]) -> StyleScore:
    """Average over pairs."""
    ratios = (
        float(np.mean([getattr(pair.one_pass, name) / getattr(pair.optimised, name) for pair in pairs]))
        for name in ("content", "style", "total", "gram")
    )
    style_at = tuple(np.mean([pair.style_at for pair in pairs], axis=0).tolist())
    psnr, left = (float(np.mean([getattr(pair, name) for pair in pairs])) for name in ("psnr", "left"))
    return StyleScore(Losses(*ratios), style_at, psnr, left, len(pairs))


def _psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Decibels between two 8-bit pictures, MOST_DB where they are the same."""
    return MOST_DB if np.array_equal(one, other) else float(peak_signal_noise_ratio(one, other))


class _Target:
    """A photo's content and a painting's textures, as the judge sees them."""

    @torch.inference_mode()
    def __init__(self, judge: nn.Module, photo: Tensor, painting: Tensor) -> None:
        self.judge = judge
        self.gram_layers = STYLE_LAYERS if isinstance(judge, SlimFeatures) else GRAM_LAYERS
        self.content = judge(photo, [CONTENT_LAYER])[CONTENT_LAYER]
        self.textures: dict[str, Texture] = {name: texture(f) for name, f in judge(painting, STYLE_LAYERS).items()}
        self.grams = self._grams(painting)
        self.unpainted = self._gram_distance(photo)

    @torch.inference_mode()
    def losses(self, painted: Image.Image) -> Losses:
        image, usual = to_tensor(painted), Recipe()
        features = self.judge(image, STYLE_LAYERS)
        content = relative_error(features[CONTENT_LAYER], self.content).item()
        style = sum(texture_error(texture(features[name]), self.textures[name]).item() for name in STYLE_LAYERS)
        total = usual.content_weight * content + usual.style_weight * style
        return Losses(content, style, total, self._gram_distance(image) / self.unpainted)

    def _grams(self, image: Tensor) -> list[Tensor]:
        found = self.judge(image, self.gram_layers)
        return [gram_matrix(texture(found[name])) / found[name].shape[1] for name in self.gram_layers]

    def _gram_distance(self, image: Tensor) -> float:
        pairs = zip(self._grams(image), self.grams, strict=True)
        return sum((one - other).square().sum().item() for one, other in pairs)
