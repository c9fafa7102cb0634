"""The folder of uploads and results: one for each server, cleared while it runs, gone at its end or the next start."""

import logging
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

from zoo.files import FOLDER_LOCK

LOOK_SECONDS = 600.0

log = logging.getLogger(__name__)


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
        """Delete what is old, and old empty folders; into a new one a long job may be about to write."""
        old = time.time() - self._age
        for parent, folders, files in os.walk(self._folder, topdown=False):
            links = [name for name in folders if Path(parent, name).is_symlink()]
            for path in (Path(parent, name) for name in [*files, *links]):
                if path not in self._kept and path.name != FOLDER_LOCK and _changed(path) < old:
                    with suppress(OSError):
                        path.unlink()
                        self._forget(str(path))
            for path in (Path(parent, name) for name in folders):
                if path not in self._kept and _changed(path) < old:
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
