"""Optimising towards an artwork lowers the loss, shows its way, can be repeated, and does what its recipe says."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.nets.perceptual import texture
from zoo.progress import run_to_end
from zoo.style.config import Recipe
from zoo.style.optimize import schedule, stylize_from_artwork
from zoo.style.starts import in_colors_like, start_from


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).resize((90, 64))


@pytest.fixture(scope="module")
def artwork() -> Image.Image:
    return Image.fromarray(data.coffee())


def painted(photo: Image.Image, artwork: Image.Image, *, iterations: int = 6, **recipe: Any) -> np.ndarray:
    steps = stylize_from_artwork(photo, artwork, size=48, iterations=iterations, recipe=Recipe(**recipe))
    return np.asarray(run_to_end(steps))


def losses(photo: Image.Image, artwork: Image.Image, **recipe: Any) -> list[float]:
    steps = stylize_from_artwork(photo, artwork, size=48, iterations=12, recipe=Recipe(scales=(1.0,), **recipe))
    return [step.loss for step in steps if step.loss is not None]


def test_the_loss_falls_and_previews_come(photo: Image.Image, artwork: Image.Image) -> None:
    steps = list(stylize_from_artwork(photo, artwork, size=64, iterations=30, recipe=Recipe(scales=(0.5, 1.0))))
    found = [step.loss for step in steps if step.loss is not None]
    assert found[19] < 0.5 * found[0]  # the first scale
    assert found[-1] < found[20]  # the second
    assert [step.done for step in steps if step.preview] == [10, 20, 30]
    assert steps[29].note == f"loss {found[29]:.3f}" and steps[29].result is None


def test_every_preview_has_the_size_of_its_scale(photo: Image.Image, artwork: Image.Image) -> None:
    recipe = Recipe(scales=(0.5, 0.75, 1.0))
    steps = stylize_from_artwork(photo, artwork, size=64, iterations=30, recipe=recipe)
    assert [step.preview.width for step in steps if step.preview] == [32, 48, 64]


def test_coarse_scales_get_more_iterations_and_the_last_one_ends() -> None:
    assert schedule((0.5, 1.0), 30) == [20, 30]
    assert schedule((0.25, 0.5, 1.0), 70) == [40, 60, 70]
    assert schedule((0.1, 0.3, 1.0), 1)[-1] == 1 and schedule((1.0,), 7) == [7]


def test_the_result_has_the_photos_size(photo: Image.Image, artwork: Image.Image) -> None:
    assert run_to_end(stylize_from_artwork(photo, artwork, size=48, iterations=2)).size == photo.size


def test_a_seed_repeats_a_result(photo: Image.Image, artwork: Image.Image) -> None:
    one, same, other = (painted(photo, artwork, iterations=2, seed=seed, start="photo") for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("start", ["one-pass", "photo", "noise", "blurred-noise"])
def test_every_start_goes_down_by_every_method(
    photo: Image.Image, artwork: Image.Image, start: str, optimizer: str
) -> None:
    found = losses(photo, artwork, start=start, optimizer=optimizer)
    assert found[-1] < 0.9 * found[0]


def test_a_start_from_noise_knows_nothing_of_the_photo() -> None:
    red, blue = (torch.tensor(color)[None, :, None, None].expand(1, 3, 40, 56) for color in ((1.0, 0, 0), (0, 0, 1.0)))
    for start in ("noise", "blurred-noise"):
        assert torch.equal(start_from(red, red, Recipe(start=start)), start_from(blue, red, Recipe(start=start)))


def test_a_start_from_the_photo_is_the_nearer_to_it_the_less_the_style_weighs() -> None:
    photo, style = torch.rand(2, 1, 3, 40, 56, generator=torch.Generator().manual_seed(0)) ** torch.tensor(4.0)
    far = [
        (start_from(photo, 1 - style, Recipe(style_weight=weight, start="photo")) - photo).abs().mean()
        for weight in (0.0, 1.0, 9.0)
    ]
    assert far[0] < 0.02 < far[1] < far[2]


def test_colours_are_moved_to_the_others_mean_and_spread() -> None:
    one, other = torch.rand(2, 1, 3, 40, 56, generator=torch.Generator().manual_seed(0))
    other = 0.3 + 0.5 * torch.einsum("ij,njhw->nihw", torch.tensor([[0.9, 0.1, 0], [0, 0.5, 0.5], [0, 0, 1.0]]), other)
    for found, wanted in zip(texture(in_colors_like(one, other)), texture(other), strict=True):
        assert torch.allclose(found, wanted, atol=1e-3)


def test_blurred_noise_is_smoother_than_noise() -> None:
    content = torch.zeros(1, 3, 40, 56)
    rough, smooth = (start_from(content, content, Recipe(start=start)) for start in ("noise", "blurred-noise"))
    assert smooth.diff(dim=3).abs().mean() < 0.3 * rough.diff(dim=3).abs().mean()
    assert smooth.std() > 0.1


def test_pooling_and_method_make_a_difference(photo: Image.Image, artwork: Image.Image) -> None:
    usual, average, adam = (
        painted(photo, artwork, iterations=2, **recipe)
        for recipe in ({}, {"pooling": "average"}, {"optimizer": "adam"})
    )
    assert not np.array_equal(usual, average) and not np.array_equal(usual, adam)


def test_a_layer_of_weight_0_is_off(photo: Image.Image, artwork: Image.Image) -> None:
    off, absent, more = (
        losses(photo, artwork, layer_weights=weights)[0]
        for weights in ({"relu1_1": 1.0, "relu2_1": 0.0}, {"relu1_1": 1.0}, {"relu1_1": 1.0, "relu2_1": 1.0})
    )
    assert off == absent < more


def test_without_a_style_weight_the_photo_stays(photo: Image.Image, artwork: Image.Image) -> None:
    source = np.asarray(photo, dtype=int)
    kept = painted(photo, artwork, style_weight=0.0, scales=(1.0,))
    taken = painted(photo, artwork, style_weight=100.0, scales=(1.0,))
    assert np.abs(kept - source).mean() < 0.7 * np.abs(taken - source).mean()


def test_smoothness_smooths(photo: Image.Image, artwork: Image.Image) -> None:
    rough, smooth = (painted(photo, artwork, smoothness=weight).astype(int) for weight in (0.0, 100.0))
    assert np.abs(np.diff(smooth, axis=1)).mean() < 0.8 * np.abs(np.diff(rough, axis=1)).mean()


def test_a_black_mask_leaves_the_photo(photo: Image.Image, artwork: Image.Image) -> None:
    mask = Image.new("L", (3, 3))
    result = run_to_end(stylize_from_artwork(photo, artwork, size=48, iterations=2, mask=mask))
    assert np.abs(np.asarray(result, dtype=int) - np.asarray(photo)).max() <= 1


def test_kept_colors_are_the_photos(artwork: Image.Image) -> None:
    red = Image.new("RGB", (64, 48), (200, 40, 40))
    kept, plain = (
        run_to_end(stylize_from_artwork(red, artwork, size=48, iterations=10, keep_colors=keep)).convert("YCbCr")
        for keep in (True, False)
    )
    hue = np.asarray(red.convert("YCbCr"), dtype=int)[0, 0, 1:]
    far = [np.abs(np.asarray(result, dtype=int)[..., 1:] - hue).mean() for result in (kept, plain)]
    assert far[0] < 0.5 * far[1]


@pytest.mark.slow
def test_a_map_alone_is_painted_out_region_by_region() -> None:
    """Stripes where the map says so, red where it says so, though they lie elsewhere in the artwork."""
    artwork = np.zeros((64, 64, 3), np.uint8)
    artwork[:, :32] = 255 * (np.arange(32) // 3 % 2)[:, None]  # upright black and white stripes at the left
    artwork[:, 32:] = (220, 20, 20)
    left, top = (np.zeros((64, 64, 3), np.uint8) for _ in range(2))
    left[:, :32], top[:32] = 200, 200
    maps = Image.fromarray(left), Image.fromarray(top)
    recipe = Recipe(start="noise", smoothness=0.0)
    steps = stylize_from_artwork(None, Image.fromarray(artwork), size=64, iterations=40, recipe=recipe, maps=maps)
    result = np.asarray(run_to_end(steps), dtype=int)
    redness = result[..., 0] - result[..., 1:].mean(2)
    across = np.abs(np.diff(result.mean(2), axis=1))
    assert redness[:26].mean() < 0.3 * redness[38:].mean()
    assert across[38:].mean() < 0.3 * across[:26].mean()


@pytest.mark.parametrize("size", [(1, 1), (2, 300)])
def test_tiny_and_thin_pictures_work(artwork: Image.Image, size: tuple[int, int]) -> None:
    assert run_to_end(stylize_from_artwork(Image.new("RGB", size, "red"), artwork, size=48, iterations=2)).size == size


@pytest.mark.parametrize("options", [{"size": 4}, {"size": 100_000}, {"iterations": 0}, {"iterations": 10**9}])
def test_settings_out_of_range_are_refused(photo: Image.Image, artwork: Image.Image, options: Mapping) -> None:
    with pytest.raises(BadInput, match="give"):
        run_to_end(stylize_from_artwork(photo, artwork, **options))


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        ({"style_weight": -1.0}, "style's weight is -1.0"),
        ({"content_weight": float("nan")}, "content's weight is nan"),
        ({"style_weight": 0.0, "content_weight": 0.0}, "neither"),
        ({"smoothness": float("inf")}, "smoothness"),
        ({"layer_weights": {"conv9": 1.0}}, "no layer 'conv9'.*relu4_1"),
        ({"layer_weights": {"relu1_1": 0.0}}, "no layer is left"),
        ({"start": "art"}, "photo, noise, blurred-noise"),
        ({"optimizer": "sgd"}, "lbfgs, adam"),
        ({"pooling": "least"}, "max, average"),
        ({"scales": ()}, "growing"),
        ({"scales": (1.0, 0.5)}, "growing"),
        ({"scales": (0.5, 1.5)}, "at most 1"),
        ({"seed": 2**64}, "64 bits"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(
    photo: Image.Image, artwork: Image.Image, recipe: Mapping, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        next(stylize_from_artwork(photo, artwork, recipe=Recipe(**recipe)))


def test_there_must_be_a_picture_or_maps(artwork: Image.Image) -> None:
    with pytest.raises(BadInput, match="two maps"):
        next(stylize_from_artwork(None, artwork))
