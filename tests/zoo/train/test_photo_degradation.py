"""Degraded crops look like what people upload: worn, never the same twice, the same again for a seed, nothing moved."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.train.photo_degradation import add_noise, blur_kernel, compress, degrade, resize

SIDE = 32


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def edge() -> np.ndarray:
    """A crop, dark on the left half and light on the right."""
    crop = np.full((4 * SIDE, 4 * SIDE, 3), 64, np.uint8)
    crop[:, 2 * SIDE :] = 192
    return crop


def place_of_edge(image: np.ndarray) -> float:
    """Where the middle between dark and light is, in pixels from the left, as the mean of all rows."""
    return image.shape[1] - (image.mean() - 64) / 128 * image.shape[1]


def test_an_input_is_a_quarter_of_the_crop_in_whole_numbers() -> None:
    crop = data.astronaut()[:128, 200:328]
    for seed in range(20):
        small = degrade(crop, random(seed))
        assert small.shape == (SIDE, SIDE, 3)
        assert small.dtype == np.uint8


def test_a_seed_decides() -> None:
    crop = data.astronaut()[:128, 200:328]
    one, again, other = (degrade(crop, random(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_what_is_only_shrunk_and_saved_stays_near_what_it_was() -> None:
    crop = data.astronaut()[:128, 200:328]
    clean = np.asarray(Image.fromarray(crop).resize((SIDE, SIDE), Image.Resampling.BICUBIC), float)
    errors = [np.sqrt(np.square(degrade(crop, random(seed), saved=1.0) - clean).mean()) for seed in range(20)]
    assert 0 < min(errors) < max(errors) < 12


def test_degradation_moves_no_edge() -> None:
    places = [place_of_edge(degrade(edge(), random(seed))) for seed in range(150)]
    assert np.mean(places) == pytest.approx(SIDE / 2, abs=0.1)
    assert np.median(places) == pytest.approx(SIDE / 2, abs=0.1)


def test_most_crops_are_worn_and_few_are_ruined() -> None:
    crop = data.astronaut()[:128, 200:328]
    clean = crop.reshape(SIDE, 4, SIDE, 4, 3).mean((1, 3))
    errors = [np.sqrt(np.square(degrade(crop, random(seed)) - clean).mean()) for seed in range(60)]
    assert 3 < np.median(errors) < 20
    assert max(errors) < 60


@pytest.mark.parametrize("sigma", [0.3, 1.0, 3.0])
def test_a_kernel_keeps_brightness_and_is_the_same_turned_half_about(sigma: float) -> None:
    generator = random()
    for _ in range(30):
        kernel = blur_kernel(generator, sigma)
        assert kernel.sum() == pytest.approx(1, abs=1e-4)
        assert np.allclose(kernel, kernel[::-1, ::-1], atol=1e-5)


def test_resizing_keeps_an_edge_in_the_middle() -> None:
    for seed in range(30):
        assert place_of_edge(resize(edge().astype(np.float32), 80, random(seed))) == pytest.approx(40, abs=0.3)


def test_noise_and_compression_keep_the_mean_color() -> None:
    flat = np.full((64, 64, 3), (200, 120, 40), np.float32)
    for seed in range(10):
        assert np.allclose(add_noise(flat, random(seed), 10).mean((0, 1)), (200, 120, 40), atol=1)
        assert np.allclose(compress(flat, random(seed), 60).mean((0, 1)), (200, 120, 40), atol=6)
