"""How long naming, indexing and search take, and what other tools take for the same: one run, one machine."""

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from embeddings.cli import image_encoder
from embeddings.evaluation import kill_trial, timing_library, timing_photos, timing_search
from embeddings.evaluation.kill_trial import PICTURES
from embeddings.evaluation.timing_library import SIZES
from embeddings.evaluation.timing_search import QUERIES

PARTS = {
    "photos": (lambda options: timing_photos.measure(options.trial(options)), timing_photos.table),
    "vectors": (lambda options: timing_search.measure_many(options.queries), timing_search.table),
    "nouns": (lambda options: timing_search.measure_nouns(options.queries), timing_search.table),
    "library": (lambda options: timing_library.measure(options.sizes), timing_library.table),
    "kills": (lambda options: kill_trial.measure(options.pictures), kill_trial.table),
}
ON_REQUEST = ("library", "kills")  # which write a gigabyte, and take minutes


def bench(options: Namespace) -> None:
    """Time photos, search among many vectors and among nouns, beside open_clip, gensim and FAISS; or a library."""
    found = {}
    for part, (measure, table) in PARTS.items():
        if options.part == part or (options.part is None and part not in ON_REQUEST):
            rows = list(measure(options))
            found[part] = [asdict(row) for row in rows]
            if not options.json:
                sys.stdout.write("".join(f"{line}\n" for line in table(rows)))
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")


def add_bench(made: ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    made.description = bench.__doc__
    made.add_argument(
        "part",
        nargs="?",
        choices=PARTS,
        metavar="PART",
        help=f"{', '.join(PARTS)}; or all but {' and '.join(ON_REQUEST)}",
    )
    made.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="for library, default: %(default)s"
    )
    made.add_argument("--queries", type=int, default=QUERIES, metavar="N", help="default: %(default)s")
    made.add_argument("--pictures", type=int, default=PICTURES, metavar="N", help="for kills, default: %(default)s")
    made.add_argument("--json", action="store_true")
    image_encoder.add_model(made)
    made.set_defaults(run=bench, trial=image_encoder.trial)
