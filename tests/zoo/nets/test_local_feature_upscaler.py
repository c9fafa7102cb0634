"""The network of local features: its sizes, its tiles, and the names that its authors' weights have."""

import pytest
import torch

from zoo.nets.local_feature_upscaler import REACH, LocalFeatureUpscaler, rename_published

PARTS = {  # of a published file, with the shapes of a network of eight channels
    "conv_1": (8, 3, 3, 3),
    "block_1.c1_r": (8, 8, 3, 3),
    "block_1.c2_r": (8, 8, 3, 3),
    "block_1.c3_r": (8, 8, 3, 3),
    "block_1.c5": (8, 8, 1, 1),
    "block_1.esa.conv1": (16, 8, 1, 1),
    "block_1.esa.conv_f": (16, 16, 1, 1),
    "block_1.esa.conv2": (16, 16, 3, 3),
    "block_1.esa.conv3": (16, 16, 3, 3),
    "block_1.esa.conv4": (8, 16, 1, 1),
    "conv_2": (8, 8, 3, 3),
    "upsampler.0": (48, 8, 3, 3),
}


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 4), (16, 17)])
def test_a_picture_of_any_size_becomes_four_times_larger(size: tuple[int, int]) -> None:
    large = LocalFeatureUpscaler(8, 2)(torch.rand(2, 3, *size))
    assert large.shape == (2, 3, 4 * size[0], 4 * size[1]) and large.isfinite().all()


def test_a_window_that_begins_at_even_pixels_gives_what_the_whole_gives() -> None:
    network, image = LocalFeatureUpscaler(8, 1), torch.rand(1, 3, 120, 111)
    whole, part = network(image), network(image[..., 32:, 30:])
    inside = slice(4 * REACH, -4 * REACH)
    assert torch.allclose(whole[..., 128:, 120:][..., inside, inside], part[..., inside, inside], atol=1e-5)


def test_its_authors_weights_fit_by_their_names() -> None:
    published = {f"{part}.weight": torch.rand(shape) for part, shape in PARTS.items()}
    published |= {f"{part}.bias": torch.rand(shape[0]) for part, shape in PARTS.items()}
    renamed = rename_published(published)
    LocalFeatureUpscaler(8, 1).load_state_dict(renamed)
    assert torch.equal(renamed["body.0.attend.far.weight"], published["block_1.esa.conv3.weight"])
    assert rename_published(renamed).keys() == renamed.keys()
