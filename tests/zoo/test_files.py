"""What is written is whole or absent, and where that is asked for, it has reached the disk."""

import errno
import os
from pathlib import Path

import pytest

from zoo.files import is_made, written_beside


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the disk, in order: "file" and "folder" for a flush, "name" for the new name."""
    done: list[str] = []
    replace = os.replace
    monkeypatch.setattr(os, "fsync", lambda number: done.append("folder" if os.path.isdir(number) else "file"))
    monkeypatch.setattr(os, "replace", lambda source, target: (done.append("name"), replace(source, target)))
    return done


def test_what_must_last_reaches_the_disk_before_its_name_and_then_the_name(tmp_path: Path, order: list[str]) -> None:
    with written_beside(tmp_path / "weights", durable=True) as part:
        part.write_bytes(b"whole")
    assert order == ["file", "name", "folder"] and (tmp_path / "weights").read_bytes() == b"whole"


def test_what_need_not_last_does_not_wait_for_the_disk(tmp_path: Path, order: list[str]) -> None:
    with written_beside(tmp_path / "small.webp") as part:
        part.write_bytes(b"whole")
    assert order == ["name"]


@pytest.mark.parametrize(("code", "is_told"), [(errno.EIO, True), (errno.EINVAL, False)])
def test_a_disk_that_fails_is_told_and_one_that_knows_no_flush_is_not(
    code: int, is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(code, "no")

    def write() -> None:
        with written_beside(tmp_path / "weights", durable=True) as part:
            part.write_bytes(b"whole")

    monkeypatch.setattr(os, "fsync", fail)
    if is_told:
        with pytest.raises(OSError, match="no"):
            write()
        assert list(tmp_path.iterdir()) == []
    else:
        write()
        assert (tmp_path / "weights").read_bytes() == b"whole"


def test_a_result_of_no_bytes_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "whole.png").write_bytes(b"1")
    assert [is_made(tmp_path / name) for name in ("empty.png", "whole.png", "none.png")] == [False, True, False]
