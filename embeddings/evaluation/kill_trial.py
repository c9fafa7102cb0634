"""Indexing that is killed again and again: whether all is there, nothing twice, and what the kills cost."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from embeddings.library.collection import PictureSet
from zoo.errors import BadQuery, Refused

PICTURES = 20_000
KILLS = 5
SIDE = (64, 48)
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Row:
    """One way to index a folder of small pictures."""

    way: str
    indexed: int
    missing: int
    twice: int
    seconds: float  # on the clock
    processor: float  # seconds of the processor, start of the program included


def measure(pictures: int = PICTURES, kills: int = KILLS) -> Iterator[Row]:
    """Index a folder undisturbed, then another time with so many kills on the way."""
    with TemporaryDirectory() as place:
        folder = Path(place, "photos")
        _make_pictures(folder, pictures)
        yield _run("undisturbed", folder, Path(place, "first"), 0, pictures)
        yield _run(f"killed {kills} times", folder, Path(place, "second"), kills, pictures)


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Write the rows as lines of text, each beside the first."""
    yield f"{'indexing':20}{'indexed':>9}{'missing':>9}{'twice':>7}{'s':>9}{'s of cpu':>10}{'of the first':>14}"
    first: Row | None = None
    for row in rows:
        first = first or row
        yield (
            f"{row.way:20}{row.indexed:9,}{row.missing:9,}{row.twice:7}{row.seconds:9.1f}{row.processor:10.1f}"
            f"{row.processor / first.processor:14.2f}"
        )


def _make_pictures(folder: Path, count: int) -> None:
    random = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"{number % 20:02}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(random.integers(256, size=(4, 4, 3), dtype=np.uint8))
        coarse.resize(SIDE, Image.Resampling.BICUBIC).save(path)


def _run(way: str, folder: Path, cache: Path, kills: int, count: int) -> Row:
    clock, processor = time.perf_counter(), _processor_seconds()
    for number in range(1, kills + 1):
        _index(folder, cache, kill_at=number * count // (kills + 1))
    _index(folder, cache)
    spent = time.perf_counter() - clock, _processor_seconds() - processor
    found = PictureSet.open(folder, where=cache / "pictures").first(-1)
    missing = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")} - set(found)
    return Row(way, len(found), len(missing), len(found) - len(set(found)), round(spent[0], 1), round(spent[1], 1))


def _index(folder: Path, cache: Path, *, kill_at: int | None = None) -> None:
    """Index in a process of its own; kill it once so many pictures are there."""
    command = [sys.executable, "-m", "embeddings", "index", folder]
    process = subprocess.Popen(command, env=os.environ | {"IRIS_CACHE": str(cache)}, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        if kill_at is not None and _indexed(folder, cache) >= kill_at:
            process.kill()
        time.sleep(POLL_SECONDS)


def _indexed(folder: Path, cache: Path) -> int:
    try:
        return len(PictureSet.open(folder, where=cache / "pictures"))
    except (BadQuery, Refused):  # not begun yet
        return 0


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
