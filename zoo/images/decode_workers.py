"""Pictures of strangers decoded in processes of their own, each ended where a picture takes more than it may.

What a library does with a hostile file is bounded here whatever it is: the next unknown bomb costs one picture, and
neither the memory nor the processor of the program that asks.
"""

import json
import math
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import LifoQueue
from threading import Timer
from typing import IO, Any

import numpy as np
from PIL import Image

from zoo.errors import BadPicture
from zoo.images import decode
from zoo.images.sixteen_bit import SixteenBitPicture

CPU_SECONDS = 10  # for one picture; the slowest of 24 million pixels, an AVIF, takes one
WALL_SECONDS = 60.0
MEMORY = 768 * 2**20  # bytes of address space beside what a worker has at its start
PICTURES = 1000  # after which a worker is replaced
BAND_PIXELS = 1_000_000
MOST_WORKERS = 4
ROOT = Path(__file__).parents[2]
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
LENGTH = struct.Struct(">Q")
TOO_COSTLY = "takes more time or memory to read than a picture may; save it anew, or make it smaller"


class DecodeWorkers:
    """So many processes that decode, started when they are needed; for any number of threads."""

    def __init__(
        self, count: int | None = None, command: Sequence[str] = (), wall_seconds: float = WALL_SECONDS
    ) -> None:
        self._command = command or (sys.executable, "-m", __name__)
        self._wall_seconds = wall_seconds
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        for _ in range(count or min(MOST_WORKERS, os.cpu_count() or 1)):
            self._idle.put(None)

    def decode(self, name: str, data: bytes, **options: object) -> Image.Image:
        """Decode as `open_picture` does with these options; raises BadPicture, also for what takes too much."""
        worker = self._idle.get()
        try:
            if worker is None or worker.is_used_up():
                if worker is not None:
                    worker.end()
                worker = _Worker(self._command)
            return worker.decode(name, data, options, self._wall_seconds)
        except (OSError, EOFError, struct.error):
            if worker is not None:
                worker.end()
            worker = None
            raise BadPicture(f"{name} {TOO_COSTLY}") from None
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all that are idle."""
        while not self._idle.empty():
            worker = self._idle.get()
            if worker is not None:
                worker.end()


class _Worker:
    """One process, asked by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._done = 0
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
            env=os.environ | SINGLE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout

    def is_used_up(self) -> bool:
        return self._done >= PICTURES or self._process.poll() is not None

    def decode(self, name: str, data: bytes, options: dict[str, object], wall_seconds: float) -> Image.Image:
        watch = Timer(wall_seconds, self._process.kill)
        watch.start()
        try:
            _send(self._requests, options | {"name": name}, data)
            answer = _receive(self._answers)
            if answer is None:
                raise EOFError
            told, remarks = answer
            if "error" in told:
                raise BadPicture(told["error"])
            return _picture_of(told, remarks, self._answers)
        finally:
            watch.cancel()
            self._done += 1

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Decode what is asked for until nothing more comes."""
    while (request := _receive(requests)) is not None:
        options, [data] = request
        limit_processor(CPU_SECONDS)
        try:
            picture = decode.decode_picture(options.pop("name"), data, **options)
        except BadPicture as error:
            _send(answers, {"error": str(error)})
            continue
        except MemoryError:
            return
        _answer(answers, picture)
        del picture, request, data


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


def _answer(answers: IO[bytes], picture: Image.Image) -> None:
    """Send a picture: what it is, its remarks, and its pixels in bands, so that nobody holds them twice."""
    remarks = {name: value for name, value in picture.info.items() if isinstance(value, bytes)}
    told = {"mode": picture.mode, "size": picture.size, "remarks": list(remarks), "dpi": picture.info.get("dpi")}
    told["samples"] = picture.samples.shape if isinstance(picture, SixteenBitPicture) else None
    _send(answers, told, *remarks.values())
    if isinstance(picture, SixteenBitPicture):
        answers.write(picture.samples.data)
    else:
        for top, bottom in _bands(picture.size):
            answers.write(picture.crop((0, top, picture.width, bottom)).tobytes())
    answers.flush()


def _picture_of(told: dict[str, Any], remarks: list[bytes], answers: IO[bytes]) -> Image.Image:
    """Receive a picture as `_answer` sends it."""
    size = (int(told["size"][0]), int(told["size"][1]))
    if told["samples"]:
        shape = tuple(told["samples"])
        samples = np.frombuffer(_whole(answers, 2 * math.prod(shape)), np.uint16)
        picture: Image.Image = SixteenBitPicture(samples.reshape(shape))
    else:
        picture = Image.new(told["mode"], size)
        row = len(Image.new(told["mode"], (size[0], 1)).tobytes())
        for top, bottom in _bands(size):
            band = Image.frombytes(told["mode"], (size[0], bottom - top), _whole(answers, row * (bottom - top)))
            picture.paste(band, (0, top))
    picture.info = dict(zip(told["remarks"], remarks, strict=True))
    if told["dpi"]:
        picture.info["dpi"] = tuple(told["dpi"])
    return picture


def _bands(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Cut a picture of this size into bands of some megabytes: the first row of each, and the first of the next."""
    rows = max(1, BAND_PIXELS // size[0])
    return ((top, min(top + rows, size[1])) for top in range(0, size[1], rows))


def _send(stream: IO[bytes], told: dict[str, Any], *parts: bytes) -> None:
    head = json.dumps(told | {"parts": [len(part) for part in parts]}).encode()
    stream.write(LENGTH.pack(len(head)) + head)
    for part in parts:
        stream.write(part)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """What was sent, or None where the other side has ended; raises EOFError where it has in the middle."""
    length = stream.read(LENGTH.size)
    if not length:
        return None
    told = json.loads(_whole(stream, *LENGTH.unpack(length)))
    return told, [_whole(stream, size) for size in told.pop("parts")]


def _whole(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> None:
    """Be a worker: its standard output is for answers alone, whatever a library prints."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(MEMORY)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
