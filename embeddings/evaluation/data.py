"""Where the data of a score lies, as the command line says."""

from argparse import Namespace
from pathlib import Path

from zoo.errors import BadQuery


def folders_of(options: Namespace, what: str) -> list[Path]:
    """The folders of --data, which must be there."""
    if not options.data or not all(folder.is_dir() for folder in options.data):
        raise BadQuery(f"score {options.what} needs --data DIR with {what}")
    return options.data


def data_of(options: Namespace, what: str) -> Path:
    """The one folder of --data."""
    first, *more = folders_of(options, what)
    if more:
        raise BadQuery(f"score {options.what} takes one --data DIR, not {1 + len(more)}")
    return first
