"""The server from its start to its end: what runs beside the page, and an end within seconds whatever is at work."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event
from types import FrameType

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from demo.server.blocks import Page
from demo.server.cleaning import Cleaning
from demo.server.failures import FailureGuard
from demo.server.fair_queue import FairQueue
from demo.server.login import LoginGuard
from demo.server.memory import give_back_free_memory
from demo.server.origins import OriginGuard, own_names, own_pages
from demo.server.readers import ConnectionGuard, Readers
from demo.server.room import Room
from demo.server.slow_senders import BodyGuard, with_head_in_time
from demo.server.tool_calls import ToolCallGuard, answer_in_json
from demo.server.upload_guard import UploadGuard, UploadLimits
from demo.server.upload_paths import separate_uploads
from demo.settings import Settings
from demo.web.served_files import keep_results_in

LOOK_SECONDS = 5.0  # for jobs that nobody reads
TRIM_SECONDS = 30.0
GRACE_SECONDS = 2  # in which answers that are under way may end
SPARE_FILES = 64  # of those that the system lets a program open, for others than visitors

log = logging.getLogger(__name__)


class Lifespan:
    """What runs as long as the server does: cleaning, the end of jobs that nobody reads, and the outer middleware.

    Gradio puts its own middleware around what it is given; these stand around all of it.
    """

    def __init__(self, page: Page, queue: FairQueue, settings: Settings, folder: Path, kept_seconds: float) -> None:
        separate_uploads()
        self._page, self._queue, self._readers = page, queue, Readers()
        self._cleaning = Cleaning(folder, kept_seconds, page.temp_file_sets)
        self._outer = [
            Middleware(OriginGuard, names=own_names(settings), pages=own_pages(settings)),
            Middleware(FailureGuard),
        ]
        self._outer += [Middleware(ConnectionGuard, readers=self._readers), Middleware(BodyGuard)]
        self._outer.append(Middleware(ToolCallGuard))
        if settings.auth:
            self._outer.append(Middleware(LoginGuard))
        limits = UploadLimits.of(settings, kept_seconds)
        room = Room(folder, visitor=limits.visitor, total=limits.folder, seconds=kept_seconds)
        keep_results_in(room)
        self._outer.append(Middleware(UploadGuard, room=room, limits=limits))

    @asynccontextmanager
    async def __call__(self, app: Starlette) -> AsyncGenerator[None]:
        """Begin before the first request, and end with the server."""
        app.middleware_stack = self._around(app.middleware_stack or app.build_middleware_stack())
        if self._page.mcp_server_obj:
            answer_in_json(self._page.mcp_server_obj)
        self._cleaning.start()
        beside = [asyncio.create_task(self._look()), asyncio.create_task(_give_back_memory())]
        try:
            yield
        finally:
            self._cleaning.stop()
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def _around(self, inner: ASGIApp) -> ASGIApp:
        for layer in reversed(self._outer):
            inner = layer.cls(inner, *layer.args, **layer.kwargs)
        return inner

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._queue.end_unread(self._readers.now())
            except Exception as error:  # the next look may do better
                log.error("jobs that nobody reads could not be ended: %s", error)


async def _give_back_memory() -> None:
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        await asyncio.to_thread(give_back_free_memory)


def run_until_stopped(launch: Callable[[], object], page: Page) -> None:
    """Launch the page and serve it until SIGTERM or Ctrl-C; a second one ends the program at once."""
    stopped = Event()

    def stop(_: int, __: FrameType | None) -> None:
        if stopped.is_set():
            os._exit(1)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    launch()
    config = page.server.config
    config.timeout_graceful_shutdown = GRACE_SECONDS
    config.http_protocol_class = with_head_in_time(config.http_protocol_class)  # of the connections from now on
    config.limit_concurrency = _open_files() - SPARE_FILES
    while not stopped.wait(1.0) and page.server.thread.is_alive():
        pass
    page.close(verbose=False)


def _open_files() -> int:
    """Count how many files and connections this program may hold, after asking for all that it can get."""
    try:
        import resource
    except ImportError:  # Windows
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(soft, most)
