"""Arguments that several commands have."""

from argparse import ArgumentParser

from embeddings.external.readers import LIMIT
from zoo.catalog import vector_keys


def add_output(made: ArgumentParser, top: int) -> None:
    """Add how many answers are shown, and how."""
    made.add_argument("--top", type=int, default=top, metavar="K", help="default: %(default)s")
    made.add_argument("--json", action="store_true")


def add_vectors(made: ArgumentParser) -> None:
    """Add which public word vectors are asked as well."""
    made.add_argument("--vectors", metavar="KEY|FILE", help=f"more words: a file, or {', '.join(vector_keys())}")
    made.add_argument("--limit", type=int, default=LIMIT, metavar="N", help="most frequent words, default: %(default)s")
