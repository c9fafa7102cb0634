"""`zoo stylize`: paintings, blends, masks and optimisation."""

import re
from pathlib import Path

import numpy as np
import pytest
from command_outcomes import parsed, refused
from PIL import Image

from zoo.__main__ import main
from zoo.cli.stylize import recipe_from
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.style.config import Recipe


@pytest.mark.usefixtures("small_models")
def test_stylize_keeps_width_and_height_by_name_blend_or_picture(photo: Path, tmp_path: Path) -> None:
    quick = ["--iterations", "2", "--size", "32"]
    ways = (
        ["--style", "wave"], ["--blend", "wave=0.6,scream=0.4"], ["--style", str(photo), *quick],
        ["--style", "style.paintings", "--blend", "wave=1"],
        ["--style", str(photo), "--strength", "0", "--method", "optimize", *quick],
    )  # fmt: skip
    results = set()
    for number, way in enumerate(ways):
        assert main(["stylize", str(photo), str(tmp_path / f"{number}.png"), *way]) == 0
        result = open_picture(tmp_path / f"{number}.png")
        assert result.size == (48, 32)
        results.add(result.tobytes())
    assert len(results) == 4  # the blend of one painting alone is that painting


def test_flags_make_the_recipe_of_an_optimisation() -> None:
    flags = (
        "--start noise --optimizer adam --pooling average --content-weight 2 --style-weight 8 --tv-weight 0.5 "
        "--layer-weight relu1_1=0,relu3_1=2 --scales 0.25,1 --seed 7 --strength 0.5"
    )
    layers = {**Recipe().layer_weights, "relu1_1": 0.0, "relu3_1": 2.0}
    recipe = Recipe(4.0, 2.0, 0.5, layers, "noise", "adam", "average", (0.25, 1.0), 7)
    assert recipe_from(parsed("stylize", "in.png", "out.png", *flags.split())) == recipe
    assert recipe_from(parsed("stylize", "in.png", "out.png")) == Recipe()


@pytest.mark.usefixtures("small_models")
def test_full_size_paints_on_by_optimisation(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outs, command = [], ["stylize", str(photo), "--style", str(photo), "--iterations", "1", "--size", "32"]
    for name, flags in (("enlarged.png", []), ("painted.png", ["--full-size"])):
        assert main([*command[:2], str(tmp_path / name), *command[2:], *flags]) == 0
        outs.append(open_picture(tmp_path / name))
    assert outs[0].size == outs[1].size == open_picture(photo).size
    assert outs[0].tobytes() != outs[1].tobytes()
    assert main(["stylize", str(photo), str(tmp_path / "out.png"), "--style", "wave", "--full-size"]) == 2
    assert "--full-size is for --method optimize" in capsys.readouterr().err


@pytest.mark.usefixtures("small_models")
def test_a_map_is_painted_out(photo: Path, tmp_path: Path) -> None:
    doodle, out = tmp_path / "doodle.png", tmp_path / "out.png"
    save_picture(Image.new("RGB", (48, 32), "red"), doodle)
    maps = ["--style", str(photo), "--maps", str(doodle), str(doodle), "--iterations", "2", "--size", "32"]
    assert main(["stylize", str(doodle), str(out), *maps]) == 0
    mean = np.asarray(open_picture(photo), dtype=float).mean((0, 1))
    assert np.abs(np.asarray(open_picture(out)).mean((0, 1)) - mean).max() < 40  # not the red of the map


@pytest.mark.usefixtures("small_models")
def test_strength_mask_and_colours_reach_the_work(photo: Path, tmp_path: Path) -> None:
    black = tmp_path / "black.png"
    save_picture(Image.new("L", (5, 5)), black)
    source = np.asarray(open_picture(photo), dtype=int)
    plain, masked, kept = (tmp_path / name for name in ("plain.png", "masked.png", "kept.png"))
    style = ["--style", "wave"]
    assert main(["stylize", str(photo), str(masked), *style, "--mask", str(black)]) == 0
    assert np.abs(np.asarray(open_picture(masked)) - source).max() <= 1
    assert main(["stylize", str(photo), str(plain), *style]) == 0
    assert main(["stylize", str(photo), str(kept), *style, "--keep-colors"]) == 0
    assert plain.read_bytes() != kept.read_bytes() != masked.read_bytes()


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--style", "wavy"], "did you mean wave"),
        (["--style", "no.jpg"], "there is no file no.jpg"),
        (["--blend", "wave"], "write it as"),
        (["--blend", "wave=a"], "write it as"),
        (["--blend", "wave=-1"], "from 0 to 1,000,000"),
        (["--blend", "wave=0"], "above 0"),
        (["--blend", "wave=1", "--style", "wave"], "either --style or --blend"),
        ([], "either --style or --blend.*wave, scream"),
        (["--style", "wave", "--strength", "1.1"], "from 0 to 1"),
        (["--style", "wave", "--strength", "much"], "invalid float.*--help"),
        (["--style", "wave", "--mask", "none.png"], "there is no file"),
        (["--blend", "wave=1", "--method", "optimize"], "--style PICTURE"),
        (["--style", "wave", "--tv-weight", "2"], "--tv-weight is for --method optimize"),
    ],
)
def test_wrong_flags_are_refused_before_the_work(
    flags: list[str], sentence: str, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, 2, "stylize", photo, tmp_path / "out.png", *flags)
    assert re.search(sentence, line) and not (tmp_path / "out.png").exists()
