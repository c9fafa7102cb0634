"""Published ImageNet networks give here what they give where they come from; torchvision's are the judge."""

import pytest
import torch
import torchvision
from torch import nn

from zoo.nets.backbones import BODIES, ImageNetClassifier
from zoo.nets.layers import SameConv
from zoo.nets.picture_encoder import PictureEncoder


def unsettled(network: nn.Module) -> nn.Module:
    """The network with normalisation that does something, as after training."""
    torch.manual_seed(0)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for tensor in (*layer.parameters(), *layer.buffers()):
                if tensor.is_floating_point():  # not the count of batches
                    tensor.data.uniform_(0.5, 1.5)
    return network.eval().requires_grad_(False)


def padded_as_tensorflow(network: nn.Module) -> nn.Module:
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.stride[0] == 2:
            layer.padding = (0, 0)
            layer.register_forward_pre_hook(lambda _, x: (nn.functional.pad(x[0], (0, 1, 0, 1)),))  # of even sides
    return network


@pytest.mark.slow
def test_resnet50_answers_as_torchvisions_does() -> None:
    published = unsettled(torchvision.models.resnet50())
    network = ImageNetClassifier("backbone.resnet50").eval()
    network.load_state_dict(published.state_dict())
    image = torch.rand(1, 3, 64, 96)
    normalised = (image - network.get_buffer("body.mean")) / network.get_buffer("body.deviation")
    with torch.inference_mode():
        assert torch.allclose(network(image), published(normalised), rtol=1e-3, atol=1e-3 * published(normalised).std())


def test_mobilenet_v2_answers_as_torchvisions_padded_as_tensorflow() -> None:
    published = padded_as_tensorflow(unsettled(torchvision.models.mobilenet_v2()))
    network = ImageNetClassifier("backbone.mobilenet-v2").eval()
    network.load_state_dict(published.state_dict())
    image = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        expected = published(2 * image - 1)
        assert torch.allclose(network(image), expected, rtol=1e-3, atol=1e-3 * expected.std())


@pytest.mark.parametrize("backbone", BODIES)
def test_a_classifier_loads_what_it_saved(backbone: str) -> None:
    saved = ImageNetClassifier(backbone).state_dict()
    loaded = ImageNetClassifier(backbone)
    loaded.load_state_dict(saved)
    assert all(tensor.equal(saved[name]) for name, tensor in loaded.state_dict().items())


def test_another_networks_file_is_refused() -> None:
    for other in (torchvision.models.resnet18(), torchvision.models.mobilenet_v2()):
        with pytest.raises(RuntimeError, match="loading state_dict"):
            ImageNetClassifier("backbone.resnet50").load_state_dict(other.state_dict())


@pytest.mark.parametrize("backbone", BODIES)
def test_any_backbone_makes_an_encoder_that_can_be_trained(backbone: str) -> None:
    network = PictureEncoder(8, backbone=backbone)
    network(torch.rand(2, 3, 64, 64))[:, 0].sum().backward()
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    assert any(isinstance(layer, SameConv) for layer in layers) or backbone == "backbone.resnet50"
    assert all(layer.weight.grad is not None and layer.weight.grad.isfinite().all() for layer in layers)
