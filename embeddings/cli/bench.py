"""How long naming, indexing and search take, and what other tools take for the same: one run, one machine."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import Field, asdict
from typing import Any, ClassVar, Protocol, TypeVar

from embeddings.cli import image_encoder
from embeddings.evaluation import kill_trial, timing_library, timing_photos, timing_search, timing_table
from embeddings.evaluation.kill_trial import PICTURES
from embeddings.evaluation.timing_library import SIZES
from embeddings.evaluation.timing_photos import PhotoBenchmark
from embeddings.evaluation.timing_search import QUERIES
from zoo.command_line import write_line


class Measured(Protocol):
    """A dataclass of figures."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Row = TypeVar("Row", bound=Measured)

PARTS: dict[str, Callable[[Namespace], tuple[list[dict[str, Any]], list[str]]]] = {
    "photos": lambda options: _measured(timing_photos.measure(photo_benchmark(options)), timing_photos.table),
    "vectors": lambda options: _measured(timing_search.measure_many(options.queries), timing_search.table),
    "nouns": lambda options: _measured(timing_search.measure_nouns(options.queries), timing_search.table),
    "library": lambda options: _measured(timing_library.measure(options.sizes), timing_library.table),
    "table": lambda options: _measured(timing_table.measure(options.sizes, options.queries), timing_table.table),
    "kills": lambda options: _measured(kill_trial.measure(options.pictures), kill_trial.table),
}
ON_REQUEST = ("library", "table", "kills")  # which write a gigabyte, and take minutes


def bench(options: Namespace) -> None:
    """Time photos, search in vectors and in nouns, beside open_clip, gensim and FAISS; or a library, or a table."""
    chosen = [options.part] if options.part else [part for part in PARTS if part not in ON_REQUEST]
    found = {}
    for part in chosen:
        found[part], lines = PARTS[part](options)
        if not options.json:
            write_line("\n".join(lines))
    if options.json:
        write_line(json.dumps(found))


def _measured(
    rows: Iterable[Row], table: Callable[[Iterable[Row]], Iterable[str]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Measure a part: rows for `--json`, and lines of text."""
    measured = list(rows)
    return [asdict(row) for row in measured], list(table(measured))


def photo_benchmark(options: Namespace) -> PhotoBenchmark:
    """Gather what is timed of the image model, and open_clip beside it where that is installed."""
    from zoo.encoder import encode
    from zoo.evaluation.open_clip_baseline import open_clip_embedder
    from zoo.evaluation.sample_photos import make_sample_photos

    encoder = image_encoder.load(options)
    return PhotoBenchmark(
        model=encoder.model,
        classes=encoder.classes,
        encode_files=encoder.encode_files,
        make_photos=make_sample_photos,
        open=encode.open_reduced,
        class_probabilities=lambda picture: encode.class_probabilities(
            [picture], key=options.model, device=options.device
        )[0],
        baseline=open_clip_embedder(options.device),
    )


def add_bench(made: ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    made.description = bench.__doc__
    parts = f"{', '.join(PARTS)}; or all but {' and '.join(ON_REQUEST)}"
    sizes = "for library and table, default: %(default)s"
    made.add_argument("part", nargs="?", choices=PARTS, metavar="PART", help=parts)
    made.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help=sizes)
    made.add_argument("--queries", type=int, default=QUERIES, metavar="N", help="default: %(default)s")
    made.add_argument("--pictures", type=int, default=PICTURES, metavar="N", help="for kills, default: %(default)s")
    made.add_argument("--json", action="store_true")
    image_encoder.add_model(made)
    made.set_defaults(run=bench)
