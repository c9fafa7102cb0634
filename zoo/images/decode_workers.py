"""Pictures of strangers decoded in processes of their own, each ended where a picture takes more than it may.

What a library does with a hostile file is bounded here whatever it is: the next unknown bomb costs one picture, and
neither the memory nor the processor of the program that asks.
"""

import math
import os
import sys
from collections.abc import Iterator, Sequence
from queue import LifoQueue
from typing import IO, Any

import numpy as np
from PIL import Image

from zoo.errors import BadPicture
from zoo.images import decode
from zoo.images.sixteen_bit import SixteenBitPicture
from zoo.limited_process import LOST, LimitedProcess, limit_processor, pipes, receive, send, whole

CPU_SECONDS = 10  # for one picture; the slowest of 24 million pixels, an AVIF, takes one
WALL_SECONDS = 60.0
MEMORY = 768 * 2**20  # bytes of address space beside what a worker has at its start
PICTURES = 1000  # after which a worker is replaced
BAND_PIXELS = 1_000_000
MOST_WORKERS = 4
TOO_COSTLY = "takes more time or memory to read than a picture may; save it anew, or make it smaller"


class DecodeWorkers:
    """So many processes that decode, started when they are needed; for any number of threads."""

    def __init__(
        self, count: int | None = None, command: Sequence[str] = (), wall_seconds: float = WALL_SECONDS
    ) -> None:
        self._command = command or (sys.executable, "-m", __name__)
        self._wall_seconds = wall_seconds
        self._idle: LifoQueue[LimitedProcess | None] = LifoQueue()
        for _ in range(count or min(MOST_WORKERS, os.cpu_count() or 1)):
            self._idle.put(None)

    def decode(self, name: str, data: bytes, **options: object) -> Image.Image:
        """Decode as `open_picture` does with these options; raises BadPicture, also for what takes too much."""
        worker = self._idle.get()
        try:
            if worker is None or worker.asked >= PICTURES or not worker.runs():
                if worker is not None:
                    worker.end()
                worker = LimitedProcess(self._command, self._wall_seconds)
            return _decoded(worker, name, data, options)
        except LOST:
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


def _decoded(worker: LimitedProcess, name: str, data: bytes, options: dict[str, object]) -> Image.Image:
    with worker.asking(options | {"name": name}, data) as (told, remarks):
        if "error" in told:
            raise BadPicture(told["error"])
        return _picture_of(told, remarks, worker.answers)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Decode what is asked for until nothing more comes."""
    while (request := receive(requests)) is not None:
        options, [data] = request
        limit_processor(CPU_SECONDS)
        try:
            picture = decode.decode_picture(options.pop("name"), data, **options)
        except BadPicture as error:
            send(answers, {"error": str(error)})
            continue
        except MemoryError:
            return
        _answer(answers, picture)
        del picture, request, data


def _answer(answers: IO[bytes], picture: Image.Image) -> None:
    """Send a picture: what it is, its remarks, and its pixels in bands, so that nobody holds them twice."""
    remarks = {name: value for name, value in picture.info.items() if isinstance(value, bytes)}
    told = {"mode": picture.mode, "size": picture.size, "remarks": list(remarks), "dpi": picture.info.get("dpi")}
    told["samples"] = picture.samples.shape if isinstance(picture, SixteenBitPicture) else None
    send(answers, told, *remarks.values())
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
        samples = np.frombuffer(whole(answers, 2 * math.prod(shape)), np.uint16)
        picture: Image.Image = SixteenBitPicture(samples.reshape(shape))
    else:
        picture = Image.new(told["mode"], size)
        row = len(Image.new(told["mode"], (size[0], 1)).tobytes())
        for top, bottom in _bands(size):
            band = Image.frombytes(told["mode"], (size[0], bottom - top), whole(answers, row * (bottom - top)))
            picture.paste(band, (0, top))
    picture.info = dict(zip(told["remarks"], remarks, strict=True))
    if told["dpi"]:
        picture.info["dpi"] = tuple(told["dpi"])
    return picture


def _bands(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Cut a picture of this size into bands of some megabytes: the first row of each, and the first of the next."""
    rows = max(1, BAND_PIXELS // size[0])
    return ((top, min(top + rows, size[1])) for top in range(0, size[1], rows))


def main() -> None:
    """Be a worker."""
    serve(*pipes(MEMORY))


if __name__ == "__main__":
    main()
