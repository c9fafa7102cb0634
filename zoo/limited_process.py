"""Processes that do what hostile files might make endless: asked over pipes, and ended where they take too much."""

import json
import math
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO, Any

ROOT = Path(__file__).parents[1]
SMALL = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
LENGTH = struct.Struct(">Q")
LOST = (OSError, EOFError, ValueError, struct.error)  # what asking a process raises that has ended, or says nonsense

Message = tuple[dict[str, Any], list[bytes]]  # words, and bytes that go with them


class LimitedProcess:
    """A program of this project that answers messages, asked by one thread at a time."""

    def __init__(self, command: Sequence[str], wall_seconds: float) -> None:
        """Start it; it is ended where one answer takes longer than so many seconds."""
        self.asked = 0  # times
        self._wall_seconds = wall_seconds
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
            env=os.environ | SMALL, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self.answers = self._process.stdin, self._process.stdout

    def runs(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.poll() is None

    @contextmanager
    def asking(self, told: dict[str, Any], *parts: bytes) -> Generator[Message]:
        """Send a message and give its answer, after which more may be read of `answers`; raises one of LOST."""
        watch = Timer(self._wall_seconds, self._process.kill)
        watch.start()
        try:
            send(self._requests, told, *parts)
            answer = receive(self.answers)
            if answer is None:
                raise EOFError
            yield answer
        finally:
            watch.cancel()
            self.asked += 1

    def ask(self, told: dict[str, Any], *parts: bytes) -> Message:
        """Send a message, and give its answer; raises one of LOST."""
        with self.asking(told, *parts) as answer:
            return answer

    def end(self, grace_seconds: float = 0.0) -> None:
        """End it; within the grace it may clean up what it has begun."""
        with suppress(OSError):
            self._requests.close()
        if grace_seconds:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_seconds)
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self.answers.close()


def pipes(memory: int) -> tuple[IO[bytes], IO[bytes]]:
    """Give the requests and answers of this process, which asks for so many bytes of memory more at most.

    Its standard output is for answers alone, whatever a library prints.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(memory)
    return sys.stdin.buffer, answers


def limit_processor(seconds: int) -> None:
    """Let this process be ended where it computes for so many seconds from now on."""
    try:
        import resource
    except ImportError:  # Windows, where only the time by the clock is limited
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def limit_memory(more: int) -> None:
    """Let this process have so many bytes more than now, where the system can tell how many it has."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):  # not Linux
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def send(stream: IO[bytes], told: dict[str, Any], *parts: bytes) -> None:
    """Write a message."""
    head = json.dumps(told | {"parts": [len(part) for part in parts]}).encode()
    stream.write(LENGTH.pack(len(head)) + head)
    for part in parts:
        stream.write(part)
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read a message; None where the other side has ended; raises EOFError where it has in the middle."""
    length = stream.read(LENGTH.size)
    if not length:
        return None
    told = json.loads(whole(stream, *LENGTH.unpack(length)))
    return told, [whole(stream, size) for size in told.pop("parts")]


def whole(stream: IO[bytes], size: int) -> bytes:
    """Read so many bytes; raises EOFError where there are fewer."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
