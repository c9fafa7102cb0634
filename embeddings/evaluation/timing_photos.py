"""How long it takes to name a photo and to index a folder, beside open_clip's ViT-B/32 on the same files."""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from embeddings.library.indexing import EncodeFiles, index_folder
from embeddings.naming.classifier import zero_shot_classifier

PHOTOS = 64
ROUNDS = 3

Clocks = tuple[float, float]  # seconds on the clock, and of the processor on all cores


@dataclass(frozen=True)
class PhotoBenchmark:
    """What is timed, stage by stage, and what it is compared with."""

    model: str
    classes: tuple[str, ...]  # synset ids, in the order of the probabilities
    encode_files: EncodeFiles
    make_photos: Callable[[Path, int], Sequence[Path]]
    open: Callable[[Path], Any]  # a picture of a file
    class_probabilities: Callable[[Any], np.ndarray]  # (C,) of a picture
    baseline: Callable[[Sequence[Path]], object] | None  # embeds files; None where it is not installed


@dataclass(frozen=True)
class Timing:
    """What one photo takes, a median: milliseconds on the clock, and of the processor on all cores together."""

    job: str
    milliseconds: float
    processor: float
    per_second: float  # on the clock
    times_open_clip: float | None = None  # how many times as fast as open_clip's ViT-B/32


def measure(benchmark: PhotoBenchmark, *, photos: int = PHOTOS, rounds: int = ROUNDS) -> Iterator[Timing]:
    """Naming, by stages and whole, then indexing a folder with all that belongs to it, then the baseline."""
    with TemporaryDirectory() as folder:
        files = benchmark.make_photos(Path(folder, "photos"), photos)
        yield from _naming(benchmark, files)
        yield from _indexing(benchmark, files, Path(folder), rounds)


def _naming(benchmark: PhotoBenchmark, files: Sequence[Path]) -> Iterator[Timing]:
    classifier = zero_shot_classifier(benchmark.classes)
    stages = {
        "decode": benchmark.open,
        "network": benchmark.class_probabilities,
        "nouns": lambda probabilities: (classifier.rank(probabilities), classifier.answer(probabilities)),
    }
    taken: list[list[Clocks]] = []
    for file in files:
        given, times = file, []
        for stage in stages.values():
            given, clocks = _timed(lambda stage=stage, given=given: stage(given))
            times.append(clocks)
        taken.append(times)
    warm = taken[1:] or taken
    for number, stage in enumerate(stages):
        yield _median(f"name a photo: {stage}", [times[number] for times in warm])
    yield _median("name a photo", [(sum(t[0] for t in times), sum(t[1] for t in times)) for times in warm])


def _indexing(benchmark: PhotoBenchmark, files: Sequence[Path], folder: Path, rounds: int) -> Iterator[Timing]:
    """Both in turn, so that whatever else the machine does hits them alike; the first round is to warm up."""
    ours, theirs, baseline = [], [], benchmark.baseline
    for number in range(1 + rounds):
        steps = index_folder(
            files[0].parent,
            benchmark.encode_files,
            model=benchmark.model,
            classes=benchmark.classes,
            where=folder / str(number),
        )
        ours.append(_timed(lambda steps=steps: list(steps))[1])
        if baseline:
            theirs.append(_timed(lambda: baseline(files))[1])
    index = _median("index a folder, a photo", ours[1:], len(files))
    if not baseline:
        yield index
        return
    other = _median("open_clip ViT-B/32, random weights", theirs[1:], len(files))
    yield replace(index, times_open_clip=round(other.milliseconds / index.milliseconds, 2))
    yield other


def table(rows: Iterable[Timing]) -> Iterator[str]:
    """The rows as lines of text."""
    yield f"{'photos':40}{'ms':>9}{'ms of cores':>13}{'a second':>10}{'x open_clip':>13}"
    for row in rows:
        times = "" if row.times_open_clip is None else f"{row.times_open_clip:13.2f}"
        yield f"{row.job:40}{row.milliseconds:9.2f}{row.processor:13.2f}{row.per_second:10.1f}{times}"


def _timed(work: Callable[[], Any]) -> tuple[Any, Clocks]:
    clock, processor = time.perf_counter(), time.process_time()
    made = work()
    return made, (time.perf_counter() - clock, time.process_time() - processor)


def _median(job: str, times: list[Clocks], photos: int = 1) -> Timing:
    clock, processor = (1000 * statistics.median(taken) / photos for taken in zip(*times, strict=True))
    return Timing(job, round(clock, 3), round(processor, 3), round(1000 / clock, 1))
