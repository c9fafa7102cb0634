"""A wish or the picture chooses the network that enlarges."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from upscaled_pictures import array, saved

from zoo.errors import BadInput, Missing, UnknownModel
from zoo.nets.residual_upscaler import ResidualUpscaler
from zoo.progress import run_to_end
from zoo.superres.networks import (
    AUTOMATIC,
    CRISP,
    DEFAULT_DETAIL,
    FIDELITY,
    PHOTO,
    PHOTO_CRISP,
    PHOTO_SHARP,
    SHARP,
)
from zoo.superres.upscale import upscale


@pytest.mark.parametrize("three", [(FIDELITY, SHARP, CRISP), (PHOTO, PHOTO_SHARP, PHOTO_CRISP)])
def test_detail_goes_from_the_true_network_to_the_sharp_one_and_on_to_the_crisp_one(
    photo: Image.Image, small_models: Path, three: tuple[str, str, str]
) -> None:
    small = photo.resize((20, 15))
    ends = [array(run_to_end(upscale(small, key=key))) for key in three]
    for number, key in enumerate(three):  # any of the three names them all
        found = [array(run_to_end(upscale(small, key=key, detail=detail))) for detail in (number, 0.5, 1.5)]
        assert np.array_equal(found[0], ends[number])
        for between, (low, high) in zip(found[1:], (ends[:2], ends[1:]), strict=True):
            away = [np.abs(between - end).mean() for end in (low, high)]
            assert np.abs(low - high).mean() > max(away) > 0 and min(away) > 0


@pytest.mark.parametrize("way", [FIDELITY, PHOTO, AUTOMATIC])
def test_the_end_of_detail_has_more_of_it_than_the_default(photo: Image.Image, way: str) -> None:
    small = saved(photo, "JPEG", 75) if way == PHOTO else photo
    true, usual, end = (array(run_to_end(upscale(small, key=way, detail=detail))) for detail in (0, DEFAULT_DETAIL, 2))
    steepness = [np.abs(np.diff(made.astype(float), axis=1)).mean() for made in (true, usual, end)]
    assert steepness[0] * 1.05 < steepness[1] and steepness[1] * 1.05 < steepness[2]


def test_a_detail_that_cannot_be_is_refused(photo: Image.Image, small_models: Path) -> None:
    for detail in (-0.1, 2.1, float("nan")):
        with pytest.raises(BadInput, match="choose 0"):
            next(upscale(photo, detail=detail))
    with pytest.raises(BadInput, match=r"sr\.edsr-base-x4 has no sharp variant"):
        next(upscale(photo, key="sr.edsr-base-x4", detail=0.5))


def test_a_model_that_is_not_trained_yet_is_missing_in_words(photo: Image.Image, small_models: Path) -> None:
    (small_models / f"{SHARP}.safetensors").unlink()
    with pytest.raises(Missing, match=r"sr\.sharp-x4 is bundled but"):
        next(upscale(photo, key=FIDELITY, detail=0.5))
    assert run_to_end(upscale(photo.resize((5, 5)), key=FIDELITY, detail=0)).size == (20, 20)


def test_without_a_wish_a_clean_picture_gets_the_clean_networks_and_a_bad_one_those_for_photos(
    photo: Image.Image, small_models: Path
) -> None:
    for picture, key in ((photo.resize((60, 44)), FIDELITY), (saved(photo, "JPEG", 60), PHOTO)):
        usual, asked = (run_to_end(upscale(picture, key=way)) for way in (AUTOMATIC, key))
        assert usual.tobytes() == run_to_end(upscale(picture)).tobytes() != asked.tobytes()
        assert usual.tobytes() == run_to_end(upscale(picture, key=key, detail=DEFAULT_DETAIL)).tobytes()
        assert run_to_end(upscale(picture, detail=0)).tobytes() == asked.tobytes()


def test_all_tiles_of_a_picture_and_both_passes_are_of_one_network(photo: Image.Image) -> None:
    half_bad = photo.copy()
    half_bad.paste(saved(photo, "JPEG", 30).crop((60, 0, 120, 88)), (60, 0))
    for scale in (4, 8):
        tiled, whole = (array(run_to_end(upscale(half_bad, scale=scale, tile=tile))) for tile in (64, 400))
        assert np.abs(tiled - whole).max() <= 2


def test_keys_that_do_not_enlarge_are_refused(photo: Image.Image, small_models: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"begins with sr\."):
        next(upscale(photo, key="style.paintings"))
    with pytest.raises(UnknownModel, match="did you mean"):
        next(upscale(photo, key="sr.fidelity"))
    with pytest.raises(BadInput, match="there is no file"):
        next(upscale(photo, key=str(tmp_path / "none.pth")))


def test_a_users_file_is_read_once_and_again_when_it_changed(photo: Image.Image, tmp_path: Path) -> None:
    path, small = tmp_path / "own.safetensors", photo.resize((6, 5))
    results = []
    for seed, time in ((1, 1), (1, 1), (2, 2)):
        torch.manual_seed(seed)
        network = ResidualUpscaler(4, 1)
        torch.nn.init.normal_(network.tail.weight, std=0.3)
        save_file(network.state_dict(), path)
        os.utime(path, (time, time))
        results.append(run_to_end(upscale(small, key=str(path))).tobytes())
    assert results[0] == results[1] != results[2]
