"""Several pictures at once: what comes back."""

import csv
import zipfile
from pathlib import Path

import pytest

from demo.web.several import Made, zipped


@pytest.fixture(autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))


def test_pictures_of_one_name_do_not_meet_in_the_zip(tmp_path: Path) -> None:
    files = [tmp_path / folder / "a.png" for folder in ("one", "two")]
    for file in files:
        file.parent.mkdir()
        file.write_text(file.parent.name)
    with zipfile.ZipFile(zipped([Made("/a", "a", file=file) for file in files])) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"one", b"two"]


def test_what_was_said_of_pictures_is_a_table_that_a_spreadsheet_reads() -> None:
    rows = [("é.png", "café, a place", "0.97", "", ""), ("b.png", "cat", "0.9", "animal", "sofa")]
    rows.append(("=HYPERLINK(1).png", "-1", "0.9", "", ""))  # a spreadsheet would compute it
    with zipfile.ZipFile(zipped([Made("/a", "a", row=row) for row in rows])) as archive:
        [name] = archive.namelist()
        table = list(csv.reader(archive.read(name).decode("utf-8-sig").splitlines()))
    assert [tuple(row) for row in table[1:]] == [*rows[:2], ("'=HYPERLINK(1).png", "'-1", *rows[2][2:])] and table[0][
        :2
    ] == ["picture", "answer"]
