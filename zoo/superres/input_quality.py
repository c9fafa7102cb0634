"""How bad a picture is that is to be enlarged: compressed, noisy, soft or drawn, told from its pixels alone.

What a picture was before it was saved as PNG or cropped cannot be told from its file, so nothing here reads one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sqrt

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from zoo.images.tensors import alpha_of, raw_tensor, to_tensor
from zoo.images.transparency import revealed

WINDOW, WINDOWS = 256, 16  # pixels a side of what is looked at at once, and how many of those of a large picture
SMALLEST = 48  # pixels a side: on fewer, nothing is told
LEVELS = 255  # what is measured is in grey levels of 8 bits
NOUGHT = 1.0  # levels: what rounding to whole levels may make of a coefficient that a codec has set to zero
FLAT = 0.5  # levels between neighbours of one colour
BLOCK = 16  # pixels a side of the blocks in which noise is measured
EVENEST = 0.2  # the share of blocks that are even enough to show the noise
EDGES = 0.05  # the share of steepest places at which softness is measured

# From here on an input counts as bad, and from there on as nothing else. Chosen on Kodak24's last sixteen pictures.
JPEG_GRID = (0.06, 0.6)
WEBP_GRID = (0.2, 0.35)
NOISE = (1.2, 3.0)
SOFT_STEP = (0.6, 0.55)
DRAWN_STEP = (0.85, 0.9)  # letters that a discriminator taught look frayed
FLAT_PLACES = (0.35, 0.45)  # drawings whose edges are soft: half of both networks is truer than either
FLAT_COLOURS, FLAT_COLOUR = 3, 0.004  # so many colours at least, each of this share of the places
USUAL_STEP = 0.7  # where there is no edge
SHARES = 4  # steps from the networks for clean pictures to those for photos


@dataclass(frozen=True)
class InputQuality:
    """What is wrong with a picture, from 0, nothing, to 1, as much as would ruin an enlargement that trusts it."""

    compression: float = 0.0
    noise: float = 0.0
    softness: float = 0.0
    hardness: float = 0.0  # of edges, as drawings, text and screens have them and lenses make none

    @property
    def badness(self) -> float:
        """The worst of all, 0..1."""
        return max(self.compression, self.noise, self.softness, self.hardness)

    @property
    def fault(self) -> str:
        """Name the worst in a word."""
        values = {
            "drawn or written": self.hardness,
            "compressed": self.compression,
            "noisy": self.noise,
            "soft": self.softness,
        }
        return max(values, key=values.__getitem__)


CLEAN = InputQuality()


def share_for_photos(quality: InputQuality) -> float:
    """Give the share that the networks for photos have in enlarging a picture of this quality, 0..1 in SHARES steps."""
    return round(SHARES * quality.badness) / SHARES


def choice_sentence(quality: InputQuality) -> str:
    """Say which networks enlarge a picture of this quality, and why."""
    photo = share_for_photos(quality)
    if photo == 0:
        return "Your picture is clean, so the networks for clean pictures enlarged it."
    if photo == 1:
        return f"Your picture is {quality.fault}, so the networks that take blocks and noise away enlarged it."
    return f"Your picture is somewhat {quality.fault}, so the networks that take blocks and noise away did {photo:.0%}."


def measure_quality(picture: Image.Image) -> InputQuality:
    """Measure how bad a picture of any mode is, on windows spread over it; a tiny one counts as good."""
    if min(picture.size) < SMALLEST:
        return CLEAN
    with torch.inference_mode():
        windows = [_Window.of(window) for window in _windows(picture)]
        grids = [_excess_of_zeros([window.luma for window in windows], size) for size in (8, 4)]
        compression = max(_ramp(grids[0], JPEG_GRID), _ramp(grids[1], WEBP_GRID))
        noise = max(_noise_of_colour(windows), _noise_of_luma(windows))
        step = _edge_step(windows)
        hardness = max(_ramp(step, DRAWN_STEP), _ramp(_flat_places(windows), FLAT_PLACES) / 2)
    return InputQuality(compression, _ramp(noise, NOISE), _ramp(step, SOFT_STEP), hardness)


@dataclass(frozen=True)
class _Window:
    """A part of a picture: luma and two differences of colours, in levels, (1, 1, h, w) each; and what is seen."""

    luma: Tensor
    colours: tuple[Tensor, Tensor]
    seen: Tensor

    @classmethod
    def of(cls, picture: Image.Image) -> "_Window":
        alpha = alpha_of(picture)
        seen = torch.ones(1, 1, *picture.size[::-1]) if alpha is None else (raw_tensor(alpha) > 0).float()
        red, green, blue = (LEVELS * to_tensor(revealed(picture))).split(1, 1)
        # orthogonal to each other and to grey, and of unit length, so that noise keeps its deviation
        differences = ((red - blue) / sqrt(2), (2 * green - red - blue) / sqrt(6))
        return cls(0.299 * red + 0.587 * green + 0.114 * blue, differences, seen)


def _windows(picture: Image.Image) -> Iterator[Image.Image]:
    """Cut a picture into windows that begin at multiples of WINDOW, of a large one evenly chosen ones."""
    width, height = picture.size
    corners = [(left, top) for top in range(0, height, WINDOW) for left in range(0, width, WINDOW)]
    corners = [(left, top) for left, top in corners if min(width - left, height - top) >= SMALLEST]
    chosen = [corners[n * len(corners) // WINDOWS] for n in range(WINDOWS)] if len(corners) > WINDOWS else corners
    for left, top in chosen:
        yield picture.crop((left, top, min(left + WINDOW, width), min(top + WINDOW, height)))


def _excess_of_zeros(lumas: list[Tensor], size: int) -> float:
    """Measure how many more high frequencies are zero on one grid of blocks than on those beside it, 0..1.

    Compression sets coefficients of its blocks to zero; in blocks that lie otherwise they are not (the idea of Fan and
    de Queiroz 2003, "Identification of bitmap compression history", who compare differences inside and across blocks).
    """
    zeros, blocks = torch.zeros(2, size, size)
    for luma in lumas:
        heights = F.conv2d(luma, _high_frequencies(size)).abs_()
        share = (heights < NOUGHT).float().mean(1)[0]  # (h, w) of all blocks, by their upper left corners
        zeros += _by_place(share, size)
        blocks += _by_place(torch.ones_like(share), size)
    shares = zeros / blocks.clamp_min(1)  # (size, size), one for each grid
    row, column = divmod(int(shares.argmax()), size)
    most = shares[row, column].clone()
    beside = torch.maximum(_others(shares[row], column).median(), _others(shares[:, column], row).median())
    return float((most - beside) / (1 - beside).clamp_min(0.01))


def _others(values: Tensor, place: int) -> Tensor:
    return torch.cat([values[:place], values[place + 1 :]])


def _by_place(values: Tensor, size: int) -> Tensor:
    """Sum values (h, w) by their place in a grid of squares: (size, size)."""
    height, width = values.shape[-2:]
    values = F.pad(values, (0, -width % size, 0, -height % size))
    return values.unflatten(1, (-1, size)).unflatten(0, (-1, size)).sum((0, 2))


def _high_frequencies(size: int) -> Tensor:
    """Give the upper half of the cosines of a discrete cosine transform as filters (N, 1, size, size)."""
    k = torch.arange(size, dtype=torch.float32)
    cosines = torch.cos((2 * k + 1) * k[:, None] * pi / (2 * size)) * sqrt(2 / size)
    cosines[0] /= sqrt(2)
    pairs = [(u, v) for u in range(size) for v in range(size) if u + v >= size - 1]
    return torch.stack([torch.outer(cosines[u], cosines[v]) for u, v in pairs])[:, None]


def _noise_of_colour(windows: list[_Window]) -> float:
    """Estimate the deviation of noise in both differences of colours, where photos have little but noise, in levels."""
    whole = torch.cat([_whole_blocks(window.seen).flatten() for window in windows])
    found = []
    for channel in (0, 1):
        squares = torch.cat([_noise_squared(window.colours[channel]).flatten() for window in windows])
        found.append(_quantile(squares[whole], EVENEST) ** 0.5)
    return min(found)


def _noise_of_luma(windows: list[_Window]) -> float:
    """Estimate the deviation of white noise in luma in levels: what of its variance a picture of half the size lacks.

    Fine texture has as much there; of noise, whose pixels are independent, a quarter is left. Only the blocks count
    that are the most even at half the size.
    """
    fine, coarse = [], []
    for window in windows:
        large = _noise_squared(window.luma)[0, 0]
        half = _noise_squared(F.avg_pool2d(window.luma, 2), BLOCK // 2)[0, 0]
        height, width = (min(sides) for sides in zip(large.shape, half.shape, strict=True))
        whole = _whole_blocks(window.seen)[0, 0, :height, :width]
        fine.append(large[:height, :width][whole])
        coarse.append(half[:height, :width][whole])
    large, half = torch.cat(fine), torch.cat(coarse)
    even = half <= _quantile(half, EVENEST)
    white = max(0.0, _quantile((large - half)[even], 0.5)) * 4 / 3
    return min(white, 2 * _quantile(large, 0.05)) ** 0.5  # noise is everywhere, lines of text are not


def _noise_squared(channel: Tensor, block: int = BLOCK) -> Tensor:
    """Estimate the variance of noise in blocks of a channel (1, 1, h, w), by the operator of Immerkaer (1996).

    "Fast noise variance estimation", https://doi.org/10.1006/cviu.1996.0060: the difference of two Laplacians, of which
    he takes the mean over the whole picture.
    """
    mask = torch.tensor([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]])[None, None] / 6
    return F.avg_pool2d(F.conv2d(channel, mask).square_(), block, block // 2)


def _whole_blocks(seen: Tensor) -> Tensor:
    """Tell of the blocks of `_noise_squared` which are seen in full."""
    return -F.max_pool2d(-seen[..., 1:-1, 1:-1], BLOCK, BLOCK // 2) > 0


def _edge_step(windows: list[_Window]) -> float:
    """Measure how much of the highest edges over four pixels lies between two of them: 1 for ideal ones."""
    steps, heights = [], []
    for window in windows:
        for luma, seen in ((window.luma, window.seen), (window.luma.mT, window.seen.mT)):
            four, whole = luma.unfold(3, 4, 1), seen.unfold(3, 4, 1).amin(4) > 0  # (1, 1, h, w, 4) and (1, 1, h, w)
            steps.append(four.diff(dim=4).abs().amax(4)[whole])
            heights.append((four.amax(4) - four.amin(4))[whole])
    step, height = torch.cat(steps), torch.cat(heights)
    high = height >= max(_quantile(height, 1 - EDGES), 1.0)
    return _quantile(step[high] / height[high], 0.5) if high.any() else USUAL_STEP


def _flat_places(windows: list[_Window]) -> float:
    """Measure the share of places whose neighbours are the same in all colours, 0 where few colours lie so.

    Photos have such places where they are too bright or too dark, and in a studio's background; drawings have more
    colours.
    """
    flat, count = [], 0
    for window in windows:
        image = torch.cat([window.luma, *window.colours], 1)  # (1, 3, h, w)
        whole = -F.max_pool2d(-window.seen, 3, 1)[0, 0] > 0
        even = (F.max_pool2d(image, 3, 1) + F.max_pool2d(-image, 3, 1)).amax(1)[0] < FLAT
        flat.append(image[0, :, 1:-1, 1:-1][:, even & whole])
        count += int(whole.sum())
    luma, first, second = torch.cat(flat, 1).round().long()
    colours = (luma << 20) + (first << 10) + second  # a number each, as differences are within 512: quick to count
    _, places = colours.unique(return_counts=True)
    if (places >= FLAT_COLOUR * count).sum() < FLAT_COLOURS:
        return 0.0
    return float(places.sum()) / count


def _quantile(values: Tensor, share: float) -> float:
    """Give the value below which a share of values lies, 0 of none."""
    if not len(values):
        return 0.0
    return float(values.kthvalue(1 + int(share * (len(values) - 1))).values)


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """Map the range from one end to the other to 0..1."""
    return min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))
