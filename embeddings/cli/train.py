"""``python -m embeddings train``, ``build`` and ``export``."""

import json
import logging
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path

import numpy as np

from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import data_sha256, load_noun_vectors
from zoo.command_line import write_line
from zoo.errors import BadQuery
from zoo.files import written_beside


def train(options: Namespace) -> None:
    """Train word vectors on folders of text."""
    from embeddings.train.words import Source, WordSettings, train_words  # gensim is slow to import

    logging.getLogger("embeddings").setLevel(logging.INFO)
    settings = WordSettings(**{field.name: getattr(options, field.name) for field in fields(WordSettings)})
    model = train_words([Source.read(text) for text in options.corpus], options.out, settings, workers=options.workers)
    write_line(f"{model}\nbundle it with: python -m embeddings build {model}")


def build_data(options: Namespace) -> None:
    """Make the bundled data from trained words and an installed WordNet."""
    from embeddings.train.build import build
    from embeddings.wordnet.graph import DATA

    if not options.model.is_file():
        raise BadQuery(f"no model {options.model}; train one: python -m embeddings train words --corpus DIR")
    write_line(json.dumps(build(options.model, options.corpora, target=options.into or DATA), indent=2))


def export_nouns(options: Namespace) -> None:
    """Write the noun vectors, and which noun is a kind of which, for the training of an image model."""
    nouns = load_nouns()
    with written_beside(options.file) as part, part.open("wb") as file:
        np.savez(
            file, ids=np.array(nouns.ids), vectors=load_noun_vectors(), edges=nouns.edges, depths=nouns.depths,
            sha256=np.array(data_sha256()),
        )  # fmt: skip


def add_train(made: ArgumentParser) -> None:
    """Add the arguments of `train`; those of word2vec are declared where it is."""
    from embeddings.train.words import WordSettings

    made.description = train.__doc__
    made.add_argument("what", choices=["words"])
    made.add_argument("--corpus", nargs="+", required=True, metavar="DIR[=N]", help="folders of text; N: count N times")
    made.add_argument("--out", type=Path, default=Path("runs/words"), metavar="DIR", help="default: %(default)s")
    made.add_argument("--workers", type=int, default=2, metavar="N", help="default: %(default)s")
    for field in fields(WordSettings):
        if field.name != "skip_gram":
            made.add_argument(
                f"--{field.name.replace('_', '-')}",
                type=type(field.default),
                default=field.default,
                metavar="N",
                help="default: %(default)s",
            )
    made.add_argument(
        "--cbow", dest="skip_gram", action="store_false", help="CBOW instead of skip-gram: faster, less exact"
    )
    made.set_defaults(run=train)


def add_build(made: ArgumentParser) -> None:
    """Add the arguments of `build`."""
    made.description = build_data.__doc__
    made.add_argument("model", type=Path, help="what train words made")
    made.add_argument("--corpora", nargs="+", default=[], metavar="NAME", help="for the manifest: what the text was")
    made.add_argument("--into", type=Path, metavar="DIR", help="default: the bundled data")
    made.set_defaults(run=build_data)


def add_export(made: ArgumentParser) -> None:
    """Add the arguments of `export`."""
    made.description = export_nouns.__doc__
    made.add_argument("file", type=Path, help="an .npz of ids, vectors, edges, sha256 to train an image model towards")
    made.set_defaults(run=export_nouns)
