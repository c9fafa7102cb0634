"""What the commands that work on a picture or a folder of pictures share."""

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from zoo.bulk.address import place
from zoo.bulk.engine import add_engine, engine_map
from zoo.command_line import on_one_line, plain
from zoo.errors import BadInput, IrisError
from zoo.files import is_clip_name
from zoo.images.batch import Read, SizeOf, Work, run_on, same_size
from zoo.images.decode import open_picture
from zoo.precision import precision_in_force, use_precision


def save_results(
    options: Namespace, work: Work, read: Read = open_picture, size_of: SizeOf = same_size, *, done: Sequence[str] = ()
) -> None:
    """Do the work on a picture or a folder; raises IrisError where some could not be done.

    What of a folder is left out is told, but for files of the endings that are `done` already.
    """
    source, target = place(options.source), place(options.target)
    if is_clip_name(source.name) and not (isinstance(source, Path) and source.is_dir()):
        raise BadInput(f"{source} is a clip, and this works on pictures; `stylize` takes clips")
    setup = None if options.engine == "local" else partial(use_precision, precision_in_force())
    with engine_map(options, setup) as run:
        report = run_on(source, target, work, read, size_of, skip_existing=options.skip_existing, run=run)
    others = Counter({ending: count for ending, count in report.others.items() if ending not in done})
    endings = ", ".join(ending or "no ending" for ending, _ in others.most_common(5))
    told = [*report.left_out, *([f"files that are no pictures: {others.total()} ({endings})"] if others else [])]
    if told:
        sys.stderr.write(f"left out: {plain('; '.join(told))}\n")
    for failure in report.failures:
        sys.stderr.write(on_one_line(failure) + "\n")
    if report.failures:
        raise IrisError(f"{len(report.failures)} of the pictures in {options.source} could not be done; the others are")


def add_in_and_out(made: ArgumentParser) -> None:
    """Add what is worked on and where the results go."""
    in_help = "pictures, or a folder of pictures and of folders, also s3://bucket/folder; - for standard input"
    made.add_argument("source", metavar="IN", nargs="+", help=in_help)
    out_help = "a file whose ending picks the format, or a folder; - for a PNG to standard output"
    made.add_argument("target", metavar="OUT", help=out_help)
    made.add_argument("--force", action="store_true", help="replace a picture by its own result where OUT is IN")
    add_engine(made)
    made.add_argument("--skip-existing", action="store_true", help="leave results as they are that are there already")
