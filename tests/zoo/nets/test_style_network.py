"""The style network is fast, but no other function than its plain formulation."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zoo.nets.johnson_network import JohnsonNetwork
from zoo.nets.style_network import DoubledConv, Moments, StyleNetwork, moments_of


@pytest.fixture
def network() -> StyleNetwork:
    torch.manual_seed(0)
    return StyleNetwork(["a", "b"], widths=(4, 6, 8), blocks=2)


def plainly(network: StyleNetwork, image: Tensor, mix: Tensor) -> Tensor:
    """The same network as its papers would write it."""

    def normed(layer: torch.nn.Module, x: Tensor) -> Tensor:
        size = layer.conv.weight.shape[2]
        x = F.conv2d(F.pad(x, [size // 2] * 4, mode="reflect"), layer.conv.weight, stride=layer.conv.stride)
        scale, shift = ((mix @ part)[:, :, None, None] for part in (layer.norm.scale, layer.norm.shift))
        return F.instance_norm(x) * scale + shift

    h = F.pixel_unshuffle(image - 0.5, 2)
    for layer in network.down:
        h = normed(layer, h).relu()
    for block in network.blocks:
        h = h + normed(block.second, normed(block.first, h).relu())
    h = h.repeat_interleave(2, 2).repeat_interleave(2, 3)
    for layer in network.up:
        h = normed(layer, h).relu()
    h = F.pad(h.repeat_interleave(2, 2).repeat_interleave(2, 3), (2, 2, 2, 2), mode="replicate")
    painted = F.conv2d(h, network.paint.weight, network.paint.bias)
    return 0.5 + painted + (mix @ network.gate)[:, None, None, None] * (image - 0.5)


def test_the_network_is_its_plain_formulation(network: StyleNetwork) -> None:
    image = torch.rand(2, 3, 32, 48)
    mix = torch.cat([network.mixture({"a": 1.0}), network.mixture({"a": 0.5, "b": 0.5}, 0.7)])
    torch.testing.assert_close(network(image, mix), plainly(network, image, mix), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize(("size", "border"), [(3, "reflect"), (5, "replicate")])
@pytest.mark.parametrize("shape", [(2, 3), (7, 5)])
def test_a_doubled_convolution_is_doubling_and_a_convolution(size: int, border: str, shape: tuple[int, int]) -> None:
    layer = DoubledConv((3, 4), size, bias=True)
    x = torch.rand(2, 3, *shape)
    doubled = F.pad(F.interpolate(x, scale_factor=2.0), [size // 2] * 4, mode=border)
    torch.testing.assert_close(layer(x), F.conv2d(doubled, layer.weight, layer.bias), atol=1e-5, rtol=1e-4)


def test_training_reaches_every_weight(network: StyleNetwork) -> None:
    mix = torch.cat([network.mixture({"a": 1.0}, 0.5), network.mixture({"b": 1.0})])
    network(torch.rand(2, 3, 32, 32), mix).square().sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name


def test_given_moments_the_network_reaches_as_far_as_it_says(network: StyleNetwork) -> None:
    image = torch.rand(1, 3, 96, 96, requires_grad=True)
    mix = network.mixture({"a": 1.0})
    passing = network.passing(image, mix)
    h = next(passing)
    for _ in range(network.norms):
        h = passing.send(_detached(moments_of(h)))
    h[..., 48:52, 48:52].sum().backward()  # the sixteen pixels made of one place of the smallest activations
    touched = image.grad.abs().sum((0, 1)).nonzero()
    reach = max(48 - touched.min().item(), touched.max().item() - 51)
    assert network.reach - 8 <= reach <= network.reach


def _detached(moments: Moments) -> Moments:
    mean, square = moments
    return mean.detach(), square.detach()


def test_the_network_that_speed_is_measured_against_has_the_papers_size() -> None:
    reference = JohnsonNetwork()
    assert sum(weight.numel() for weight in reference.parameters()) == 1_679_235
    assert reference.eval()(torch.rand(1, 3, 16, 24)).shape == (1, 3, 16, 24)
