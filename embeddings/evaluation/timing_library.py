"""What a library costs at any size: made records are added, then another process opens it and searches."""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.evaluation.made_records import made_records
from embeddings.library.collection import PictureSet, about
from embeddings.library.records import FileRecord
from embeddings.library.store import LibraryStore
from embeddings.library.sync import BATCH
from zoo.stopwatch import median_of, peak_megabytes, timed

SIZES = (1_000, 10_000, 100_000, 1_000_000)
BATCHES = 100  # that are timed
QUERIES = 100
CANDIDATES = 120  # nearest vectors that `find` asks for
FILLED = 1_000  # records a transaction, where nothing is timed
WRITTEN = Path("/proc/self/io")


@dataclass(frozen=True)
class Row:
    """A library of so many pictures."""

    pictures: int
    add_ms: float  # to add a batch of BATCH pictures, on the clock
    add_processor_ms: float
    add_kilobytes: float  # written for a batch; 0 where the system does not tell
    open_s: float  # to open it and find the first answer, in a process that has imported what it needs
    open_processor_s: float
    first_open_s: float  # the same where the codes beside it were not made yet
    first_open_processor_s: float
    query_ms: float  # to find the CANDIDATES nearest, one query at a time, on the clock
    query_processor_ms: float
    recall: float  # share of the true 12 nearest
    file_megabytes: float
    memory_megabytes: float  # the most that the process held
    check_ms: float  # to look through all of it, as indexing does after a run that was killed; of the processor


@dataclass(frozen=True)
class Opened:
    """What a process of its own says of opening a library and searching it."""

    seconds: float
    processor_seconds: float
    query_ms: float
    query_processor_ms: float
    recall: float
    memory_megabytes: float


def measure(sizes: Sequence[int] = SIZES, queries: int = QUERIES) -> Iterator[Row]:
    """Measure one library at each size as it grows, a row each."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "library.sqlite")
        store = LibraryStore.create(path, about(Path(folder), "made"))
        done = 0
        for size in sizes:
            batches = min(BATCHES, (size - done) // BATCH)
            for start in range(done, size - batches * BATCH, FILLED):
                store.write(made_records(start, min(FILLED, size - batches * BATCH - start)))
            added = [_added(store, made_records(size - BATCH * (batches - number), BATCH)) for number in range(batches)]
            done = size
            first, again = (_opened_elsewhere(path, queries) for _ in range(2))
            _, checking = timed(store.check)
            clock, processor = (statistics.median(row[place] for row in added) for place in (0, 1))
            yield Row(
                size, round(clock, 2), round(processor, 2), round(statistics.mean(row[2] for row in added), 1),
                round(again.seconds, 3), round(again.processor_seconds, 3),
                round(first.seconds, 3), round(first.processor_seconds, 3), round(again.query_ms, 2),
                round(again.query_processor_ms, 2), round(again.recall, 4),
                round(sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6, 1),
                round(again.memory_megabytes), round(1000 * checking.processor, 2),
            )  # fmt: skip


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Write the rows as lines of text."""
    head = (
        f"add {BATCH} ms|of cpu|kB|open s|of cpu|at first|of cpu|query ms|of cpu|recall@12|file MB|memory MB|check ms"
    )
    yield f"{'pictures':>9}" + "".join(f"{word:>11}" for word in head.split("|"))
    for row in rows:
        yield f"{row.pictures:>9,}" + "".join(f"{value:>11,}" for value in list(asdict(row).values())[1:])


def _added(store: LibraryStore, records: list[FileRecord]) -> tuple[float, float, float]:
    """Milliseconds on the clock and of the processor, and kilobytes written, for one batch."""
    written = _written()
    _, spent = timed(lambda: store.write(records))
    return 1000 * spent.clock, 1000 * spent.processor, (_written() - written) / 1000


def _opened_elsewhere(path: Path, queries: int) -> Opened:
    command = [sys.executable, "-m", "embeddings.evaluation.timing_library", path, str(queries)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return Opened(**json.loads(told.stdout))


def _open(path: Path, queries: int) -> Opened:
    asked = [record.image.vector for record in made_records(10**9, queries) if record.image]
    pictures, opening = timed(lambda: _opened_and_asked(path, asked[0]))
    times = [timed(lambda vector=vector: pictures.index.search(vector, CANDIDATES))[1] for vector in asked]
    memory = peak_megabytes()
    query, recall = median_of(times), pictures.index.recall(sample=50)
    return Opened(opening.clock, opening.processor, 1000 * query.clock, 1000 * query.processor, recall, memory)


def _opened_and_asked(path: Path, vector: np.ndarray) -> PictureSet:
    pictures = PictureSet.of_file(path.parent, path)
    pictures.index.search(vector, CANDIDATES)
    return pictures


def _written() -> int:
    """Bytes that this process has written."""
    told = re.search(r"wchar: (\d+)", WRITTEN.read_text()) if WRITTEN.exists() else None
    return int(told[1]) if told else 0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_open(Path(sys.argv[1]), int(sys.argv[2])))))
