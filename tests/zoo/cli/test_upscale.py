"""`zoo upscale`: sizes, details, tiles and files."""

from pathlib import Path

import numpy as np
import pytest
import torch
from command_outcomes import refused, said
from picture_files import TRUTH, encoded, quarters, remarks, srgb_profile
from PIL import Image

from zoo.__main__ import main
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.loading import load
from zoo.superres.networks import FIDELITY


@pytest.mark.usefixtures("small_models")
def test_upscale_makes_exactly_four_times_the_size_and_carries_what_is_known(photo: Path, tmp_path: Path) -> None:
    assert main(["upscale", str(photo), str(tmp_path / "large.png")]) == 0
    large = open_picture(tmp_path / "large.png")
    assert large.size == (192, 128) and large.info["icc_profile"] == srgb_profile()
    assert large.getexif()[Image.ExifTags.Base.Artist] == "Ann"
    small = np.asarray(large.convert("RGB").resize((48, 32), Image.Resampling.BOX), dtype=float)
    assert np.abs(small - TRUTH).mean() < 30  # an untrained network is bicubic, nearly


@pytest.mark.usefixtures("small_models")
def test_upscale_takes_a_width_a_detail_and_a_file(photo: Path, small_models: Path, tmp_path: Path) -> None:
    sharp = small_models / "sr.sharp-x4.safetensors"
    for way in (["--model", "sr.sharp-x4"], ["--model", str(sharp)], ["--detail", "1"], ["--detail", "0"]):
        assert main(["upscale", str(photo), str(tmp_path / "out.png"), "--width", "50", *way]) == 0
        (tmp_path / "out.png").rename(tmp_path / f"{way[1].replace('/', '')}.png")
    results = [path.read_bytes() for path in sorted(tmp_path.glob("*.png"))]
    assert len(results) == 4 and len(set(results)) == 2  # three ways to the sharp model, one to the other
    assert open_picture(tmp_path / "0.png").size == (50, 33)


@pytest.mark.usefixtures("small_models")
def test_a_place_is_told_only_where_that_is_asked_for(tmp_path: Path) -> None:
    source, out = tmp_path / "photo.jpg", tmp_path / "out.jpg"
    source.write_bytes(encoded(quarters(), "JPEG", exif=remarks(Orientation=6, gps=True)))
    for flags, told in (([], False), (["--keep-gps"], True)):
        assert main(["upscale", str(source), str(out), *flags]) == 0
        with Image.open(out) as large:
            exif = large.getexif()
            assert large.size == (128, 192) and exif[Image.ExifTags.Base.Orientation] == 1
            assert bool(exif.get_ifd(Image.ExifTags.IFD.GPSInfo)) == told


@pytest.mark.usefixtures("small_models")
def test_a_failed_tile_leaves_no_file(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, tiles = load(FIDELITY), iter(range(3))

    def broken(x: torch.Tensor) -> torch.Tensor:
        if next(tiles) == 2:
            raise RuntimeError("out of memory")
        return type(network).forward(network, x)

    monkeypatch.setattr(network, "forward", broken)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RuntimeError, match="out of memory"):
        main(["upscale", str(photo), str(tmp_path / "out.png"), "--model", FIDELITY, "--tile", "16"])
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--width", "769"], "choose 1 to 768"),
        (["--width", "0"], "choose 1 to 768"),
        (["--detail", "3"], "choose 0"),
        (["--detail", "0.5", "--model", "sr.edsr-base-x4"], "leave detail out"),
        (["--scale", "2", "--width", "9"], "give one of them"),
        (["--model", "style.paintings"], "does not enlarge"),
        (["--model", "none.pth"], "there is no file"),
    ],
)
def test_wrong_flags_of_upscale_are_refused(
    flags: list[str], sentence: str, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refused(capsys, 2, "upscale", photo, tmp_path / "out.png", *flags)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.usefixtures("small_models")
def test_a_picture_too_small_for_the_width_is_passed_over(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_picture(Image.new("RGB", (2, 2)), photos / "aa.png")
    assert main(["upscale", str(photos), str(tmp_path / "out"), "--width", "100"]) == 1
    assert said(capsys)[1].startswith("aa.png: a width of 100 pixels cannot be made of 2")
    assert [open_picture(path).width for path in sorted((tmp_path / "out").iterdir())] == [100, 100]


@pytest.mark.usefixtures("small_models")
def test_a_model_that_is_not_trained_yet_is_one_line(
    photo: Path, small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_models / "sr.sharp-x4.safetensors").unlink()
    flags = ("--model", "sr.sharp-x4", "--detail", "0.5")
    assert "sr.sharp-x4 is bundled but" in refused(capsys, 1, "upscale", photo, tmp_path / "o.png", *flags)


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_the_tile_and_size_flags_reach_the_work(
    command: list[str], photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flag = "--tile" if command == ["upscale"] else "--size"
    assert main([*command, str(photo), str(tmp_path / "out.png"), flag, "40"]) == 0
    refused(capsys, 2, *command, photo, tmp_path / "no.png", flag, "0")
    assert not (tmp_path / "no.png").exists()
