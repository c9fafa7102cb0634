"""The networks keep the shapes and properties that their modules promise."""

import pytest
import torch
from torch.nn import functional as F

from zoo.nets.layers import SameConv
from zoo.nets.modulation_upscaler import ModulationUpscaler
from zoo.nets.picture_encoder import PictureEncoder
from zoo.nets.residual_upscaler import ResidualUpscaler, enlarge, shrink
from zoo.nets.slim_features import SlimFeatures
from zoo.nets.style_network import StyleNetwork


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def test_an_untrained_upscaler_gives_the_bicubic_picture() -> None:
    image = torch.rand(1, 3, 9, 14)
    assert torch.allclose(ResidualUpscaler(8, 2)(image), enlarge(image), atol=1e-6)


def test_the_upscaler_reaches_no_farther_than_it_says() -> None:
    network = ResidualUpscaler(8, 2)
    torch.nn.init.normal_(network.tail.weight, std=0.1)
    image = torch.rand(1, 3, 40, 40, requires_grad=True)
    made = network(image)[0, :, 80:84, 80:84].sum()  # the sixteen pixels made of input pixel (20, 20)
    [gradient] = torch.autograd.grad(made, image)
    touched = gradient.abs().sum((0, 1)).nonzero()
    assert (touched - 20).abs().max() == network.receptive_field


def test_shrinking_undoes_enlarging_of_a_smooth_image() -> None:
    ramp = torch.linspace(0.2, 0.8, 24).expand(1, 3, 24, 24)
    assert torch.allclose(shrink(enlarge(ramp))[..., 3:-3], ramp[..., 3:-3], atol=0.01)


def test_a_style_network_keeps_the_shape() -> None:
    network = StyleNetwork(widths=(4, 6, 8), blocks=1)
    image = torch.rand(2, 3, 16, 24)
    assert network(image, torch.ones(2, network.style_size)).shape == image.shape


def test_two_styles_paint_differently() -> None:
    network = StyleNetwork(widths=(4, 6, 8), blocks=1)
    one, other = torch.rand(2, 1, network.style_size, generator=torch.Generator().manual_seed(0))
    image = torch.rand(1, 3, 16, 16)
    assert not torch.allclose(network(image, one), network(image, other))


@pytest.mark.parametrize(("length", "kernel"), [(7, 3), (8, 3), (8, 5), (9, 5)])
def test_a_strided_convolution_pads_as_tensorflow_does(length: int, kernel: int) -> None:
    layer = SameConv((1, 1), kernel, stride=2)
    row = torch.rand(1, 1, length, length)
    total = max((-(-length // 2) - 1) * 2 + kernel - length, 0)
    before = total // 2
    padded = F.pad(row, (before, total - before, before, total - before))
    assert torch.allclose(layer(row), F.conv2d(padded, layer.weight, layer.bias, stride=2))


def test_encoded_pictures_are_unit_vectors() -> None:
    vectors = PictureEncoder(20)(torch.rand(2, 3, 64, 80))
    assert vectors.shape == (2, 20)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_slim_features_halve_from_block_to_block() -> None:
    found = SlimFeatures()(torch.rand(1, 3, 32, 48), ["relu1_1", "relu3_1", "relu5_1"])
    assert {name: tuple(f.shape[2:]) for name, f in found.items()} == {
        "relu1_1": (32, 48), "relu3_1": (8, 12), "relu5_1": (2, 3),
    }  # fmt: skip


def test_an_unknown_layer_is_refused() -> None:
    with pytest.raises(KeyError, match="relu9_1"):
        SlimFeatures()(torch.rand(1, 3, 16, 16), ["relu9_1"])


def test_a_modulation_upscaler_takes_any_size() -> None:
    network = ModulationUpscaler(8, 1)
    assert network(torch.rand(1, 3, 5, 21)).shape == (1, 3, 20, 84)
