"""The channels of a tile to four times as many pixels: grey once, transparency apart, colours true to the input."""

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.loading import Upscaler
from zoo.nets.residual_upscaler import SCALE
from zoo.precision import autocast

HIDDEN = (1, 2, 4, 8)  # pixels by which visible colours grow, step by step, into what full transparency hides
FEW = 4  # pixels a side: of less, a network sees mostly the zeros that it puts beyond the edges
DRIFT = 2  # radius of each of two box filters, which together are nearly a Gaussian of sigma 2


def enlarge_channels(x: Tensor, network: Upscaler, device: str | torch.device = "cpu") -> Tensor:
    """Enlarge a tile of samples (1, C, H, W), uint8 or uint16, to (1, C, 4H, 4W) in 0..1, not clamped but for alpha.

    C is 1 for grey, 2 with transparency, 3 for RGB, 4 with transparency. Grey and transparency are each one channel to
    the network, and colours under full transparency, which nobody sees, do not reach those that are seen. What is but
    a few pixels wide or high gets a rim of its own colours first.
    """
    x = x.to(torch.float32, memory_format=torch.contiguous_format).div_(torch.iinfo(x.dtype).max).to(device)
    height, width = x.shape[2:]
    rim = FEW if min(height, width) < FEW else 0
    large = _enlarged_apart(F.pad(x, [rim] * 4, mode="replicate"), network)
    return large.narrow(2, SCALE * rim, SCALE * height).narrow(3, SCALE * rim, SCALE * width)


def _enlarged_apart(x: Tensor, network: Upscaler) -> Tensor:
    """Enlarge the channels of samples in 0..1, transparency by itself."""
    if x.shape[1] in (1, 3):
        return _enlarged(x, network)
    colour, alpha = reveal_colours(x[:, :-1], x[:, -1:]), x[:, -1:]
    flat = bool(alpha.min() == alpha.max())
    wide = F.interpolate(alpha, scale_factor=SCALE) if flat else _between(_enlarged(alpha, network), alpha)
    return torch.cat([_enlarged(colour, network), wide], 1)


def margin_for(network: Upscaler, channels: int) -> int:
    """Count the input pixels to each side that one output pixel of `enlarge_channels` depends on."""
    return network.receptive_field + 2 * DRIFT + 1 + (sum(HIDDEN) if channels in (2, 4) else 0)


def is_grey(x: Tensor) -> bool:
    """Tell whether the three colours of a raw tensor (1, C, H, W) are one to the last bit."""
    colours = x.numpy()[0, :3]
    return x.shape[1] >= 3 and bool((colours[0] == colours[1]).all() and (colours[1] == colours[2]).all())


def reveal_colours(colour: Tensor, alpha: Tensor) -> Tensor:
    """Replace the colours (N, C, H, W) that full transparency hides by the nearest that are seen, or else by grey."""
    if alpha.min() > 0:
        return colour
    weight = alpha  # (N, 1, H, W)
    colour = torch.where(weight > 0, colour, 0.5)
    for radius in HIDDEN:
        share = _box(weight, radius)
        new = (weight == 0) & (share > 0)
        colour = torch.where(new, _box(colour * weight, radius) / share.clamp_min(1e-12), colour)
        weight = torch.where(new, share, weight)
    return colour


def project_back(large: Tensor, small: Tensor) -> Tensor:
    """Give an enlargement the low frequencies of its input: one step of back-projection, in the low band only.

    A whole step (Irani and Peleg 1991) would also bring back the noise and the JPEG blocks that a network has removed.
    """
    drift = small - F.avg_pool2d(large, SCALE)
    drift = _box(_box(drift, DRIFT), DRIFT)
    return large + F.interpolate(drift, scale_factor=SCALE, mode="bilinear")


def _enlarged(x: Tensor, network: Upscaler) -> Tensor:
    rgb = x.expand(-1, 3, -1, -1)
    with autocast(x.device):
        large = network(rgb)
    large = project_back(large.float(), rgb)
    return large if x.shape[1] == 3 else large.mean(1, keepdim=True)


def _between(large: Tensor, small: Tensor) -> Tensor:
    """Keep an enlargement between the extremes of the 3x3 input pixels around, so that opaque stays opaque."""
    most, least = F.max_pool2d(small, 3, 1, 1), -F.max_pool2d(-small, 3, 1, 1)
    return torch.clamp(large, *(F.interpolate(bound, scale_factor=SCALE) for bound in (least, most)))


def _box(x: Tensor, radius: int) -> Tensor:
    """Means over squares, of what of them lies inside."""
    size = 2 * radius + 1
    tall = F.avg_pool2d(x, (size, 1), 1, (radius, 0), count_include_pad=False)
    return F.avg_pool2d(tall, (1, size), 1, (0, radius), count_include_pad=False)
