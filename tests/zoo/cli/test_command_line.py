import json
import os
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from hub_server import Hub, served
from picture_files import TRUTH, bomb, encoded, quarters, remarks, srgb_profile
from PIL import Image

from zoo.__main__ import COMMANDS, main
from zoo.catalog import CATALOG
from zoo.cli.stylize import recipe_from
from zoo.command_line import parser_of
from zoo.files import written_beside
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.loading import load
from zoo.style.config import Recipe
from zoo.superres.networks import DEFAULT_MODEL

BAD_FILES = {
    "empty.png": b"",
    "text.jpg": b"not a picture",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "cut.png": encoded(quarters(), "PNG")[:80],
    "bomb.png": bomb(),
}


def parsed(*arguments: str) -> Namespace:
    return parser_of("zoo", "", COMMANDS, arguments).parse_args(arguments)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> str:
    """Run a command that must fail with this exit code and one line on standard error, which is given."""
    assert main([str(argument) for argument in arguments]) == code
    out, err = said(capsys)
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err
    return err


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(quarters(), "JPEG", quality=95, exif=remarks(Artist="Ann"), icc_profile=srgb_profile()))
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        save_picture(quarters(), folder / name)
    return folder


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
    network, tiles = load(DEFAULT_MODEL), iter(range(3))

    def broken(x: torch.Tensor) -> torch.Tensor:
        if next(tiles) == 2:
            raise RuntimeError("out of memory")
        return type(network).forward(network, x)

    monkeypatch.setattr(network, "forward", broken)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RuntimeError, match="out of memory"):
        main(["upscale", str(photo), str(tmp_path / "out.png"), "--tile", "16"])
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--width", "769"], "choose 1 to 768"),
        (["--width", "0"], "choose 1 to 768"),
        (["--detail", "2"], "choose 0"),
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
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_a_folder_goes_on_past_bad_pictures_and_lists_them(
    command: list[str], photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "aa.png").write_bytes(BAD_FILES["cut.png"])
    (photos / "z.webp").write_bytes(bomb())
    (photos / "notes.txt").write_text("not among the pictures")
    target = tmp_path / "results"
    assert main([*command, str(photos), str(target)]) == 1
    out, err = said(capsys)
    lines = err.strip().split("\n")
    assert out == "" and lines[0] == "left out: files that are no pictures: 1 (.txt)"
    assert lines[1].startswith("aa.png is damaged") and lines[2].startswith("z.webp is too large")
    assert lines[3].startswith(f"2 of the pictures in {photos}") and len(lines) == 4
    assert sorted(path.name for path in target.iterdir()) == ["a.png", "b.jpg"]
    (photos / "aa.png").unlink(), (photos / "z.webp").unlink()
    assert main([*command, str(photos), str(target)]) == 0


@pytest.mark.usefixtures("small_models")
def test_folders_within_a_folder_are_done_too_and_results_within_it_are_not(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "2020").mkdir()
    (photos / "a.png").rename(photos / "2020" / "b.jpg")
    (photos / "2020" / "bad.png").write_bytes(BAD_FILES["cut.png"])
    target = photos / "large"
    for _ in range(2):
        assert main(["upscale", str(photos), str(target)]) == 1
        assert said(capsys)[1].startswith("in 2020: bad.png is damaged")
        assert sorted(path.relative_to(target) for path in target.rglob("*.*")) == [Path("2020/b.jpg"), Path("b.jpg")]


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_what_is_there_already_is_not_done_again_where_that_is_asked_for(
    command: list[str], photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "results"
    target.mkdir()
    (target / "a.png").write_bytes(b"done before")
    assert main([*command, str(photos), str(target), "--skip-existing"]) == 0
    assert said(capsys)[1] == "left out: results that are there already: 1\n"
    assert (target / "a.png").read_bytes() == b"done before"
    assert (target / "b.jpg").stat().st_size > 100
    assert main([*command, str(photos / "a.png"), str(target / "a.png"), "--skip-existing"]) == 0
    assert (target / "a.png").read_bytes() == b"done before"
    assert main([*command, str(photos), str(target)]) == 0
    assert (target / "a.png").read_bytes() != b"done before"


KILLED = """
import os, signal, sys
from pathlib import Path
from zoo.files import written_beside
with written_beside(Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("small_models")
def test_what_a_killed_run_left_is_cleaned_and_what_another_writes_is_not(photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "results"
    (target / "in").mkdir(parents=True)
    for name in ("a.png", "in/b.png"):
        subprocess.run([sys.executable, "-c", KILLED, target / name], check=False)
    assert len(list(target.rglob("*.part"))) == 2
    (target / "mine.part").write_bytes(b"a user's own")
    with written_beside(target / "c.png") as part:
        part.write_bytes(b"half")
        assert main(["upscale", str(photos), str(target)]) == 0
        assert sorted(target.rglob("*.part")) == sorted([part, target / "mine.part"])


@pytest.mark.usefixtures("small_models")
def test_ctrl_c_stops_cleanly_and_keeps_what_is_done(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, saved = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    target = tmp_path / "results"
    assert "stopped" in refused(capsys, 130, "upscale", photos, target)
    assert [path.name for path in target.iterdir()] == ["a.png"]


@pytest.mark.usefixtures("small_models")
def test_folders_that_do_not_fit_each_other_are_refused(
    photos: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert "must be one too" in refused(capsys, 2, "upscale", photos, photo)
    assert "must be one too" in refused(capsys, 2, "upscale", photos, tmp_path / "no" / "where")
    assert "name another" in refused(capsys, 2, "upscale", photos, photos)
    assert "no picture in" in refused(capsys, 2, "upscale", tmp_path / "empty", tmp_path / "out")
    assert "there is no file" in refused(capsys, 2, "upscale", tmp_path / "missing", tmp_path / "out.png")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_a_bad_picture_is_one_line_exit_code_2_and_no_output(
    name: str, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(BAD_FILES[name])
    (tmp_path / "old.png").write_bytes(b"old")
    before = sorted(tmp_path.rglob("*"))
    assert name in refused(capsys, 2, *command, tmp_path / name, tmp_path / "out.png")
    refused(capsys, 2, *command, tmp_path / name, tmp_path / "old.png")
    assert sorted(tmp_path.rglob("*")) == before and (tmp_path / "old.png").read_bytes() == b"old"


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


@pytest.mark.usefixtures("small_models")
def test_an_output_that_cannot_be_is_refused(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ".png" in refused(capsys, 2, "upscale", photo, tmp_path / "out.xyz")
    assert "there is no folder" in refused(capsys, 2, "upscale", photo, tmp_path / "no" / "out.png")
    assert "did you mean sr.fidelity-x4" in refused(
        capsys, 2, "upscale", photo, tmp_path / "o.png", "--model", "sr.fidelity"
    )


def test_a_hub_model_that_is_not_here_names_the_command(
    photo: Path, tmp_path: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, 1, "upscale", photo, tmp_path / "out.png", "--model", "sr.realesrgan-x4")
    assert "python -m zoo pull sr.realesrgan-x4" in line and not (tmp_path / "out.png").exists()


def test_models_lists_every_entry_as_text_and_json(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    text, _ = said(capsys)
    assert all(key in text for key in CATALOG) and "python -m zoo pull" in text
    assert len({line.index("MB") for line in text.splitlines() if " MB " in line}) == 1
    assert main(["models", "--json"]) == 0
    listed = {model["key"]: model for model in json.loads(said(capsys)[0])}
    assert set(listed) == set(CATALOG)
    assert listed["sr.fidelity-x4"]["here"] and listed["sr.fidelity-x4"]["metrics"] == {"psnr": 30.5}
    assert not listed["sr.realesrgan-x4"]["here"]
    for name in ("task", "bytes", "licence", "where", "sha256", "paper", "training_data"):
        assert name in listed["sr.fidelity-x4"]


def test_pull_wants_keys_that_exist_and_checks_bundled_ones(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--all" in refused(capsys, 2, "pull")
    assert "no model 'x.y'" in refused(capsys, 2, "pull", "sr.fidelity-x4", "x.y")
    assert main(["pull", "sr.fidelity-x4"]) == 0
    assert said(capsys)[0] == f"sr.fidelity-x4  {small_models / 'sr.fidelity-x4.safetensors'}\n"
    model = CATALOG["sr.realesrgan-x4"]
    with served(Hub(model.repo, model.filename, model.revision, b"another file")) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "refused and removed" in refused(capsys, 1, "pull", model.key)


def test_push_sends_weights_and_cards_in_one_commit(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = small_models / "sr.fidelity-x4.md"
    monkeypatch.setattr("zoo.model_entry.CARDS", small_models)
    push = ["push", "sr.fidelity-x4", "--to", "Ann/models"]
    with served(Hub("Ann/models", "", "f" * 40, b"", token="hf_ann")) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "has no card" in refused(capsys, 2, *push)
        card.write_text("# A card\n")
        assert "set HF_TOKEN" in refused(capsys, 1, *push) and not hub.committed
        monkeypatch.setenv("HF_TOKEN", "hf_ann")
        assert main(push) == 0
        weights = (small_models / "sr.fidelity-x4.safetensors").read_bytes()
        assert hub.committed == {"sr.fidelity-x4.safetensors": weights, "sr.fidelity-x4.md": b"# A card\n"}
    said(capsys)
    assert "not this project's" in refused(capsys, 2, "push", "sr.realesrgan-x4", "--to", "Ann/models")
    assert "OWNER/REPO" in refused(capsys, 2, *push[:-1], "Ann//models")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot reach the hub" in refused(capsys, 1, *push)


def test_wrong_commands_are_one_line_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["paint"], ["upscale"], ["train", "everything"], ["upscale", "a", "b", "--tile", "x"]):
        assert "--help" in refused(capsys, 2, *arguments)


@pytest.mark.parametrize("name", ["style", "superres", "features", "devise"])
def test_train_hands_over_to_the_script_of_that_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", name, "--help"])
    assert stop.value.code == 0 and f"train {name}" in said(capsys)[0]


@pytest.mark.slow
def test_the_command_line_runs_as_a_module(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "zoo", "upscale", str(tmp_path / "none.png"), str(tmp_path / "out.png")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2) and done.stderr.count("\n") == 1 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", ["zoo", "embeddings"])
def test_help_imports_no_torch_and_reads_nothing_heavy(program: str) -> None:
    heavy = ["torch", "cv2", "av", "skimage", "numpy", "PIL", "faiss", "gensim", "sklearn", "huggingface_hub"]
    code = f"""
import sys
from {program}.__main__ import main
try:
    main(["--help"])
except SystemExit:
    print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stderr.strip(), done.returncode) == ("[]", 0)
    assert "COMMAND" in done.stdout
