"""The style network paints in tiles what it would paint in one piece."""

import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor

from zoo.images.tensors import to_picture, to_tensor
from zoo.loading import load_paintings
from zoo.nets.style_network import PaintingsNetwork, StyleNetwork
from zoo.precision import autocast
from zoo.progress import run_to_end
from zoo.style.tiled import paint


@pytest.fixture(scope="module")
def network() -> PaintingsNetwork:
    return load_paintings("style.paintings")


@pytest.fixture(scope="module")
def photo() -> Tensor:
    return to_tensor(Image.fromarray(data.coffee()).resize((401, 258)))


def grey_levels(picture: Image.Image) -> Tensor:
    return to_tensor(picture) * 255


@pytest.mark.parametrize("tile", [200, 96])
def test_tiles_are_painted_as_the_whole_within_one_grey_level(
    network: PaintingsNetwork, photo: Tensor, tile: int
) -> None:
    style = network.blend({network.styles[0]: 0.7, network.styles[1]: 0.3})
    whole, tiled = (grey_levels(run_to_end(paint(network.network, photo, style, tile=size))) for size in (1000, tile))
    difference = (whole - tiled).abs()
    assert whole.shape == (1, 3, 258, 401) and difference.max() <= 1 and difference.mean() < 0.01


def test_one_tile_is_the_network_itself(network: PaintingsNetwork) -> None:
    image = torch.rand(1, 3, 64, 96)
    style = network.blend({network.styles[0]: 1.0})
    with torch.inference_mode(), autocast():
        alone = to_picture(network(image, style))
    assert run_to_end(paint(network.network, image, style)).tobytes() == alone.tobytes()


def test_a_tile_normalised_by_itself_would_be_another_picture(network: PaintingsNetwork, photo: Tensor) -> None:
    """What the tiles share is needed: without it, the bound of the test above is missed by far."""
    style = network.blend({network.styles[0]: 1.0})
    corner = photo[..., :128, :128]
    whole, alone = (grey_levels(run_to_end(paint(network.network, image, style))) for image in (photo, corner))
    assert (whole[..., :64, :64] - alone[..., :64, :64]).abs().mean() > 2


def test_stopping_between_tiles_stops_the_work_and_leaks_no_inference_mode(photo: Tensor) -> None:
    network = StyleNetwork(widths=(4, 6, 8), blocks=1)
    passed = []
    network.paint.register_forward_hook(lambda *_: passed.append(1))
    steps = paint(network, photo, torch.ones(1, network.style_size), tile=128)
    total = next(steps).total
    assert total == 4 * 3 * (len(network.layers) + 1)
    for step in steps:
        assert not torch.is_inference_mode_enabled()
        if step.done == total - 4:
            steps.close()
    assert len(passed) == 12 - 4
