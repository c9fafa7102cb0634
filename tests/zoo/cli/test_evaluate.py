"""The commands that measure: bench and score style."""

import json
from pathlib import Path

import pytest
import torch
from picture_files import quarters
from PIL import Image

from zoo import stopwatch
from zoo.__main__ import main
from zoo.evaluation import timing_style
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.nets.slim_features import SlimFeatures


@pytest.mark.slow
@pytest.mark.usefixtures("small_models")
def test_score_style_prints_a_row_a_pair_and_the_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    monkeypatch.setattr("zoo.evaluation.perceptual.VGG19", lambda file: SlimFeatures())
    for folder, names in (("photos", ("a", "b")), ("paintings", ("wave", "scream"))):
        (tmp_path / folder).mkdir()
        for name in names:
            save_picture(quarters(), tmp_path / folder / f"{name}.png")
    command = ["score", "style", "--vgg", "vgg", "--photos", str(tmp_path / "photos")]
    command += ["--paintings", str(tmp_path / "paintings"), "--size", "32", "--iterations", "2"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[2:4]] == ["a.png, scream", "b.png, wave"]
    assert lines[4].startswith("one pass over optimised") and "at 0.25" in lines[5]
    assert lines[6].startswith("one pass, mean: content")
    assert "leaves" in lines[7] and "relu3_1" in lines[8]
    assert main([*command, "--gatys", "1"]) == 0
    rows = [line[:36].strip() for line in capsys.readouterr().out.splitlines()[2:6]]
    assert rows == ["a.png, scream", "VGG-19 itself", "b.png, wave", "VGG-19 itself"]
    assert main([*command, "--pairs", "all", "--json", "--iterations", "0", "--gatys", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert all(pair["gatys"]["content"] >= 0 for pair in found["pairs"])
    assert len(found["pairs"]) == found["mean"]["pairs"] == 4
    assert found["mean"]["ratio"]["style"] > 0


@pytest.mark.usefixtures("small_models")
def test_a_file_that_is_not_vgg_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_picture(quarters(), tmp_path / "wave.png")
    for file in (tmp_path / "none.safetensors", tmp_path / "wave.png"):
        command = ["score", "style", "--vgg", str(file), "--photos", str(tmp_path), "--paintings", str(tmp_path)]
        assert main(command) == 2
        assert "does not hold VGG-19's convolutions" in capsys.readouterr().err


def test_timings_take_turns_and_their_median_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    seconds = iter([9.0, 9.0, 1.0, 20.0, 3.0, 10.0, 2.0, 30.0])
    monkeypatch.setattr(stopwatch, "seconds_of", lambda job: job() or next(seconds))
    one, other = stopwatch.alternately({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    assert calls == ["a", "b"] * 4
    assert (one.seconds, other.seconds) == (2.0, 20.0) and one.peak_megabytes > 10
    monkeypatch.setattr(stopwatch, "seconds_of", lambda job: job() or 5.0)
    assert stopwatch.alternately({"a": lambda: None}, repeats=0)[0].seconds == 5.0


@pytest.mark.slow
@pytest.mark.usefixtures("small_models")
def test_bench_times_one_part_or_style_in_depth(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing_style, "SIDE", 32)
    monkeypatch.setattr(timing_style, "LARGE", (64, 48))
    monkeypatch.setattr(timing_style, "DEFAULT_ITERATIONS", 2)
    monkeypatch.setattr(
        "zoo.evaluation.timing.jobs", lambda: {"artwork": ("paint", lambda: None), "name": ("look", lambda: None)}
    )
    assert main(["bench", "style", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [timing["share"] is not None for timing in found] == [False, False, True, True, *[False] * 5]
    for own, reference in ((0, 2), (1, 3)):
        assert found[reference]["share"] == pytest.approx(found[own]["seconds"] / found[reference]["seconds"])
    assert main(["bench", "artwork"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("paint") and "MB at most so far" in line
    assert main(["bench", "everything"]) == 2 and "--help" in capsys.readouterr().err


@pytest.mark.usefixtures("small_models")
def test_outside_the_mask_the_command_paints_in_another_blend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, black, out = (str(tmp_path / name) for name in ("photo.png", "black.png", "out.png"))
    save_picture(quarters(), photo)
    save_picture(Image.new("L", (5, 5)), black)
    assert main(["stylize", photo, out, "--style", "wave", "--mask", black, "--outside", "scream=1"]) == 0
    outside = open_picture(out).tobytes()
    assert main(["stylize", photo, out, "--style", "scream"]) == 0
    assert outside == open_picture(out).tobytes()
    assert main(["stylize", photo, out, "--style", "wave", "--outside", "scream=1"]) == 2
    assert "needs a mask" in capsys.readouterr().err
    optimised = ["--style", photo, "--method", "optimize", "--mask", black, "--outside", "scream=1"]
    assert main(["stylize", photo, out, *optimised]) == 2 and "one pass" in capsys.readouterr().err
