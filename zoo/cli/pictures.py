"""What the commands that work on a picture or a folder of pictures share."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from zoo.errors import IrisError
from zoo.images.batch import Read, Work, run_on
from zoo.images.decode import open_picture


def save_results(options: Namespace, work: Work, read: Read = open_picture) -> None:
    """Do the work on a picture or a folder; raises IrisError where some could not be done."""
    failures = run_on(Path(options.source), Path(options.target), work, read)
    for failure in failures:
        sys.stderr.write(failure + "\n")
    if failures:
        raise IrisError(f"{len(failures)} of the pictures in {options.source} could not be done; the others are")


def add_in_and_out(made: ArgumentParser) -> None:
    """Add what is worked on and where the results go."""
    made.add_argument("source", metavar="IN", help="a picture or a folder of pictures")
    made.add_argument("target", metavar="OUT", help="a file whose ending picks the format, or a folder")
