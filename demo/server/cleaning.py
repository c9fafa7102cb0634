"""The folder of uploads and results: one for each server, cleared while it runs, gone at its end or the next start."""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

from zoo.files import is_taken, lock_beside

PREFIX = "iris-"
LOCK = ".lock"  # held as long as the server lives, by which the next one knows that a folder is nobody's
LOOK_SECONDS = 600.0
FRESH_SECONDS = 60.0  # a folder this new may be about to be filled

log = logging.getLogger(__name__)


@contextmanager
def served_folder() -> Generator[Path]:
    """Give a new folder for uploads and results, which is deleted at the end; those of killed servers go at once."""
    remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = lock_beside(folder / LOCK)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(place: Path) -> None:
    """Delete the folders of servers that were killed: those of this user whose lock nobody holds."""
    for folder in place.glob(f"{PREFIX}*"):
        lock_file = folder / LOCK
        if folder.is_symlink() or not _is_ours(folder) or not lock_file.is_file():
            continue
        lock = lock_beside(lock_file)
        if is_taken(lock):
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)


def leave(exit_code: int) -> NoReturn:
    """End the program now, not waiting for threads at work, whose libraries abort where Python ends before them."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(exit_code)


class Cleaning:
    """Deletes what is older than `age` seconds, in a thread of its own that nothing stops."""

    def __init__(self, folder: Path, age: float, sets: Iterable[set[str]] = ()) -> None:
        self._folder, self._age, self._sets = folder, age, list(sets)
        self._kept = set(folder.rglob("*"))  # of the page itself
        self._ended = Event()
        self._thread = Thread(target=self._run, name="cleaning", daemon=True)

    def start(self) -> None:
        """Begin to look at the folder now and then."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def clean(self) -> None:
        """Delete what is old, and the folders that it leaves empty; what cannot be deleted stays."""
        old, fresh = time.time() - self._age, time.time() - FRESH_SECONDS
        for parent, folders, files in os.walk(self._folder, topdown=False):
            links = [name for name in folders if Path(parent, name).is_symlink()]
            for path in (Path(parent, name) for name in [*files, *links]):
                if path not in self._kept and path.name != LOCK and _changed(path) < old:
                    with suppress(OSError):
                        path.unlink()
                        self._forget(str(path))
            for path in (Path(parent, name) for name in folders):
                if path not in self._kept and _changed(path) < fresh:
                    with suppress(OSError):
                        path.rmdir()  # only where it is empty

    def _forget(self, name: str) -> None:
        """Take a deleted file out of Gradio's lists of files, which would only grow."""
        for names in self._sets:
            names.discard(name)

    def _run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self.clean()
            except Exception as error:  # the next look may do better, and without one the disk would fill
                log.error("the folder of uploads could not be cleaned: %s", error)


def _changed(path: Path) -> float:
    """Tell when a file or folder was last changed or moved; a link counts as itself."""
    try:
        return path.lstat().st_ctime
    except OSError:
        return float("inf")


def _is_ours(folder: Path) -> bool:
    with suppress(OSError):
        return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    return False
