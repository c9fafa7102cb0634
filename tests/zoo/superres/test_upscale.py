"""Enlarging is exact in size, seamless and true to its input, whatever the picture."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from upscaled_pictures import array, in_mode

from zoo.errors import BadInput, BadPicture
from zoo.loading import load, load_file
from zoo.precision import use_precision
from zoo.progress import run_to_end
from zoo.superres.networks import FIDELITY
from zoo.superres.upscale import SCALES, upscale


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (13, 7)])
def test_any_size_comes_out_four_times_as_large(photo: Image.Image, size: tuple[int, int]) -> None:
    assert run_to_end(upscale(photo.resize(size))).size == (4 * size[0], 4 * size[1])


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (33, 47), (64, 40), (17, 70)])
def test_tiled_equals_whole_and_the_mode_stays(
    photo: Image.Image, rough: str, mode: str, size: tuple[int, int]
) -> None:
    picture = in_mode(photo.resize(size), mode)
    whole = run_to_end(upscale(picture, key=rough))
    assert whole.mode == mode
    for tile in (16, 29):
        tiled = run_to_end(upscale(picture, key=rough, tile=tile))
        assert np.abs(array(tiled) - array(whole)).max() <= (257 if mode == "I;16" else 1)


def test_the_bundled_network_has_no_seams_either(photo: Image.Image) -> None:
    tiled, whole = (array(run_to_end(upscale(photo, tile=tile))) for tile in (64, 400))
    assert np.abs(tiled - whole).max() <= 1


@pytest.mark.parametrize("self_ensemble", [False, True])
def test_no_seam_shows_in_a_pattern_of_single_pixels(self_ensemble: bool) -> None:  # which make networks ring far
    board = Image.fromarray((np.indices((101, 131)).sum(0) % 2 * 255).astype(np.uint8)).convert("RGB")
    use_precision("float32")
    whole, tiled = (
        array(run_to_end(upscale(board, key=FIDELITY, tile=tile, self_ensemble=self_ensemble))).astype(int)
        for tile in (140, 70)
    )
    use_precision("auto")
    assert np.abs(tiled - whole).max() <= 1


def test_there_is_a_step_for_each_tile(photo: Image.Image, rough: str) -> None:
    steps = list(upscale(photo, key=rough, tile=64))
    assert [step.done for step in steps] == list(range(5)) and {step.total for step in steps} == {4}
    assert [step.result is None for step in steps] == [True] * 4 + [False]


def test_stopping_between_tiles_stops_the_network(
    photo: Image.Image, small_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, network = [], load(FIDELITY)
    monkeypatch.setattr(network, "forward", counting(network.forward, seen))
    steps = upscale(photo, key=FIDELITY, tile=32)
    next(steps), next(steps), steps.close()
    assert len(seen) == 1 and list(steps) == []


def counting(function: Callable, seen: list) -> Callable:
    def counted(x: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        return function(x)

    return counted


def test_a_failed_tile_is_a_failure(photo: Image.Image, small_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, network = [], load(FIDELITY)
    enlarge = network.forward

    def broken(x: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        if len(seen) == 3:
            raise RuntimeError("a tensor is not as it should be")
        return enlarge(x)

    monkeypatch.setattr(network, "forward", broken)
    with pytest.raises(RuntimeError, match="not as it should be"):
        run_to_end(upscale(photo, key=FIDELITY, tile=32))


@pytest.mark.parametrize(("detail", "share"), [(0.0, 0.9), (None, 1.0)])  # what is sharp gives up some of it
def test_it_is_closer_to_the_truth_than_bicubic(photo: Image.Image, detail: float | None, share: float) -> None:
    small = photo.resize((photo.width // 4, photo.height // 4), Image.Resampling.BICUBIC)
    bicubic = small.resize(photo.size, Image.Resampling.BICUBIC)
    errors = [
        np.square(array(large) - array(photo)).mean() for large in (run_to_end(upscale(small, detail=detail)), bicubic)
    ]
    assert errors[0] < share * errors[1]


@pytest.mark.parametrize("width", [1, 7, 30, 119, 120, 121, 480])
@pytest.mark.parametrize("mode", ["RGB", "I;16"])
def test_a_width_that_is_asked_for_is_exact(photo: Image.Image, rough: str, width: int, mode: str) -> None:
    picture = in_mode(photo.resize((30, 22)), mode)
    large = run_to_end(upscale(picture, key=rough, width=width, tile=16))
    assert large.size == (width, max(1, round(22 * width / 30))) and large.mode == mode
    whole = run_to_end(upscale(picture, key=rough)).resize(large.size, Image.Resampling.BICUBIC)
    assert np.abs(array(large) - array(whole)).max() <= (520 if mode == "I;16" else 2)


def test_a_width_out_of_range_is_refused(photo: Image.Image, rough: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (0, -1, 16 * photo.width + 1):
        with pytest.raises(BadPicture, match="choose 1 to 1920"):
            next(upscale(photo, key=rough, width=width))
    monkeypatch.setattr("zoo.superres.upscale.LARGEST_RESULT", 10**6)
    with pytest.raises(BadPicture, match="choose a smaller width"):
        next(upscale(photo, key=rough, width=16 * photo.width))


def test_the_colour_profile_is_carried(photo: Image.Image) -> None:
    tagged = photo.resize((8, 8))
    tagged.info["icc_profile"] = b"a profile"
    assert run_to_end(upscale(tagged)).info == {"icc_profile": b"a profile"}


def test_a_tile_too_small_for_the_seams_is_refused(photo: Image.Image) -> None:
    with pytest.raises(BadInput, match="tile"):
        run_to_end(upscale(photo, tile=0))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_a_scale_that_is_asked_for_is_exact(photo: Image.Image, scale: int, mode: str) -> None:
    picture = in_mode(photo.resize((30, 22)), mode)
    steps = list(upscale(picture, key=FIDELITY, scale=scale, tile=16))
    large = steps[-1].result
    assert large is not None
    assert large.size == (30 * scale, 22 * scale) and large.mode == mode
    assert [step.done / step.total for step in steps] == sorted(step.done / step.total for step in steps)
    expected = picture.resize(large.size, Image.Resampling.BICUBIC)
    assert np.abs(array(large) - array(expected)).mean() < (8 * 257 if mode == "I;16" else 8)


def test_a_scale_that_cannot_be_is_refused(photo: Image.Image) -> None:
    with pytest.raises(BadInput, match="choose one of 2, 3, 4, 8"):
        next(upscale(photo, scale=5))
    with pytest.raises(BadInput, match="give one of them"):
        next(upscale(photo, scale=2, width=100))


def test_a_network_that_goes_by_the_whole_picture_gets_no_tiles_of_itself(
    photo: Image.Image, rough: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, seen = load_file(rough), []
    assert isinstance(network, torch.nn.Module)
    monkeypatch.setattr(network, "forward", noting_size(network.forward, seen))
    monkeypatch.setattr("zoo.superres.upscale.network_for", lambda *_: network)
    monkeypatch.setattr("zoo.superres.upscale.DEFAULT_TILE", 64)
    run_to_end(upscale(photo))
    monkeypatch.setattr(network, "wants_whole", True, raising=False)
    run_to_end(upscale(photo))
    assert len(seen) == 5 and seen[-1] == (photo.height, photo.width)
    run_to_end(upscale(photo, tile=64))
    assert len(seen) == 9  # who asks for tiles gets them


def noting_size(function: Callable, seen: list) -> Callable:
    def noted(x: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(x.shape[2:]))
        return function(x)

    return noted


def test_bfloat16_changes_a_result_by_less_than_the_eye_or_the_measure_sees(photo: Image.Image) -> None:
    found = []
    for precision in ("float32", "bfloat16"):
        use_precision(precision)
        found.append(array(run_to_end(upscale(photo, key=FIDELITY))))
    use_precision("auto")
    error = np.square(found[0] - found[1]).mean()
    assert 0 < error < 255**2 / 10**5.5  # 55 dB between them: a picture of 35 dB loses 0.02 dB at 58 dB below
    assert np.abs(found[0] - found[1]).max() <= 6  # in few pixels, at edges
