"""Changes in a folder or zip as the system tells them, gathered until they pause."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType

from watchdog.events import (
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from zoo.listing import is_left_out, is_picture_name

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0  # without a change, after which those before are given
GATHER_SECONDS = 10.0  # at most, where changes do not pause
RELIST_SECONDS = 600.0  # after which all is listed anew: nobody tells of changes on other machines and behind links
POLL_SECONDS = 60.0  # the same where the system tells of no changes at all

ALL = None  # instead of names: whatever is there is to be listed

Names = frozenset[str] | None


class Watch(FileSystemEventHandler):
    """Notice changes from `with` on; iterate over the names of pictures that changed, or ALL, for ever."""

    def __init__(self, place: Path, *, pause: float = PAUSE_SECONDS, relist: float = RELIST_SECONDS) -> None:
        self._place, self._pause, self._relist = place, pause, relist
        self._changes: Queue[Names] = Queue()
        self._observer = Observer()

    def __enter__(self) -> "Watch":
        is_folder = self._place.is_dir()
        self._observer.schedule(self, str(self._place if is_folder else self._place.parent), recursive=is_folder)
        try:
            self._observer.start()
        except OSError as error:  # of the system's limit of watched folders, say
            self._relist = min(self._relist, POLL_SECONDS)
            reason = error.strerror or error
            log.warning("the system tells of no changes (%s); all is listed anew every %g s", reason, self._relist)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note what changed; reading is no change."""
        if event.event_type in (EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE):
            return
        if event.is_directory:
            if event.event_type != EVENT_TYPE_MODIFIED:  # what was in it is told one by one
                self._changes.put(ALL)
            return
        paths = [Path(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path]
        if self._place in paths:  # the zip
            self._changes.put(ALL)
        names = (path.relative_to(self._place) for path in paths if path.is_relative_to(self._place))
        pictures = (name for name in names if is_picture_name(name.name) and not any(map(is_left_out, name.parts)))
        if found := frozenset(name.as_posix() for name in pictures):
            self._changes.put(found)

    def __iter__(self) -> Iterator[Names]:
        while True:
            try:
                changes = [self._changes.get(timeout=self._relist)]
            except Empty:
                yield ALL
                continue
            changes += self._rest(time.monotonic() + GATHER_SECONDS)
            named = [names for names in changes if names is not ALL]
            yield frozenset().union(*named) if len(named) == len(changes) else ALL

    def _rest(self, end: float) -> Iterator[Names]:
        """Wait for what else changes before it pauses."""
        while time.monotonic() < end:
            try:
                yield self._changes.get(timeout=self._pause)
            except Empty:
                return
