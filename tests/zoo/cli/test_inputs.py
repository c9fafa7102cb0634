"""What commands on pictures are given: several, a pipe, a folder to put into, and the picture itself."""

import io
import shutil
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from picture_files import encoded, quarters

from zoo.cli.inputs import for_each_input, pairs_of
from zoo.errors import BadInput, IrisError
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture


def turn(options: Namespace) -> None:
    """Turn a picture, as a command that has one input and one output; fails where it is called bad."""
    if "bad" in options.source:
        raise BadInput(f"{options.source} is bad")
    save_picture(open_picture(options.source).rotate(180), options.target)


def run(*sources: object, to: object, force: bool = False) -> None:
    for_each_input(turn, Namespace(source=[str(each) for each in sources], target=str(to), force=force))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two pictures."""
    for name in ("a.png", "b.png"):
        quarters().save(tmp_path / name)
    return tmp_path


def test_a_picture_goes_into_a_folder_under_its_name(photos: Path) -> None:
    (photos / "out").mkdir()
    run(photos / "a.png", to=photos / "out")
    run(photos / "b.png", to=f"{photos}/made/")
    assert (photos / "out" / "a.png").is_file() and (photos / "made" / "b.png").is_file()


def test_several_go_into_a_folder_and_one_that_fails_does_not_stop_the_rest(photos: Path) -> None:
    with pytest.raises(IrisError, match=r"bad\.png is bad\n1 of 3"):
        run(photos / "a.png", photos / "bad.png", photos / "b.png", to=photos / "out")
    assert sorted(path.name for path in (photos / "out").iterdir()) == ["a.png", "b.png"]


@pytest.mark.parametrize("out", ["b.png", "new.png", "none/out", "s3://bucket/out"])
def test_several_do_not_go_into_one_file(out: str, photos: Path) -> None:
    before = (photos / "b.png").read_bytes()
    with pytest.raises(BadInput):
        run(photos / "a.png", photos / "a.png", to=out if "://" in out else photos / out)
    assert (photos / "b.png").read_bytes() == before and not (photos / "new.png").exists()


def test_two_of_the_same_name_are_refused_before_any_is_done(photos: Path) -> None:
    (photos / "c").mkdir()
    shutil.copy(photos / "a.png", photos / "c" / "a.png")
    with pytest.raises(BadInput, match="would both become"):
        pairs_of([str(photos / "a.png"), str(photos / "c" / "a.png")], str(photos / "out"))


def test_a_picture_is_replaced_by_its_result_only_where_that_is_asked_for(photos: Path) -> None:
    before = (photos / "a.png").read_bytes()
    (photos / "link.png").symlink_to(photos / "a.png")
    for out in ("a.png", "link.png"):
        with pytest.raises(BadInput, match="--force"):
            run(photos / "a.png", to=photos / out)
    assert (photos / "a.png").read_bytes() == before
    run(photos / "a.png", to=photos / "a.png", force=True)
    assert open_picture(photos / "a.png").tobytes() == quarters().rotate(180).tobytes()
    assert sorted(path.name for path in photos.iterdir()) == ["a.png", "b.png", "link.png"]


def test_what_fails_leaves_the_picture_that_it_was_to_replace(photos: Path) -> None:
    (photos / "bad.png").write_bytes(b"old")
    with pytest.raises(BadInput):
        run(photos / "bad.png", to=photos / "bad.png", force=True)
    assert (photos / "bad.png").read_bytes() == b"old"


def test_a_link_as_output_stays_one(photos: Path) -> None:
    (photos / "link.png").symlink_to(photos / "b.png")
    run(photos / "a.png", to=photos / "link.png")
    assert (photos / "link.png").is_symlink()
    assert open_picture(photos / "b.png").tobytes() == quarters().rotate(180).tobytes()


class Pipe(io.TextIOWrapper):
    """A stream that is no terminal."""


def test_a_picture_comes_and_goes_through_pipes(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(io.BytesIO(encoded(quarters(), "JPEG", quality=95))))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Pipe(written))
    run("-", to="-")
    assert written.getvalue().startswith(b"\x89PNG") and open_picture(written.getvalue()).size == quarters().size
    for sources, out in ((["-", str(photos / "a.png")], "-"), (["-"], str(photos)), ([str(photos)], "-")):
        with pytest.raises(BadInput):
            run(*sources, to=out)
