"""What a stop, a kill, a full disk and others at the same work leave of a picture set."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from picture_sets import ByteEncoder, first_names, opened

from embeddings.library import database, indexing
from embeddings.library.collection import PictureSet
from embeddings.library.indexing import index_folder
from embeddings.library.store import LibraryStore
from embeddings.library.sync import BATCH
from zoo.errors import IrisError
from zoo.files import is_taken, lock_beside

KILLED = """
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
where, batch = Path(sys.argv[2]), int(sys.argv[5])
list(indexing.index_folder(sys.argv[1], encode, model="m", where=where, dimension=4, batch=batch))
"""


def indexed_until_killed(
    folder: Path, where: Path, seen: Path, *, after: int, batch: int = BATCH
) -> subprocess.CompletedProcess[bytes]:
    """Index in a process that dies once it has seen so many pictures, whose names it adds to a file."""
    command = [sys.executable, "-c", KILLED, folder, where, str(after), seen, str(batch)]
    return subprocess.run(command, check=False)


def test_work_done_before_a_stop_is_kept(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    steps = index_folder(folder, ByteEncoder(), model="m", where=tmp_path / "cache", dimension=4, batch=1)
    while next(steps).done < 2:
        pass
    steps.close()
    eye = ByteEncoder()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


def test_a_kill_loses_no_more_than_a_batch(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    killed = indexed_until_killed(folder, tmp_path / "cache", tmp_path / "seen", after=2, batch=1)
    assert killed.returncode == -signal.SIGKILL
    assert first_names(opened(folder, tmp_path / "cache")) == {"a.jpg", "b.PNG"}
    eye = ByteEncoder()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


@pytest.mark.slow
def test_a_folder_whose_indexing_is_killed_five_times_is_complete_and_holds_nothing_twice(tmp_path: Path) -> None:
    folder, seen, kills = tmp_path / "photos", tmp_path / "seen", 5
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(str(number))
    for after in [37] * kills + [1000]:
        indexed_until_killed(folder, tmp_path, seen, after=after)
    found = opened(folder, tmp_path).first(-1)
    assert found == [f"{number:03}.jpg" for number in range(200)]
    assert len(opened(folder, tmp_path).index.search(np.ones(4), 999)) == 200
    assert 200 < len(seen.read_text().split()) < 200 + kills * BATCH


def test_two_indexers_take_turns(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "WAIT_SECONDS", 0)
    eyes = ByteEncoder(), ByteEncoder()
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
    index(ByteEncoder()).store.close()
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
    assert first_names(opened(folder, tmp_path / "cache")) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(index(ByteEncoder())) == 4


def test_a_reader_searches_while_a_writer_writes_and_sees_each_batch(tmp_path: Path, folder: Path) -> None:
    where = tmp_path / "cache"
    steps = index_folder(folder, ByteEncoder(), model="m", where=where, dimension=4, batch=1)
    while next(steps).done < 1:
        pass
    reader = opened(folder, where)
    found = [len(reader.index.search(np.ones(4), 9)) for _ in steps]
    assert found == [2, 3, 3]


def test_a_whole_library_is_looked_through_after_a_kill_and_then_never_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, check = [], LibraryStore.check
    monkeypatch.setattr(LibraryStore, "check", lambda store: looked.append(store) or check(store))
    killed = indexed_until_killed(folder, tmp_path / "cache", tmp_path / "seen", after=2)
    assert killed.returncode == -signal.SIGKILL
    assert len(index(ByteEncoder())) == len(index(ByteEncoder())) == 3
    assert len(looked) == 1
