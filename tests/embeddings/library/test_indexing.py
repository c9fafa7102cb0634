"""The picture set follows its folder and survives being stopped."""

import errno
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.library import collection, index_store, indexing
from embeddings.library.collection import PictureSet, card_path, indexed_folders
from embeddings.library.index_store import save_index
from embeddings.library.indexing import index_folder
from embeddings.results import Seen
from embeddings.words.table import data_sha256
from zoo.errors import BadQuery, IrisError, Refused
from zoo.files import cache_folder, is_taken, lock_beside


class Eye:
    """Sees a file by its first byte, and counts; a file that starts with "x" is unreadable."""

    def __init__(self) -> None:
        self.looked: list[str] = []

    def __call__(self, sources: Sequence[Path | bytes]) -> Iterator[Seen | ValueError]:
        for source in sources:
            text = source.decode() if isinstance(source, bytes) else source.read_text()
            self.looked.append(text if isinstance(source, bytes) else source.name)
            vector = np.zeros(4, dtype=np.float32)
            vector[ord(text[0]) % 4] = 1
            yield ValueError(f"{self.looked[-1]} is no picture") if text.startswith("x") else Seen(vector, 7)


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
        list(index_folder(folder, eye, model=model, where=tmp_path / "cache", dimension=4))
        return PictureSet.open(folder, model=model, where=tmp_path / "cache")

    return indexed


def test_all_pictures_below_the_folder_are_indexed(index: Callable[..., PictureSet]) -> None:
    found = index(Eye())
    assert set(found.pictures) == {"a.jpg", "b.PNG", "inner/c.webp"}
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
    best = [id for id, score in found.index.search(seen.vector, 3) if score > 0.9]
    assert sorted(path.name for path in found.paths(best)) == ["a.jpg", "d.jpg"]


def test_a_new_date_alone_is_no_change(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    os.utime(folder / "a.jpg", (1, 1))
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_an_unchanged_folder_is_not_saved_again(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    saved = card_path(folder, tmp_path / "cache").stat().st_mtime_ns
    index(Eye())
    assert card_path(folder, tmp_path / "cache").stat().st_mtime_ns == saved


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
    old = index(Eye()).pictures["a.jpg"]["id"]
    (folder / "a.jpg").unlink()
    (folder / "z.jpg").write_text("z")
    found = index(Eye())
    assert "a.jpg" not in found.pictures
    assert old not in found.index
    assert found.pictures["z.jpg"]["id"] != old


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
    assert "a.jpg" not in found.pictures
    assert len(found) == 2
    assert list(found.unreadable) == ["a.jpg"]


def test_progress_counts_up_to_all_pictures_and_notes_the_bad(tmp_path: Path, folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    steps = list(index_folder(folder, Eye(), model="m", where=tmp_path, dimension=4))
    assert [step.done for step in steps] == [0, 1, 2, 3, 4]
    assert {step.total for step in steps} == {4}
    assert [step.note for step in steps if step.note] == ["bad.jpg: bad.jpg is no picture"]


def test_work_done_before_a_stop_is_kept(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    steps = index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4)
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
from embeddings.library import indexing
from embeddings.results import Seen
indexing.SAVE_EVERY = indexing.TOGETHER = 1
def look(paths):
    for path in paths:
        if path.name == "c.webp":
            os.kill(os.getpid(), signal.SIGKILL)
        yield Seen(np.ones(4), 7)
list(indexing.index_folder(sys.argv[1], look, model="m", where=Path(sys.argv[2]), dimension=4))
"""


def test_a_kill_leaves_the_index_of_the_last_save(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, folder, tmp_path / "cache"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert set(PictureSet.open(folder, where=tmp_path / "cache").pictures) == {"a.jpg", "b.PNG"}
    eye = Eye()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


def test_two_indexers_take_turns(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "WAIT_SECONDS", 0)
    eyes = Eye(), Eye()
    first, second = (index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4) for eye in eyes)
    next(first)
    assert "waiting" in next(second).note and "waiting" in next(second).note
    list(first)
    assert [step.done for step in second] == [3]
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


def test_a_full_disk_leaves_the_index_that_was_there(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(Eye())
    (folder / "d.jpg").write_text("d")
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        whole(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(IrisError, match="No space left"):
            index(Eye())
    assert not list(tmp_path.rglob("*.part"))
    assert set(PictureSet.open(folder, where=tmp_path / "cache").pictures) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(index(Eye())) == 4


def test_a_reader_meets_a_pair_of_files_that_is_just_replaced(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(Eye())
    read, reads = index_store._vectors_of, []

    def raced(path: Path, card: dict) -> bytes:
        reads.append(card["vectors"])
        if len(reads) == 1:  # between the card and the vectors another program saves
            (folder / "d.jpg").write_text("d")
            with monkeypatch.context() as patched:
                patched.setattr(index_store, "_vectors_of", read)
                index(Eye())
        return read(path, card)

    monkeypatch.setattr(index_store, "_vectors_of", raced)
    assert len(PictureSet.open(folder, where=tmp_path / "cache")) == 4
    assert len(set(reads)) == 2


def test_a_picture_that_vanishes_meanwhile_is_passed_over(tmp_path: Path, folder: Path) -> None:
    eye = Eye()
    steps = index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4)
    next(steps)
    (folder / "b.PNG").unlink()
    assert [bool(step.note) for step in steps] == [False, True, False]
    assert set(PictureSet.open(folder, where=tmp_path / "cache").pictures) == {"a.jpg", "inner/c.webp"}


def test_another_model_starts_anew(index: Callable[..., PictureSet]) -> None:
    index(Eye(), model="old")
    eye = Eye()
    assert len(index(eye, model="new")) == 3
    assert len(eye.looked) == 3


def test_vectors_of_another_word_space_are_refused_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    card = card_path(folder, tmp_path / "cache")
    index(Eye())
    card.write_text(card.read_text().replace(data_sha256(), "0" * 64))
    with pytest.raises(Refused, match="other noun vectors"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert len(index(Eye())) == 3


@pytest.mark.parametrize("text", ["torn", "", "{}", '{"notes": 3}'])
def test_a_damaged_card_is_made_again_and_hides_no_other_folder(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], text: str
) -> None:
    index(Eye())
    card_path(folder, tmp_path / "cache").write_text(text)
    assert indexed_folders(tmp_path / "cache") == []
    assert len(index(Eye())) == 3
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_an_index_whose_card_and_vectors_differ_is_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    card = card_path(folder, tmp_path / "cache")
    index(Eye())
    card.write_text(card.read_text().replace('"id": 0', '"id": 9'))
    with pytest.raises(Refused, match="damaged"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert len(index(Eye())) == 3


def zipped(path: Path, **texts: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in texts.items():
            file.writestr(name.replace("_", "."), text)
    return path


def test_a_zip_is_indexed_like_a_folder_and_only_its_changes_again(tmp_path: Path) -> None:
    eye = Eye()

    def indexed() -> PictureSet:
        list(index_folder(path, eye, model="m", where=tmp_path / "cache", dimension=4))
        return PictureSet.open(path, model="m", where=tmp_path / "cache")

    path = zipped(tmp_path / "photos.zip", a_jpg="aa", b_jpg="bb", c_jpg="xc", more_zip="z", d_txt="d")
    found = indexed()
    assert set(found.pictures) == {"a.jpg", "b.jpg"} and set(found.unreadable) == {"c.jpg", "more.zip"}
    assert found.paths([found.pictures["b.jpg"]["id"]]) == [path / "b.jpg"]
    zipped(path, b_jpg="bb", a_jpg="ee", f_jpg="ff", c_jpg="xc")
    eye.looked.clear()
    found = indexed()
    assert eye.looked == ["ee", "ff"]
    assert set(found.pictures) == {"a.jpg", "b.jpg", "f.jpg"} and set(found.unreadable) == {"c.jpg"}
    assert found.holds("f.jpg") and not found.holds("more.zip")


def test_a_torn_zip_keeps_the_index_that_was_there(tmp_path: Path) -> None:
    path, where = zipped(tmp_path / "photos.zip", a_jpg="a"), tmp_path / "cache"
    list(index_folder(path, Eye(), model="m", where=where, dimension=4))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(BadQuery, match="cannot be opened as a zip"):
        list(index_folder(path, Eye(), model="m", where=where, dimension=4))
    assert set(PictureSet.open(path, where=where).pictures) == {"a.jpg"}
    path.unlink()
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        PictureSet.open(path, where=where)


def test_an_index_without_fingerprints_is_made_again(tmp_path: Path, index: Callable[..., PictureSet]) -> None:
    found = index(Eye())
    for record in found.pictures.values():
        del record["fingerprint"]
    save_index(found.index, card_path(found.folder, tmp_path / "cache"))
    eye = Eye()
    assert len(index(eye)) == len(eye.looked) == 3


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


def test_too_many_pictures_are_refused(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MAX_PICTURES", 2)
    with pytest.raises(BadQuery, match="more than 2"):
        list(index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4))


def test_the_cache_may_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
