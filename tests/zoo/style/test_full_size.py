"""Painting on at full size: tile by tile as if it were the whole, up to the photo's own pixels."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor

from zoo.errors import BadInput
from zoo.images.tensors import to_tensor
from zoo.loading import load_features
from zoo.precision import use_precision
from zoo.progress import run_to_end
from zoo.style import full_size
from zoo.style.config import Recipe
from zoo.style.full_size import WholePicture, refine
from zoo.style.losses import loss_of, make_target
from zoo.style.optimize import FEATURES, stylize_from_artwork

RECIPE = Recipe(smoothness=1.0)


@pytest.fixture(autouse=True)
def in_float32() -> Iterator[None]:
    use_precision("float32")
    yield
    use_precision("auto")


def image(picture: np.ndarray, width: int, height: int) -> Tensor:
    return to_tensor(Image.fromarray(picture).resize((width, height)))


@pytest.fixture(scope="module")
def photo() -> Tensor:
    return image(data.astronaut(), 144, 96)


@pytest.fixture(scope="module")
def artwork() -> Tensor:
    return image(data.coffee(), 96, 64)


@pytest.mark.slow
def test_the_gradient_by_tiles_is_that_of_the_whole(photo: Tensor, artwork: Tensor) -> None:
    network, painted = load_features(FEATURES), photo.flip(3).clone().requires_grad_()
    [wanted] = torch.autograd.grad(loss_of(network, make_target(network, photo, artwork, RECIPE), painted), painted)
    for tile, most in ((512, 1e-5), (64, 2e-3)):  # smoothness does not look over a cut
        found = torch.zeros_like(photo)
        for _ in WholePicture(network, photo, artwork, RECIPE, tile).gradient(painted.detach(), found):
            pass
        assert (found - wanted).norm() < most * wanted.norm()


@pytest.mark.slow
def test_tiles_leave_no_seam(artwork: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "STEPS", 4)
    network, photo, results = load_features(FEATURES), image(data.astronaut(), 128, 64), []
    for tile in (512, 64):
        result = photo.clone()
        for _ in refine(WholePicture(network, photo, artwork, Recipe(), tile), result):
            pass
        results.append(result)
    whole, tiled = results
    assert (whole - photo).abs().mean() > 0.01
    assert (tiled - whole).abs().mean() < 0.002


@pytest.mark.slow
def test_full_size_has_more_of_the_artwork_than_an_enlargement() -> None:
    picture = Image.fromarray(data.astronaut()).resize((150, 100))
    artwork = Image.fromarray(data.coffee()).resize((150, 100))
    network = load_features(FEATURES)
    target = make_target(network, to_tensor(picture), to_tensor(artwork), Recipe())
    enlarged, painted = (
        run_to_end(stylize_from_artwork(picture, artwork, size=64, iterations=4, full_size=paints_on))
        for paints_on in (False, True)
    )
    assert enlarged.size == painted.size == picture.size
    with torch.no_grad():
        far, near = (loss_of(network, target, to_tensor(result)).item() for result in (enlarged, painted))
    assert near < 0.7 * far


def test_progress_counts_every_tile_and_says_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "STEPS", 2)
    picture, artwork = Image.new("RGB", (90, 50), "teal"), Image.fromarray(data.coffee())
    steps = list(stylize_from_artwork(picture, artwork, size=48, iterations=2, full_size=True))
    assert [step.done for step in steps] == [*range(1, steps[-1].total + 1), steps[-1].total]
    assert steps[-2].note == "90 x 50 pixels" and steps[-2].result is None
    assert steps[-1].result is not None and steps[-1].result.size == (90, 50)


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (40, 40)])
def test_small_and_thin_pictures_work(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "STEPS", 1)
    picture, artwork = Image.new("RGB", size, "red"), Image.fromarray(data.coffee())
    painted = run_to_end(stylize_from_artwork(picture, artwork, size=48, iterations=2, full_size=True))
    assert painted.size == size


def test_maps_and_full_size_exclude_each_other() -> None:
    picture = Image.new("RGB", (64, 64), "red")
    with pytest.raises(BadInput, match="leave one"):
        next(stylize_from_artwork(picture, picture, full_size=True, maps=(picture, picture)))
