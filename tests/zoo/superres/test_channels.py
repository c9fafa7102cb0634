"""Grey, transparency and 16 bits through an enlargement."""

import numpy as np
import pytest
from PIL import Image
from upscaled_pictures import array, disc, in_mode

from zoo.images.sixteen_bit import SixteenBitPicture
from zoo.progress import run_to_end
from zoo.superres.networks import FIDELITY, PHOTO
from zoo.superres.upscale import upscale


def test_hidden_colours_do_not_bleed_into_an_edge(rough: str) -> None:
    for key in (FIDELITY, rough):
        large = [run_to_end(upscale(disc("red", hidden), key=key)) for hidden in ("lime", "blue")]
        assert large[0].tobytes() == large[1].tobytes()
    edge = array(run_to_end(upscale(disc("red", "lime"))))
    seen = edge[edge[..., 3] > 0]
    assert np.abs(seen[:, :3] - (255, 0, 0)).max() <= 3  # opaque or not, it is red


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 40), (30, 2)])
@pytest.mark.parametrize("colour", [(255, 255, 255), (144, 107, 97), (20, 200, 90)])
def test_a_picture_of_few_pixels_keeps_its_colour(size: tuple[int, int], colour: tuple[int, int, int]) -> None:
    for key in (FIDELITY, PHOTO):
        large = array(run_to_end(upscale(Image.new("RGB", size, colour), key=key))).astype(int)
        assert large.shape == (4 * size[1], 4 * size[0], 3) and np.abs(large - colour).max() <= 4


def test_opaque_stays_opaque_and_clear_stays_clear(rough: str) -> None:
    alpha = array(run_to_end(upscale(disc("red", "lime"), key=rough)))[..., 3]
    assert (alpha[72:88, 72:88] == 255).all() and (alpha[:16, :16] == 0).all()
    plain = run_to_end(upscale(Image.new("RGBA", (9, 9), (10, 20, 30, 77)), key=rough))
    assert (array(plain)[..., 3] == 77).all()


def test_a_gradient_of_sixteen_bits_has_no_bands() -> None:
    ramp = Image.fromarray(np.tile(np.linspace(30_000, 31_000, 64).astype(np.uint16), (16, 1)))
    large = array(run_to_end(upscale(ramp, key=FIDELITY)))[32]
    assert len(np.unique(large)) > 100 and np.abs(np.diff(large)).max() < 200  # 8 bits have 4 levels, 257 apart


def test_grey_of_eight_and_of_sixteen_bits_agree(photo: Image.Image) -> None:
    small = photo.resize((30, 22))
    eight, sixteen = (array(run_to_end(upscale(in_mode(small, mode)))) for mode in ("L", "I;16"))
    assert np.abs(sixteen / 257 - eight).max() <= 0.51


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_grey_in_colour_stays_grey_to_the_last_bit(mode: str) -> None:
    board = np.indices((24, 24)).sum(0) % 2 * 255
    picture = Image.fromarray(board.astype(np.uint8)).convert(mode)
    for key in (FIDELITY, PHOTO):
        large = run_to_end(upscale(picture, key=key))
        red, green, blue = (array(channel) for channel in large.split()[:3])
        assert large.mode == mode and (red == green).all() and (green == blue).all() and np.ptp(red) > 100


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_colour_of_sixteen_bits_stays_so(channels: int, rough: str) -> None:
    ramp = np.linspace(30_000, 31_000, 40)
    samples = np.stack([np.tile(ramp + 1000 * channel, (12, 1)) for channel in range(channels)], 2).astype(np.uint16)
    for width, scale in ((None, None), (93, None), (None, 8)):
        steps = upscale(SixteenBitPicture(samples), key=FIDELITY, tile=24, width=width, scale=scale)
        large = run_to_end(steps)
        assert isinstance(large, SixteenBitPicture) and large.samples.shape[2] == channels
        middle = large.samples[large.height // 2].astype(int)
        assert all(len(np.unique(middle[:, channel])) > 0.6 * large.width for channel in range(channels))
        expected = np.asarray(Image.fromarray(samples[..., 0]).resize(large.size, Image.Resampling.BICUBIC), int)
        assert np.abs(large.samples[..., 0] - expected).max() < 600  # some two levels of 8 bits


def test_a_grey_picture_of_sixteen_bits_in_colour_stays_grey(rough: str) -> None:
    grey = np.random.default_rng(0).integers(0, 65536, (9, 11, 1)).astype(np.uint16)
    large = run_to_end(upscale(SixteenBitPicture(grey.repeat(3, 2)), key=rough))
    assert isinstance(large, SixteenBitPicture) and large.samples.shape == (36, 44, 3)
    assert (large.samples == large.samples[..., :1]).all()
