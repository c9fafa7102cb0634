"""How long it takes to name a photo and to index a folder, beside open_clip's ViT-B/32 on the same files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from embeddings.library.indexing import index_folder
from embeddings.library.sync import EncodeFiles
from embeddings.naming.classifier import zero_shot_classifier
from zoo.stopwatch import Spent, median_of, timed

PHOTOS = 64
ROUNDS = 3


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
    stages: dict[str, Callable[[Any], Any]] = {
        "decode": benchmark.open,
        "network": benchmark.class_probabilities,
        "nouns": lambda probabilities: (classifier.rank(probabilities), classifier.answer(probabilities)),
    }
    taken: list[list[Spent]] = []
    for file in files:
        given: Any = file
        times = []
        for stage in stages.values():
            given, spent = timed(partial(stage, given))
            times.append(spent)
        taken.append(times)
    warm = taken[1:] or taken
    for number, stage in enumerate(stages):
        yield _median(f"name a photo: {stage}", [times[number] for times in warm])
    yield _median("name a photo", [_sum(times) for times in warm])


def _indexing(benchmark: PhotoBenchmark, files: Sequence[Path], folder: Path, rounds: int) -> Iterator[Timing]:
    """Time both in turn, so that whatever else the machine does hits them alike; the first round is to warm up."""
    ours, theirs, baseline = [], [], benchmark.baseline
    for number in range(1 + rounds):
        steps = index_folder(
            files[0].parent,
            benchmark.encode_files,
            model=benchmark.model,
            classes=benchmark.classes,
            where=folder / str(number),
        )
        ours.append(timed(lambda steps=steps: list(steps))[1])
        if baseline:
            theirs.append(timed(lambda: baseline(files))[1])
    index = _median("index a folder, a photo", ours[1:], len(files))
    if not baseline:
        yield index
        return
    other = _median("open_clip ViT-B/32, random weights", theirs[1:], len(files))
    yield replace(index, times_open_clip=round(other.milliseconds / index.milliseconds, 2))
    yield other


def table(rows: Iterable[Timing]) -> Iterator[str]:
    """Write the rows as lines of text."""
    yield f"{'photos':40}{'ms':>9}{'ms of cores':>13}{'a second':>10}{'x open_clip':>13}"
    for row in rows:
        times = "" if row.times_open_clip is None else f"{row.times_open_clip:13.2f}"
        yield f"{row.job:40}{row.milliseconds:9.2f}{row.processor:13.2f}{row.per_second:10.1f}{times}"


def _sum(times: Sequence[Spent]) -> Spent:
    return Spent(sum(spent.clock for spent in times), sum(spent.processor for spent in times))


def _median(job: str, times: list[Spent], photos: int = 1) -> Timing:
    median = median_of(times)
    clock, processor = 1000 * median.clock / photos, 1000 * median.processor / photos
    return Timing(job, round(clock, 3), round(processor, 3), round(1000 / clock, 1))
