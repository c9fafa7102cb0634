"""Clips of strangers read and written by processes of their own, each ended where a clip takes more than it may.

A process holds the source and the result, and exchanges frames for their paintings: nothing that a file says reaches
FFmpeg in the program that asks.
"""

import os
import random
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.limited_process import LOST, LimitedProcess, Message, limit_processor, pipes, receive, send
from zoo.video.clip import ClipFacts, Frame
from zoo.video.container import read_facts
from zoo.video.rewriting import Rewriting, rewritten

CPU_SECONDS = 20  # from one answer to the next; the slowest, the end of a clip of 1080 lines, takes three
WALL_SECONDS = 120.0
MEMORY = 2 * 2**30  # bytes of address space beside what a worker has at its start
MOST_PROCESSORS = 4  # each thread of a codec keeps frames of its own
MOST_LOOKS = 4  # at clips at the same time, beside those that are painted
GRACE_SECONDS = 5.0  # in which a worker that is stopped deletes what it has begun
TOO_COSTLY = "takes more time or memory to read than a clip may; make it smaller or shorter"
STOPPED = "the clip was stopped"


class ClipWorkers:
    """What reads clips and writes them anew elsewhere, a process for each; for any number of threads."""

    def __init__(self, command: Sequence[str] = (), wall_seconds: float = WALL_SECONDS) -> None:
        self._command, self._wall_seconds = command or (sys.executable, "-m", __name__), wall_seconds
        self._looks = BoundedSemaphore(MOST_LOOKS)

    def facts_of(self, path: Path) -> ClipFacts:
        """Give what `zoo.video.container.facts_of` does; raises BadInput, also for what takes too much."""
        with self._looks, self._worker(path) as ask:
            told, _ = ask({"do": "facts", "source": str(path)})
            return _facts_from(told["facts"])

    @contextmanager
    def rewriting(self, source: Path, target: Path) -> Generator["DistantRewriting"]:
        """Do what `zoo.video.rewriting.rewriting` does; raises BadInput, also for what takes too much."""
        with self._worker(source) as ask:
            told, _ = ask({"do": "rewrite", "source": str(source), "target": str(target)})
            yield DistantRewriting(_facts_from(told["facts"]), ask)
            ask({"do": "finish"})

    @contextmanager
    def _worker(self, path: Path) -> Generator[Callable[..., Message]]:
        """Give what asks a new worker, which is ended afterwards."""
        worker = LimitedProcess(self._command, self._wall_seconds)

        def ask(told: dict[str, Any], *parts: bytes) -> Message:
            try:
                answer = worker.ask(told, *parts)
            except LOST:
                raise BadInput(f"{path.name} {TOO_COSTLY}") from None
            if "error" in answer[0]:
                raise (BadInput if answer[0]["is_bad_input"] else IrisError)(answer[0]["error"])
            return answer

        try:
            yield ask
        finally:
            worker.end(GRACE_SECONDS)


class DistantRewriting:
    """A clip on its way into another in a worker: its frames to read, and `add` for each before the next."""

    def __init__(self, facts: ClipFacts, ask: Callable[..., Message]) -> None:
        self.facts, self._ask = facts, ask

    def frames(self) -> Iterator[Frame]:
        """Give the frames of the source, one at a time."""
        while True:
            told, parts = self._ask({"do": "next"})
            if not parts:
                return
            yield Frame(Image.frombytes("RGB", self.facts.size, parts[0]), told["time"], told["duration"])

    def add(self, picture: Image.Image, place: Frame) -> None:
        """Write one picture of the clip's size in the place of the frame that was read last."""
        self._ask({"do": "add"}, picture.convert("RGB").tobytes())


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Read one clip, or write one anew, as is asked for."""
    request = receive(requests)
    if request is None:
        return
    told, _ = request
    limit_processor(CPU_SECONDS)
    try:
        if told["do"] == "facts":
            send(answers, {"facts": _as_json(read_facts(Path(told["source"])))})
            return
        with rewritten(Path(told["source"]), Path(told["target"])) as film:
            send(answers, {"facts": _as_json(film.facts)})
            _exchange(film, requests, answers)
        send(answers, {})
    except IrisError as error:
        with suppress(OSError):
            send(answers, {"error": str(error), "is_bad_input": isinstance(error, BadInput)})


def _exchange(film: Rewriting, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Give frames and take their paintings until all are done; raises IrisError where nobody asks any more."""
    frames, last = film.frames(), None
    while True:
        request = receive(requests)
        if request is None:
            raise IrisError(STOPPED)
        limit_processor(CPU_SECONDS)
        told, parts = request
        if told["do"] == "finish":
            return
        if told["do"] == "add" and last is not None:
            film.add(Image.frombytes("RGB", film.facts.size, parts[0]), last)
            send(answers, {})
            continue
        last = next(frames, None)
        if last is None:
            send(answers, {})
        else:
            send(answers, {"time": last.time, "duration": last.duration}, last.picture.tobytes())


def _as_json(facts: ClipFacts) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(facts).items()}


def _facts_from(told: dict[str, Any]) -> ClipFacts:
    size, shape = (int(told["size"][0]), int(told["size"][1])), told["shape"]
    return ClipFacts(
        size, told["frames"], told["seconds"], Fraction(told["rate"]), Fraction(told["time_base"]),
        Fraction(shape) if shape else None,
    )  # fmt: skip


def main() -> None:
    """Be a worker, on few processors."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, random.sample(allowed, min(MOST_PROCESSORS, len(allowed))))
    serve(*pipes(MEMORY))


if __name__ == "__main__":
    main()
