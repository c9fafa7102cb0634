"""EDSR under the names of the published file."""

import torch

from zoo.nets.edsr import EDSR


def names(width: int, blocks: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes in the published file of such a network, written down from the library that made it."""
    convolutions = {"sub_mean": (3, 3, 1), "add_mean": (3, 3, 1), "head.0": (width, 3, 3), "tail.1": (3, width, 3)}
    convolutions |= {f"body.{block}.body.{layer}": (width, width, 3) for block in range(blocks) for layer in (0, 2)}
    convolutions |= {f"body.{blocks}": (width, width, 3)}
    convolutions |= {f"tail.0.{layer}": (4 * width, width, 3) for layer in (0, 2)}
    shapes = {f"{name}.weight": (after, before, side, side) for name, (after, before, side) in convolutions.items()}
    return shapes | {f"{name}.bias": shape[:1] for name, shape in convolutions.items()}


def test_names_and_shapes_are_those_of_the_published_file() -> None:
    with torch.device("meta"):
        network = EDSR()
    assert {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()} == names(64, 16)


def test_the_output_is_four_times_the_input_and_sees_as_far_as_its_convolutions() -> None:
    torch.manual_seed(0)
    network = EDSR(width=4, blocks=2)
    image = torch.rand(1, 3, 31, 31)
    changed = image.clone()
    changed[..., 15, 15] += 1
    with torch.inference_mode():
        difference = (network(image) - network(changed)).abs().amax(1)[0]  # (124, 124)
    assert difference.shape == (124, 124)
    far = difference.nonzero() // 4 - 15
    assert 6 <= far.abs().max() <= 8  # head, 2 x 2, body's last, two of the tail at 1x and 2x, one at 4x


def test_what_lies_beyond_its_reach_hardly_counts() -> None:
    torch.manual_seed(0)
    network = EDSR(width=16)
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        whole = network(image)[..., 4 * 32 :]
        part = network(image[..., 32 - network.receptive_field :])[..., 4 * network.receptive_field :]
    assert (whole - part).abs().max() < 1 / 255
