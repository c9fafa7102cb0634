"""The discriminator judges every pixel, and no layer of it amplifies by more than it may."""

import torch

from zoo.nets.unet_discriminator import SpectralConv2d, UNetDiscriminator


def test_every_pixel_is_judged_by_one_number() -> None:
    assert UNetDiscriminator(4)(torch.rand(2, 3, 24, 40)).shape == (2, 1, 24, 40)


def test_a_layer_has_a_largest_singular_value_of_about_one() -> None:
    torch.manual_seed(0)
    layer = SpectralConv2d(8, 16, 3)
    with torch.no_grad():
        layer.weight.mul_(7)
        pixels = torch.eye(72).reshape(72, 8, 3, 3)
        columns = layer(pixels)[:, :, 1, 1]  # (72, 16): the weight that is in force, of the pixel in the middle
    assert 0.95 < torch.linalg.matrix_norm(columns, 2) < 1.1


def test_the_norm_is_held_while_weights_move() -> None:
    torch.manual_seed(0)
    layer = SpectralConv2d(3, 8, 3)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(20):
        optimizer.zero_grad()
        (-layer(torch.ones(1, 3, 8, 8)).mean()).backward()
        optimizer.step()
    with torch.no_grad():
        columns = layer(torch.eye(27).reshape(27, 3, 3, 3))[:, :, 1, 1]
    assert 0.95 < torch.linalg.matrix_norm(columns, 2) < 1.1


def test_judging_alone_leaves_the_discriminator_as_it_is() -> None:
    network = UNetDiscriminator(4).requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network(torch.rand(1, 3, 16, 16))
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
