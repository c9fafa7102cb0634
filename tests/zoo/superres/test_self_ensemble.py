"""A self-ensemble is truer than the network alone and has no direction."""

import numpy as np
from PIL import Image
from upscaled_pictures import array

from zoo.progress import run_to_end
from zoo.superres.networks import FIDELITY
from zoo.superres.upscale import upscale


def enlarged(picture: Image.Image, *, self_ensemble: bool) -> np.ndarray:
    return array(run_to_end(upscale(picture, key=FIDELITY, self_ensemble=self_ensemble, tile=24)))


def test_a_self_ensemble_is_the_same_however_the_picture_is_turned(photo: Image.Image) -> None:
    small = photo.resize((40, 30))
    turned = small.transpose(Image.Transpose.ROTATE_90)
    for asked in (True, False):
        usual = np.rot90(enlarged(small, self_ensemble=asked))
        assert (np.abs(usual - enlarged(turned, self_ensemble=asked)).max() <= 1) == asked


def test_a_self_ensemble_is_closer_to_the_truth(photo: Image.Image) -> None:
    small = photo.resize((photo.width // 4, photo.height // 4), Image.Resampling.BICUBIC)
    errors = [np.square(enlarged(small, self_ensemble=asked) - array(photo)).mean() for asked in (True, False)]
    assert errors[0] < errors[1]


def test_grey_and_transparency_go_through_it(photo: Image.Image) -> None:
    grey = photo.resize((20, 15)).convert("LA")
    grey.putalpha(100)
    large = enlarged(grey, self_ensemble=True)
    assert large.shape == (60, 80, 2) and (large[..., 1] == 100).all()
