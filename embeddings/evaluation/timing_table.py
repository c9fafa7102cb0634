"""What a LanceDB table costs at any size: made records are written, indexed, and searched beside the exact answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.evaluation.made_records import made_records
from embeddings.library.collection import about
from embeddings.library.picture_table import PictureTable
from embeddings.library.table_indexing import BATCH
from zoo.stopwatch import Spent, median_of, peak_megabytes, timed

SIZES = (1_000, 100_000, 1_000_000)
SOURCE = "/made"  # where the pictures would lie
FILLED = 20_000  # records that are written in one go, where no batch is timed
BATCHES = 5  # that are timed
CANDIDATES = 120  # nearest vectors that `find` asks for
NEAREST = 12


@dataclass(frozen=True)
class Row:
    """A table of so many pictures; seconds are of the clock unless they say otherwise."""

    pictures: int
    write_s: float  # to write what it grew by, in batches of FILLED
    write_processor_s: float
    add_ms: float  # to add a batch of BATCH pictures
    add_processor_ms: float
    index_s: float  # to put it in order and index it
    index_processor_s: float
    query_ms: float  # to find the CANDIDATES nearest, one query at a time
    query_processor_ms: float
    overlap: float  # share of the true NEAREST, which plain arithmetic over all vectors gives
    megabytes: float  # on the disk
    memory_megabytes: float  # the most that this process has held


def measure(sizes: Sequence[int] = SIZES, queries: int = 100) -> Iterator[Row]:
    """Yield a row for each size of one table that grows from one to the next."""
    asked = np.array([record.image.vector for record in made_records(10**9, queries) if record.image])
    truth, done = np.full((len(asked), NEAREST), -np.inf, np.float32), 0
    with TemporaryDirectory() as folder:
        belongs = about(Path(folder, "table"), "made")
        for size in sizes:
            table = PictureTable.open_or_create(belongs)
            batches = min(BATCHES, (size - done) // BATCH)
            filled = size - batches * BATCH
            parts = [(start, min(FILLED, filled - start)) for start in range(done, filled, FILLED)]
            parts += [(start, BATCH) for start in range(filled, size, BATCH)]
            spent = [_written(table, *part) for part in parts]
            writing, adding = spent[: len(parts) - batches], spent[len(parts) - batches :]
            _, indexing = timed(table.optimize)
            for part in parts:
                truth = _nearest(truth, asked, *part)
            done = size
            searches = _searched(PictureTable.open(belongs.folder), asked)
            yield Row(
                size, *_total(writing), *_milliseconds(adding), *_total([indexing]),
                *_milliseconds([spent for _, spent in searches]),
                round(_overlap([found for found, _ in searches], truth), 4),
                round(sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6, 1),
                round(peak_megabytes()),
            )  # fmt: skip


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Write the rows as lines of text."""
    head = f"write s|of cpu|add {BATCH} ms|of cpu|index s|of cpu|query ms|of cpu|overlap@{NEAREST}|disk MB|memory MB"
    yield f"{'pictures':>9}" + "".join(f"{word:>12}" for word in head.split("|"))
    for row in rows:
        yield f"{row.pictures:>9,}" + "".join(f"{value:>12,}" for value in list(asdict(row).values())[1:])


def _searched(table: PictureTable, asked: np.ndarray) -> list[tuple[list[tuple[int, float]], Spent]]:
    return [timed(lambda vector=vector: table.search(vector, CANDIDATES)) for vector in asked]


def _written(table: PictureTable, first: int, count: int) -> Spent:
    records = made_records(first, count)
    return timed(lambda: table.write(SOURCE, records))[1]


def _nearest(best: np.ndarray, asked: np.ndarray, first: int, count: int) -> np.ndarray:
    """Give the NEAREST highest cosines so far, those of more records taken in. (Q, NEAREST)"""
    vectors = np.array([record.image.vector for record in made_records(first, count) if record.image])
    return -np.sort(-np.concatenate([best, asked @ vectors.T], axis=1), axis=1)[:, :NEAREST]


def _overlap(found: Sequence[Sequence[tuple[int, float]]], truth: np.ndarray) -> float:
    """Give the share of the true nearest that was found; one that is as near as the last of them counts, too."""
    right = [
        sum(score >= cosines[-1] - 1e-5 for _, score in hits[:NEAREST])
        for hits, cosines in zip(found, truth, strict=True)
    ]
    return float(np.mean(right)) / NEAREST


def _total(spent: Sequence[Spent]) -> tuple[float, float]:
    return round(sum(one.clock for one in spent), 2), round(sum(one.processor for one in spent), 2)


def _milliseconds(spent: Sequence[Spent]) -> tuple[float, float]:
    """Medians."""
    median = median_of(spent) if spent else Spent(0, 0)
    return round(1000 * median.clock, 2), round(1000 * median.processor, 2)
