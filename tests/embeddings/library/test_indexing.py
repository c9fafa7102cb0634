"""The picture set follows its folder and survives being stopped."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from picture_sets import tear_vectors

from embeddings.library import database, indexing
from embeddings.library.collection import OLD_CARD, PictureSet, forget, indexed_folders, library_path
from embeddings.library.database import DamagedLibrary
from embeddings.library.indexing import index_folder
from embeddings.library.store import LibraryStore
from embeddings.library.sync import BATCH
from embeddings.results import EncodedPicture
from zoo.bulk.address import Address
from zoo.bulk.buckets import Bucket
from zoo.errors import BadInput, BadQuery, IrisError, Refused
from zoo.files import cache_folder, is_taken, lock_beside
from zoo.progress import run_to_end


class Eye:
    """Sees a file by its first byte, and counts; a file that starts with "x" is unreadable."""

    def __init__(self) -> None:
        self.looked: list[str] = []

    def __call__(self, sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | ValueError]:
        for source in sources:
            text = source.decode() if isinstance(source, bytes) else source.read_text()
            self.looked.append(text if isinstance(source, bytes) else source.name)
            vector = np.zeros(4, dtype=np.float32)
            vector[ord(text[0]) % 4] = 1
            yield ValueError(f"{self.looked[-1]} is no picture") if text.startswith("x") else EncodedPicture(vector, 7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    (made / "inner").mkdir(parents=True)
    for name, text in {"a.jpg": "a", "b.PNG": "b", "inner/c.webp": "c", "notes.txt": "no"}.items():
        (made / name).write_text(text)
    return made


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Callable[..., PictureSet]:
    def indexed(eye: Eye, model: str = "m") -> PictureSet:
        return run_to_end(index_folder(folder, eye, model=model, where=tmp_path / "cache", dimension=4))

    return indexed


def names(pictures: PictureSet) -> set[str]:
    return set(pictures.first(-1))


def opened(folder: Path, where: Path) -> PictureSet:
    return PictureSet.open(folder, where=where)


def test_all_pictures_below_the_folder_are_indexed(index: Callable[..., PictureSet]) -> None:
    found = index(Eye())
    assert names(found) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(found) == 3


def test_nothing_is_written_among_the_pictures(index: Callable[..., PictureSet], folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    index(Eye())
    assert sorted(folder.rglob("*")) == before


def test_a_second_look_reads_only_what_is_new_or_changed(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("different")
    (folder / "d.jpg").write_text("d")
    eye = Eye()
    found = index(eye)
    assert sorted(eye.looked) == ["a.jpg", "d.jpg"]
    (seen,) = eye([folder / "d.jpg"])
    assert isinstance(seen, EncodedPicture)
    best = [id for id, score in found.index.search(seen.vector, 3) if score > 0.9]
    assert sorted(found.names(best)) == ["a.jpg", "d.jpg"]


def test_a_new_date_alone_is_no_change(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    os.utime(folder / "a.jpg", (1, 1))
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_an_unchanged_folder_is_not_saved_again(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye()).store.close()
    saved = library_path(folder, tmp_path / "cache").read_bytes()
    index(Eye()).store.close()
    assert library_path(folder, tmp_path / "cache").read_bytes() == saved


def test_a_change_of_content_under_the_same_size_is_seen(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("d")
    os.utime(folder / "a.jpg", (1, 1))
    eye = Eye()
    index(eye)
    assert eye.looked == ["a.jpg"]


def test_a_deleted_picture_is_forgotten_and_its_id_is_not_used_again(
    index: Callable[..., PictureSet], folder: Path
) -> None:
    ids = [id for id, _ in index(Eye()).index.search(np.ones(4), 9)]
    (folder / "inner" / "c.webp").unlink()
    (folder / "z.jpg").write_text("z")
    found = index(Eye())
    assert names(found) == {"a.jpg", "b.PNG", "z.jpg"}
    [new] = {id for id, _ in found.index.search(np.ones(4), 9)} - set(ids)
    assert new > max(ids) and found.names([new]) == ["z.jpg"]


def test_an_unreadable_picture_is_listed_and_not_read_again(index: Callable[..., PictureSet], folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    found = index(Eye())
    assert list(found.unreadable) == ["bad.jpg"]
    assert len(found) == 3
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_a_picture_that_becomes_unreadable_is_no_longer_found(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("xx")
    found = index(Eye())
    assert "a.jpg" not in names(found)
    assert len(found) == len(found.index.search(np.ones(4), 9)) == 2
    assert list(found.unreadable) == ["a.jpg"]


def test_progress_counts_up_to_all_pictures_and_notes_the_bad(tmp_path: Path, folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    steps = list(index_folder(folder, Eye(), model="m", where=tmp_path, dimension=4))
    assert [step.done for step in steps] == [0, 1, 2, 3, 4, 4]
    assert {step.total for step in steps} == {4}
    assert [step.note for step in steps if step.note] == ["bad.jpg: bad.jpg is no picture"]


def test_work_done_before_a_stop_is_kept(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    steps = index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4, batch=1)
    while next(steps).done < 2:
        pass
    steps.close()
    eye = Eye()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from embeddings.library import database, indexing
from embeddings.results import EncodedPicture
def look(paths):
    for path in paths:
        if path.name == "c.webp":
            os.kill(os.getpid(), signal.SIGKILL)
        yield EncodedPicture(np.ones(4), 7)
list(indexing.index_folder(sys.argv[1], look, model="m", where=Path(sys.argv[2]), dimension=4, batch=1))
"""


def test_a_kill_loses_no_more_than_a_batch(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, folder, tmp_path / "cache"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert names(opened(folder, tmp_path / "cache")) == {"a.jpg", "b.PNG"}
    eye = Eye()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


KILLED_ON_THE_WAY = """
import os, signal, sys
from pathlib import Path
import numpy as np
from embeddings.library import indexing
from embeddings.results import EncodedPicture
left = int(sys.argv[3])
def encode(paths):
    global left
    for path in paths:
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        with open(sys.argv[4], "a") as seen:
            seen.write(path.name + " ")
        yield EncodedPicture(np.ones(4), 7)
list(indexing.index_folder(sys.argv[1], encode, model="m", where=Path(sys.argv[2]), dimension=4))
"""


@pytest.mark.slow
def test_a_folder_whose_indexing_is_killed_five_times_is_complete_and_holds_nothing_twice(tmp_path: Path) -> None:
    folder, seen, kills = tmp_path / "photos", tmp_path / "seen", 5
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(str(number))
    for left in [37] * kills + [1000]:
        subprocess.run([sys.executable, "-c", KILLED_ON_THE_WAY, folder, tmp_path, str(left), seen], check=False)
    found = opened(folder, tmp_path).first(-1)
    assert found == [f"{number:03}.jpg" for number in range(200)]
    assert len(opened(folder, tmp_path).index.search(np.ones(4), 999)) == 200
    assert 200 < len(seen.read_text().split()) < 200 + kills * BATCH


def test_two_indexers_take_turns(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "WAIT_SECONDS", 0)
    eyes = Eye(), Eye()
    first, second = (index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4) for eye in eyes)
    next(first)
    assert "waiting" in next(second).note and "waiting" in next(second).note
    list(first)
    assert [step.done for step in second] == [3, 3]
    assert len(eyes[0].looked) == 3 and eyes[1].looked == []


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    imports = "import os, sys; from pathlib import Path; from zoo.files import is_taken, lock_beside"
    program = f"{imports}; held = lock_beside(Path(sys.argv[1])); assert is_taken(held); os.kill(os.getpid(), 9)"
    killed = [sys.executable, "-c", program, tmp_path / "l"]
    assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
    lock, other = lock_beside(tmp_path / "l"), lock_beside(tmp_path / "l")
    assert is_taken(lock)
    assert not is_taken(other)
    lock.release()
    assert is_taken(other)
    other.release()


def test_a_full_disk_leaves_the_library_that_was_there(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(Eye()).store.close()
    (folder / "d.jpg").write_text("d" * 100)
    whole = database._connected

    def full(path: Path | None) -> sqlite3.Connection:
        connection = whole(path)
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        return connection

    def long_reasons(sources: Sequence[Path | bytes]) -> Iterator[ValueError]:
        return (ValueError("long" * 2**20) for _ in sources)

    with monkeypatch.context() as patched:
        patched.setattr(database, "_connected", full)
        with pytest.raises(IrisError, match="database or disk is full"):
            index(long_reasons)
    assert names(opened(folder, tmp_path / "cache")) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(index(Eye())) == 4


def test_a_reader_searches_while_a_writer_writes_and_sees_each_batch(tmp_path: Path, folder: Path) -> None:
    where = tmp_path / "cache"
    steps = index_folder(folder, Eye(), model="m", where=where, dimension=4, batch=1)
    while next(steps).done < 1:
        pass
    reader = opened(folder, where)
    found = [len(reader.index.search(np.ones(4), 9)) for _ in steps]
    assert found == [2, 3, 3]


def test_a_picture_that_vanishes_meanwhile_is_passed_over(tmp_path: Path, folder: Path) -> None:
    eye = Eye()
    steps = index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4)
    next(steps)
    (folder / "b.PNG").unlink()
    assert [step.note.split(":")[0] for step in steps if step.note] == ["b.PNG"]
    assert names(opened(folder, tmp_path / "cache")) == {"a.jpg", "inner/c.webp"}


def test_another_model_starts_anew(index: Callable[..., PictureSet]) -> None:
    index(Eye(), model="old")
    eye = Eye()
    assert len(index(eye, model="new")) == 3
    assert len(eye.looked) == 3


def changed(folder: Path, where: Path, key: str, value: str) -> None:
    """Another value in a library's own words of what it belongs to."""
    with closing(sqlite3.connect(library_path(folder, where))) as connection, connection:
        connection.execute("UPDATE about SET value = ? WHERE key = ?", (value, key))


def test_vectors_of_another_word_space_are_refused_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(Eye()).store.close()
    changed(folder, tmp_path / "cache", "words", "0" * 64)
    with pytest.raises(Refused, match=r"other noun vectors.*again"):
        opened(folder, tmp_path / "cache")
    assert len(index(Eye())) == 3
    assert len(opened(folder, tmp_path / "cache")) == 3


def test_a_library_of_another_version_of_iris_is_named_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(Eye()).store.close()
    with closing(sqlite3.connect(library_path(folder, tmp_path / "cache"))) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Refused, match="another version"):
        opened(folder, tmp_path / "cache")
    assert len(index(Eye())) == 3


def damaged(data: bytes) -> bytes:
    """The same without its inner pages."""
    return data[:4096] + bytes(len(data) - 4096)


@pytest.mark.parametrize("damage", [lambda data: b"torn", lambda data: b"", damaged, lambda data: data[:5000]])
def test_a_damaged_library_is_named_and_made_again_and_hides_no_other(
    tmp_path: Path,
    folder: Path,
    index: Callable[..., PictureSet],
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
) -> None:
    index(Eye()).store.close()
    path = library_path(folder, tmp_path / "cache")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refused, match=str(path)):
        opened(folder, tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == []
    assert len(index(Eye())) == 3
    assert "starting anew" in caplog.text
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_damage_that_only_shows_on_the_way_is_named_and_the_library_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(f"{number}")
    index(Eye()).store.close()
    path = library_path(folder, tmp_path / "cache")
    data = path.read_bytes()
    path.write_bytes(data[: 8 * 4096] + bytes(len(data) - 8 * 4096))
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(f"{number} anew")
    assert len(index(Eye())) == 203
    assert "starting anew" in caplog.text and "is damaged" in caplog.text


@pytest.fixture
def torn(folder: Path, tmp_path: Path, index: Callable[..., PictureSet]) -> Path:
    """A library that is damaged where its vectors are."""
    index(Eye()).store.close()
    path = library_path(folder, tmp_path / "cache")
    tear_vectors(path)
    return path


def test_damage_that_a_search_finds_is_mended_by_the_next_indexing(
    torn: Path, tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DamagedLibrary, match="is damaged"):
        opened(folder, tmp_path / "cache").index.search(np.ones(4), 9)
    assert len(index(Eye()).index.search(np.ones(4), 9)) == 3
    assert "starting anew" in caplog.text
    caplog.clear()
    index(Eye())
    assert "starting anew" not in caplog.text


def test_damage_is_found_after_a_run_that_was_cut_off(
    torn: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    torn.with_name(indexing.UNFINISHED).touch()
    assert len(index(Eye()).index.search(np.ones(4), 9)) == 3
    assert "starting anew" in caplog.text


def test_a_whole_library_is_looked_through_after_a_kill_and_then_never_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, check = [], LibraryStore.check
    monkeypatch.setattr(LibraryStore, "check", lambda store: looked.append(store) or check(store))
    killed = [sys.executable, "-c", KILLED_ON_THE_WAY, folder, tmp_path / "cache", "2", tmp_path / "seen"]
    assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
    assert len(index(Eye())) == len(index(Eye())) == 3
    assert len(looked) == 1


def test_a_picture_without_its_vector_is_damage(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    index(Eye()).store.close()
    path = library_path(folder, tmp_path / "cache")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM vectors WHERE id = 2")
    path.with_name(indexing.UNFINISHED).touch()
    assert len(index(Eye()).index.search(np.ones(4), 9)) == 3
    assert "the vectors of 1 pictures are missing" in caplog.text


def test_a_foreign_database_in_a_librarys_place_is_named(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    path = library_path(folder, tmp_path / "cache")
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE files (id INTEGER)")
    with pytest.raises(Refused, match="no picture library"):
        opened(folder, tmp_path / "cache")
    assert len(index(Eye())) == 3


def test_an_index_of_an_older_iris_is_made_anew_with_a_word(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    old = library_path(folder, tmp_path / "cache").with_name(OLD_CARD)
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    old.with_name("index-0123456789ab.faiss").write_bytes(b"vectors")
    with pytest.raises(BadQuery, match="older Iris"):
        opened(folder, tmp_path / "cache")
    assert len(index(Eye())) == 3
    assert "older Iris" in caplog.text
    assert not list(old.parent.glob("index*"))


def test_a_library_that_may_only_be_read_is_searched(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(Eye()).store.close()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = opened(folder, tmp_path / "cache")
    assert len(found.index.search(np.ones(4), 9)) == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_a_forgotten_folder_is_not_indexed_any_more_and_its_pictures_stay(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(Eye())
    folder.rename(tmp_path / "moved")
    forget(folder, tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == [] and list((tmp_path / "cache").iterdir()) == []
    assert (tmp_path / "moved" / "a.jpg").is_file()
    with pytest.raises(BadQuery, match="not indexed"):
        forget(folder, tmp_path / "cache")


def test_a_folder_that_is_being_indexed_is_not_forgotten(tmp_path: Path, folder: Path) -> None:
    steps = index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4, batch=1)
    next(steps)
    with pytest.raises(IrisError, match="being indexed"):
        forget(folder, tmp_path / "cache")
    assert len(run_to_end(steps)) == 3


def test_a_folder_that_cannot_be_opened_keeps_its_pictures(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(Eye())
    scandir = os.scandir

    def locked(path: Path) -> object:
        if Path(path).name == "inner":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(path)

    (folder / "a.jpg").unlink()
    monkeypatch.setattr(os, "scandir", locked)
    assert names(index(Eye())) == {"b.PNG", "inner/c.webp"}


def test_names_that_are_no_utf_8_or_hold_line_breaks_are_indexed(
    folder: Path, index: Callable[..., PictureSet]
) -> None:
    odd = [os.fsdecode(b"caf\xe9.jpg"), "two\nlines.jpg"]
    for name in odd:
        (folder / name).write_text("d")
    assert names(index(Eye())) > set(odd)
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_only_the_named_pictures_are_looked_at(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("changed")
    (folder / "d.jpg").write_text("d")
    (folder / "b.PNG").unlink()
    eye, changed = Eye(), {"d.jpg", "b.PNG", "never-there.jpg"}
    found = run_to_end(index_folder(folder, eye, model="m", names=changed, where=tmp_path / "cache", dimension=4))
    assert eye.looked == ["d.jpg"]
    assert names(found) == {"a.jpg", "d.jpg", "inner/c.webp"}


def zipped(path: Path, **texts: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in texts.items():
            file.writestr(name.replace("_", "."), text)
    return path


def test_a_zip_is_indexed_like_a_folder_and_only_its_changes_again(tmp_path: Path) -> None:
    eye = Eye()

    def indexed() -> PictureSet:
        return run_to_end(index_folder(path, eye, model="m", where=tmp_path / "cache", dimension=4))

    path = zipped(tmp_path / "photos.zip", a_jpg="aa", b_jpg="bb", c_jpg="xc", more_zip="z", d_txt="d")
    found = indexed()
    assert names(found) == {"a.jpg", "b.jpg"} and set(found.unreadable) == {"c.jpg", "more.zip"}
    assert found.names([id for id, _ in found.index.search(np.array([0, 0, 1, 0]), 1)]) == ["b.jpg"]
    zipped(path, b_jpg="bb", a_jpg="ee", f_jpg="ff", c_jpg="xc")
    eye.looked.clear()
    found = indexed()
    assert eye.looked == ["ee", "ff"]
    assert names(found) == {"a.jpg", "b.jpg", "f.jpg"} and set(found.unreadable) == {"c.jpg"}
    assert found.holds("f.jpg") and not found.holds("more.zip")


def test_a_torn_zip_keeps_the_index_that_was_there(tmp_path: Path) -> None:
    path, where = zipped(tmp_path / "photos.zip", a_jpg="a"), tmp_path / "cache"
    list(index_folder(path, Eye(), model="m", where=where, dimension=4))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(BadQuery, match="cannot be opened as a zip"):
        list(index_folder(path, Eye(), model="m", where=where, dimension=4))
    assert names(opened(path, where)) == {"a.jpg"}
    path.unlink()
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        PictureSet.open(path, where=where)


def test_a_bucket_is_indexed_like_a_folder_and_only_its_changes_again(bucket: Address, tmp_path: Path) -> None:
    def put(name: str, text: str) -> None:
        (tmp_path / "object").write_text(text)
        Bucket(bucket).write(name, tmp_path / "object")

    def indexed() -> tuple[PictureSet, list[str]]:
        eye = Eye()
        return run_to_end(index_folder(bucket, eye, model="m", where=tmp_path / "cache", dimension=4)), eye.looked

    for name, text in {"a.jpg": "a", "in/b.png": "bb", "broken.jpg": "x", "notes.txt": "no"}.items():
        put(name, text)
    found, looked = indexed()
    assert (names(found), list(found.unreadable), looked) == ({"a.jpg", "in/b.png"}, ["broken.jpg"], ["a", "x", "bb"])
    assert indexed_folders(tmp_path / "cache") == [bucket]
    put("c.jpg", "ccc")
    found, looked = indexed()
    assert (names(found), looked) == ({"a.jpg", "in/b.png", "c.jpg"}, ["ccc"])
    assert found.address(found.names([found.store.last_id()])[0]) == f"{bucket}/c.jpg"


def test_a_bucket_that_is_not_there_leaves_no_library(bucket: Address, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no folder"):
        run_to_end(index_folder(bucket / "absent", Eye(), model="m", where=tmp_path / "cache", dimension=4))
    assert indexed_folders(tmp_path / "cache") == []


def test_a_vanished_folder_is_named(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    folder.rename(tmp_path / "moved")
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        index(Eye())
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_a_folder_never_indexed_says_how(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(BadQuery, match="python -m embeddings index"):
        PictureSet.open(folder, where=tmp_path / "cache")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="no pictures"):
        list(index_folder(tmp_path, Eye(), model="m", where=tmp_path / "cache", dimension=4))


def test_more_pictures_than_a_limit_are_refused_before_any_is_read(tmp_path: Path, folder: Path) -> None:
    eye = Eye()
    with pytest.raises(BadQuery, match="more than 2"):
        list(index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4, max_pictures=2))
    assert eye.looked == []


def test_the_cache_may_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
