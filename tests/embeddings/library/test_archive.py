"""A zip is read where it lies, and a hostile or damaged one harms nobody."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.library import archive
from embeddings.library.archive import Archive
from zoo.errors import BadQuery

Zipped = Callable[..., Path]


def names(found: Archive) -> list[str]:
    return [file.name for file in found.files()]


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    """Makes a zip of these names and contents."""

    def made(entries: dict[str, bytes], *, packed: bool = False) -> Path:
        path = tmp_path / "photos.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
            for name, data in entries.items():
                file.writestr(name, data)
        return path

    return made


def test_pictures_are_found_by_their_names_and_the_rest_is_left_out(zipped: Zipped) -> None:
    entries = {"b.jpg": b"b", "in/a.PNG": b"a", "notes.txt": b"", "in/.c.jpg": b"", "__MACOSX/b.jpg": b""}
    found = Archive(zipped(entries))
    assert names(found) == ["b.jpg", "in/a.PNG"] and found.refused == {}
    assert found.read("in/a.PNG") == b"a"


def test_thumbnails_bins_and_hidden_folders_are_left_out(zipped: Zipped) -> None:
    entries = {"cat.jpg": b"a", ".thumbnails/cat.jpg": b"b", "@eaDir/cat.jpg/THUMB.jpg": b"c", "#recycle/a.jpg": b"d"}
    assert names(Archive(zipped(entries))) == ["cat.jpg"]


def test_nothing_is_written_to_disk(zipped: Zipped, tmp_path: Path) -> None:
    path = zipped({"in/a.jpg": b"a"})
    before = sorted(tmp_path.rglob("*"))
    Archive(path).read("in/a.jpg")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["../a.jpg", "in/../../a.jpg", "/etc/a.jpg", "in\\..\\..\\a.jpg", "C:/a.jpg", "a\x1b[31m.jpg"]
)
def test_a_name_that_leads_out_or_cannot_be_shown_is_refused(zipped: Zipped, name: str) -> None:
    found = Archive(zipped({name: b"a", "good.jpg": b"b"}))
    assert names(found) == ["good.jpg"] and list(found.refused) == [name]
    with pytest.raises(FileNotFoundError):
        found.read(name)


def test_an_archive_within_is_listed_and_not_opened(zipped: Zipped) -> None:
    found = Archive(zipped({"more.zip": zipped({"x.jpg": b"x"}).read_bytes(), "a.jpg": b"a"}))
    assert names(found) == ["a.jpg"] and "archive within" in found.refused["more.zip"]


def test_a_locked_picture_is_listed(zipped: Zipped) -> None:
    path = zipped({"a.jpg": b"a", "b.jpg": b"b"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= archive.LOCKED  # the flags of the first entry
    path.write_bytes(data)
    found = Archive(path)
    assert names(found) == ["b.jpg"] and "password" in found.refused["a.jpg"]


def test_a_bomb_is_refused_before_it_is_unpacked(zipped: Zipped, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Archive(zipped({"bomb.bmp": bytes(2 * 2**20), "a.jpg": b"a"}, packed=True))
    assert names(found) == ["a.jpg"] and "far more than it is" in found.refused["bomb.bmp"]
    monkeypatch.setattr(archive, "MAX_ENTRY", 1)
    assert "more than" in Archive(zipped({"bomb.bmp": b"ab"})).refused["bomb.bmp"]


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_beyond_what_it_says(zipped: Zipped) -> None:
    path = zipped({"bomb.bmp": bytes(50 * 2**20)}, packed=True)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, 1000)
    path.write_bytes(data)
    with pytest.raises(OSError, match="damaged"):
        Archive(path).read("bomb.bmp")


def test_what_unpacks_to_too_much_together_is_refused(zipped: Zipped) -> None:
    with pytest.raises(BadQuery, match="unpacks to"):
        Archive(zipped({"a.jpg": bytes(700), "b.jpg": bytes(700)}), max_unpacked=1000)


def test_a_list_of_contents_that_is_too_long_is_not_read(zipped: Zipped, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped({f"{number}.jpg": b"" for number in range(200)})
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 5000)
    with pytest.raises(BadQuery, match="far too many files"):
        Archive(path)


def test_a_damaged_picture_does_not_hide_the_others(zipped: Zipped) -> None:
    path = zipped({"a.jpg": b"first picture", "b.jpg": b"second picture"})
    path.write_bytes(path.read_bytes().replace(b"first", b"worst", 1))
    found = Archive(path)
    assert found.read("b.jpg") == b"second picture"
    with pytest.raises(OSError, match="damaged in the zip"):
        found.read("a.jpg")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_zip_cut_short_or_no_zip_at_all_is_refused_in_one_sentence(zipped: Zipped, share: float) -> None:
    path = zipped({f"{number}.jpg": bytes(100) for number in range(9)})
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(BadQuery, match="cannot be opened as a zip"):
        Archive(path)


def test_a_zip_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match=r"no zip .*photos\.zip"):
        Archive(tmp_path / "photos.zip")


def test_any_damage_to_a_zip_is_a_refusal_and_never_a_crash(zipped: Zipped) -> None:
    path = zipped({"in/a.jpg": b"a" * 60, "b.png": b"b" * 60}, packed=True)
    whole = path.read_bytes()
    for place in range(0, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            found = Archive(path)
        except BadQuery:
            continue
        for name in names(found):
            try:
                assert found.read(name) in (b"a" * 60, b"b" * 60)
            except OSError:
                continue


def test_a_stat_tells_a_changed_picture(zipped: Zipped) -> None:
    first = Archive(zipped({"a.jpg": b"one", "b.jpg": b"same"}))
    stats = {name: first.stat(name) for name in names(first)}
    second = Archive(zipped({"a.jpg": b"two", "b.jpg": b"same"}))
    assert second.stat("b.jpg") == stats["b.jpg"]
    assert second.stat("a.jpg") != stats["a.jpg"]


def test_a_capped_file_reads_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    with archive._Capped(tmp_path / "f") as file:
        assert (file.read(2), file.read(), file.read()) == (b"ab", b"c", b"")
    assert isinstance(file, io.FileIO)


PARTS = st.text(st.sampled_from("ab.\\:/ \x07\u00e9\u732b~@"), min_size=1, max_size=6)


@settings(max_examples=100)
@given(st.lists(PARTS, min_size=1, max_size=6, unique=True))
def test_whatever_names_a_zip_holds_those_that_stay_inside_are_read_and_the_others_told(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    contents = {f"{part}.jpg": str(number).encode() for number, part in enumerate(parts)}
    with zipfile.ZipFile(folder / "photos.zip", "w") as file:
        for name, data in contents.items():
            file.writestr(zipfile.ZipInfo(name), data)
    found = Archive(folder / "photos.zip")
    for name in names(found):
        assert found.read(name) == contents[name]
        inside = (folder / name.replace("\\", "/")).resolve()
        assert inside.is_relative_to(folder.resolve())
        assert name.isprintable()
    assert not set(names(found)) & set(found.refused)
    assert [path.name for path in folder.iterdir()] == ["photos.zip"]
