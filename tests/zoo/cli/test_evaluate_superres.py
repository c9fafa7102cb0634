"""The commands that measure super-resolution: score superres, score degradation and bench superres."""

import json
from pathlib import Path

import pytest
import torch
from picture_files import quarters
from PIL import Image
from weight_files import compact, pickled, published

from zoo.__main__ import main
from zoo.evaluation import timing_superres
from zoo.images.saving import save_picture

FIGURES = {
    "model", "psnr_y", "ssim_y", "images", "convention", "seconds", "consistency_db", "feature_distance", "pattern",
    "niqe", "inputs", "features",
}  # fmt: skip


@pytest.fixture
def pairs(tmp_path: Path, small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one pair; pixels are the features, because the small models have no encoder."""
    monkeypatch.setattr("zoo.cli.evaluate_superres.encoder_features", lambda image: [image])
    folder = tmp_path / "pairs"
    folder.mkdir()
    save_picture(quarters(), folder / "one_LR.png")
    save_picture(quarters().resize((192, 128), Image.Resampling.BICUBIC), folder / "one_HR.png")
    return folder


def test_a_model_and_bicubic_are_measured_by_one_convention(pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for model in ("bicubic", "sr.clean-x4"):
        assert main(["score", "superres", "--data", str(pairs), "--model", model, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert set(found) == FIGURES
        assert found["model"] == model and found["images"] == 1 and found["psnr_y"] > 30 and found["ssim_y"] > 0.9
    assert "devise.nouns" in found["features"] and "as given" in found["inputs"]
    assert main(["score", "superres", "--data", str(pairs)]) == 0
    said = capsys.readouterr().out
    assert "sr.fidelity-x4" in said and "BT.601" in said
    assert main(["score", "superres", "--data", str(pairs / "none")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_several_models_make_one_table(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.pth").write_bytes(pickled(published(compact())))
    mine = str(tmp_path / "mine.pth")
    command = ["score", "superres", "--data", str(pairs), "--inputs", "photo"]
    assert main([*command, "--model", "bicubic", "--model", mine, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["model"] for one in found] == ["bicubic", mine]
    assert all("30 to 95" in one["inputs"] for one in found) and found[0]["psnr_y"] > found[1]["psnr_y"]
    assert main([*command, "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "consistency" in lines[0] and lines[1].startswith("bicubic") and lines[2].startswith("sr.fidelity-x4")
    assert "realesrgan" not in "".join(lines)  # what is not here cannot be measured
    assert main([*command, "--all", "--model", "bicubic"]) == 2 and "leave --model out" in capsys.readouterr().err


def test_vgg_may_judge_and_a_file_that_is_not_vgg_is_refused(pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["score", "superres", "--data", str(pairs), "--model", "bicubic", "--vgg", str(pairs / "one_LR.png")]
    assert main(command) == 2 and "VGG-19's convolutions" in capsys.readouterr().err


def test_score_degradation_says_how_far_the_shrinking_is(pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "degradation", "--data", str(pairs), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["picture"] == "one" and 0 < found["within_one"] <= 1 and found["most_inside"] <= found["most"]
    assert main(["score", "degradation", "--data", str(pairs)]) == 0
    assert f"at most {found['most']}/255" in capsys.readouterr().out


@pytest.fixture
def small_bench(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures and networks, and memory read in this process, since another would have others."""
    monkeypatch.setattr(timing_superres, "SIDE", 16)
    monkeypatch.setattr(timing_superres, "LARGE", (24, 16))
    monkeypatch.setattr(timing_superres, "CAMERA", (32, 24))
    for name, value in {"RRDB_WIDTH": 4, "RRDB_BLOCKS": 1, "COMPACT_WIDTH": 4, "COMPACT_DEPTH": 1}.items():
        monkeypatch.setattr(timing_superres, name, value)
    monkeypatch.setattr(timing_superres, "fresh_memory_of", timing_superres.memory_of)


@pytest.mark.usefixtures("small_bench")
def test_bench_superres_compares_with_the_networks_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "superres", "--json"]) == 0
    own, true, whole, small, large, tiled, camera = json.loads(capsys.readouterr().out)
    assert (
        own["ratio"] == 1 and "sr.fidelity-x4" in true["job"] and tiled["ratio"] is None and "24 x 16" in tiled["job"]
    )
    assert camera["ratio"] is None and "32 x 24" in camera["job"]
    for other, name, megabytes in ((small, "SRVGGNetCompact", 4.885111), (large, "RRDBNet", 67.040989)):
        assert name in other["job"] and other["file_megabytes"] == megabytes
        assert other["ratio"] == pytest.approx(other["seconds"] / own["seconds"])
    assert own["parameters"] == whole["parameters"] == tiled["parameters"] != large["parameters"]
    assert all(one["peak_megabytes"] > 50 and one["grown_megabytes"] >= 0 for one in (own, whole, small, large, tiled))
    assert main(["bench", "superres"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7 and "M parameters" in lines[0] and "for the job" in lines[6]


@pytest.mark.slow
def test_memory_is_read_in_a_process_that_does_nothing_else() -> None:
    held = torch.ones(200 * 2**18)  # 200 MB that the other process must not be charged for
    name = next(iter(timing_superres.subjects()))
    peak, grown = timing_superres.fresh_memory_of(name)
    assert peak > 50 and 0 <= grown < peak
    assert peak < timing_superres.peak_megabytes() and held.sum() > 0
