"""The style network is fast, but no other function than its plain formulation."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.nets.artwork_network import ArtworkNetwork
from zoo.nets.johnson_network import JohnsonNetwork
from zoo.nets.style_network import DoubledConv, Layer, PaintingsNetwork, StyleNetwork, moments_of


@pytest.fixture
def network() -> StyleNetwork:
    torch.manual_seed(0)
    return StyleNetwork(widths=(4, 6, 8), blocks=2)


@pytest.fixture
def styles(network: StyleNetwork) -> Tensor:
    return torch.randn(2, network.style_size, generator=torch.Generator().manual_seed(1))


def plainly(network: StyleNetwork, image: Tensor, style: Tensor) -> Tensor:
    """The same network as its papers would write it."""
    parameters = iter([(scale, shift) for _, scale, shift in network.styled_layers(style)])

    def normed(layer: torch.nn.Module, x: Tensor) -> Tensor:
        assert isinstance(layer, Layer)
        size = layer.conv.weight.shape[2]
        x = F.conv2d(F.pad(x, [size // 2] * 4, mode="reflect"), layer.conv.weight, stride=layer.conv.stride[0])
        scale, shift = next(parameters)
        return F.instance_norm(x) * scale[:, :, None, None] + shift[:, :, None, None]

    first, second, *blocks, enlarge, last = network.layers
    h = normed(second, normed(first, F.pixel_unshuffle(image - 0.5, 2)).relu()).relu()
    for one, other in zip(blocks[::2], blocks[1::2], strict=True):
        h = h + normed(other, normed(one, h).relu())
    h = normed(last, normed(enlarge, h.repeat_interleave(2, 2).repeat_interleave(2, 3)).relu()).relu()
    h = F.pad(h.repeat_interleave(2, 2).repeat_interleave(2, 3), (2, 2, 2, 2), mode="replicate")
    return 0.5 + F.conv2d(h, network.paint.weight, network.paint.bias)


def test_the_network_is_its_plain_formulation(network: StyleNetwork, styles: Tensor) -> None:
    image = torch.rand(2, 3, 32, 48)
    torch.testing.assert_close(network(image, styles), plainly(network, image, styles), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize(("size", "border"), [(3, "reflect"), (5, "replicate")])
@pytest.mark.parametrize("shape", [(2, 3), (7, 5)])
def test_a_doubled_convolution_is_doubling_and_a_convolution(size: int, border: str, shape: tuple[int, int]) -> None:
    layer = DoubledConv((3, 4), size, bias=True)
    x = torch.rand(2, 3, *shape)
    doubled = F.pad(F.interpolate(x, scale_factor=2.0), [size // 2] * 4, mode=border)
    torch.testing.assert_close(layer(x), F.conv2d(doubled, layer.weight, layer.bias), atol=1e-5, rtol=1e-4)


def test_training_reaches_every_weight(network: StyleNetwork) -> None:
    paintings = PaintingsNetwork(["a", "b"], network)
    styles = torch.cat([paintings.blend({"a": 1.0}, 0.5), paintings.blend({"b": 1.0})])
    paintings(torch.rand(2, 3, 32, 32), styles).square().sum().backward()
    for name, weight in paintings.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


def test_given_moments_the_network_reaches_as_far_as_it_says(network: StyleNetwork, styles: Tensor) -> None:
    image = torch.rand(1, 3, 96, 96, requires_grad=True)
    activations = network.enter(image)
    for layer, scale, shift in network.styled_layers(styles[:1]):
        activations.convolve(layer)
        mean, square = moments_of(activations.now)
        activations.finish(layer, (mean.detach(), square.detach()), scale, shift)
    made = network.leave(activations)[..., 48:52, 48:52].sum()  # of one place of the smallest
    [gradient] = torch.autograd.grad(made, image)
    touched = gradient.abs().sum((0, 1)).nonzero()
    reach = max(48 - touched.min().item(), touched.max().item() - 51)
    assert network.receptive_field - 8 <= reach <= network.receptive_field


def test_a_blend_is_the_weighted_mean_of_its_styles_on_the_way_from_none() -> None:
    paintings = PaintingsNetwork(["a", "b"], StyleNetwork(widths=(4, 6, 8), blocks=1))
    torch.nn.init.normal_(paintings.table)
    none, a, b = paintings.table
    torch.testing.assert_close(paintings.blend({"b": 6.0, "a": 2.0}, 0.8)[0], 0.2 * none + 0.2 * a + 0.6 * b)


def test_a_larger_network_takes_over_what_a_smaller_one_knows() -> None:
    known = PaintingsNetwork(["a", "b"], StyleNetwork(widths=(4, 6, 8), blocks=1))
    torch.nn.init.normal_(known.table)
    grown = PaintingsNetwork(["b", "c", "a"], StyleNetwork(widths=(4, 6, 8), blocks=1))
    assert grown.take_over(known) == ["c"]
    image = torch.rand(1, 3, 16, 16)
    for name in ("a", "b"):
        assert torch.equal(grown(image, grown.blend({name: 1.0})), known(image, known.blend({name: 1.0})))
    torch.testing.assert_close(grown.table[2], known.table[1:].mean(0))


def test_another_artwork_gives_another_style() -> None:
    torch.manual_seed(0)
    network = ArtworkNetwork(StyleNetwork(widths=(4, 6, 8), blocks=1))
    one, other = torch.rand(1, 3, 64, 48), torch.rand(1, 3, 40, 64) ** 3
    assert network.predictor(one).shape == (1, network.network.style_size)
    assert not torch.allclose(network.predictor(one), network.predictor(other))
    assert network(torch.rand(2, 3, 32, 32), torch.cat([one, one.flip(3)])).shape == (2, 3, 32, 32)


def test_the_network_that_speed_is_measured_against_has_the_papers_size() -> None:
    reference = JohnsonNetwork()
    assert sum(weight.numel() for weight in reference.parameters()) == 1_679_235
    assert reference.eval()(torch.rand(1, 3, 16, 24)).shape == (1, 3, 16, 24)
