"""The body in 8 bits finds what it finds in floating point, nearly."""

import pytest
import torch
import torch.nn.functional as F
from skimage import data
from torch import Tensor

from zoo.nets import eight_bit
from zoo.nets.edge_encoder import EdgeFeatures

pytestmark = pytest.mark.skipif(not eight_bit.supported(), reason="this processor has no 8-bit dot products (VNNI)")


@pytest.fixture(scope="module")
def body() -> EdgeFeatures:
    torch.manual_seed(0)
    body = EdgeFeatures().eval().requires_grad_(False)
    for layer in body.modules():  # as large as a trained one's, so that the ranges are
        if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None:
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.normal_(layer.bias, std=0.1)
    return body.to(memory_format=torch.channels_last)


@pytest.fixture(scope="module")
def pixels() -> Tensor:
    pictures = [data.chelsea()[:128, :160], data.astronaut()[:128, :160], data.coffee()[:128, :160]]
    return torch.stack([torch.from_numpy(each.copy()).permute(2, 0, 1) for each in pictures])


def test_features_in_eight_bits_are_nearly_the_same(body: EdgeFeatures, pixels: Tensor) -> None:
    with torch.inference_mode():
        full = body(pixels / 255)
        small = eight_bit.EightBitFeatures(body, eight_bit.ranges(body, [pixels / 255]))(pixels)
    assert small.shape == full.shape == (3, body.width)
    assert F.cosine_similarity(small, full).min() > 0.98
    between = F.cosine_similarity(full[:1], full[1:2])
    assert F.cosine_similarity(small[0], full[0], dim=0) > between  # nearer to itself than to another picture


def test_ranges_hold_all_that_was_seen_but_the_rarest(body: EdgeFeatures, pixels: Tensor) -> None:
    with torch.inference_mode():
        one, both = (eight_bit.ranges(body, part) for part in ([pixels[:1] / 255], [pixels[:1] / 255, pixels / 255]))
    layers = [name for name, module in body.named_modules() if isinstance(module, torch.nn.Conv2d)]
    assert len(one) == len(both) == len(layers) - 1  # the last gives floating point
    assert all(a >= c and b <= d for (a, b), (c, d) in zip(one, both, strict=True))


def test_what_is_given_is_not_changed(body: EdgeFeatures, pixels: Tensor) -> None:
    small = eight_bit.EightBitFeatures(body, eight_bit.ranges(body, [pixels / 255]))
    given = pixels.clone()
    with torch.inference_mode():
        assert torch.equal(small(pixels), small(pixels))
    assert torch.equal(given, pixels)


def test_a_number_beyond_the_range_stops_at_its_end(body: EdgeFeatures) -> None:
    conv = body.stem_project
    ones = torch.full((1, 32, 2, 2), 255, dtype=torch.uint8).contiguous(memory_format=torch.channels_last)
    wide, narrow = (eight_bit.EightBitConv(conv, (0.01, 0), steps)(ones) for steps in ((1.0, 128), (1e-4, 128)))
    assert wide.min() > 0 and wide.max() < 255
    assert set(narrow.unique().tolist()) <= {0, 255}
