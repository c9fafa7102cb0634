"""What ``python -m embeddings words`` and ``pull`` do: words, their neighbours and senses, public vectors."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Collection
from typing import Any

import numpy as np

from embeddings.cli.options import add_output, add_vectors
from embeddings.external.align import align, alignment_facts, alignment_text, open_vectors
from embeddings.external.table import WordTable
from embeddings.naming.nearest import nearest_nouns
from embeddings.retrieval.query import query_vector
from embeddings.wordnet.database import gloss_of
from embeddings.wordnet.graph import load_nouns
from embeddings.words.sums import sum_terms
from embeddings.words.table import Words, load_words
from zoo.catalog import vector_keys, word_vectors
from zoo.command_line import write_line


def show_words(options: Namespace) -> None:
    """Show how a word is found, its nearest words and nouns, and its senses."""
    if options.vectors:
        table = open_vectors(options.vectors, options.limit)
        aligned = align(table)
        nouns = _noun_facts(sum_terms(options.word, aligned.look_up).vector, options.top)
        facts = _word_facts(options.word, table, nouns, options.top) | {"alignment": alignment_facts(aligned)}
        text = f"{_words_text(facts)}\n{alignment_text(facts['alignment'])}"
    else:
        nouns = _noun_facts(query_vector(options.word), options.top)
        facts = _word_facts(options.word, load_words(), nouns, options.top) | {"senses": _sense_facts(options.word)}
        text = _words_text(facts)
    write_line(json.dumps(facts) if options.json else text)


def _word_facts(query: str, table: Words | WordTable, nouns: list[dict[str, Any]], top: int) -> dict[str, Any]:
    """Give what `--json` prints of a query: words as near as a table has them, and nouns."""
    found = sum_terms(query, table.look_up)
    words = near_facts(table, found.vector, top, found.words)
    return {"query": query, "text": found.text, "how": found.how, "words": words, "nouns": nouns, "senses": []}


def _noun_facts(vector: np.ndarray, top: int) -> list[dict[str, Any]]:
    hits = nearest_nouns(vector, k=top)
    return [{"word": hit.label, "synset": hit.id, "score": round(hit.score, 4)} for hit in hits]


def _sense_facts(word: str) -> list[dict[str, Any]]:
    nouns = load_nouns()
    return [
        {
            "synset": id,
            "words": nouns.lemmas(id),
            "path": [nouns.label(above) for above in nouns.path(id)[1:]],
            "gloss": gloss_of(id),
        }
        for id in nouns.synsets(word)
    ]


def pull_vectors(options: Namespace) -> None:
    """Fetch public word vectors into the hub's cache, and check them."""
    from zoo.hub import pull  # the hub's library is slow to import

    for vectors in [word_vectors(key) for key in options.keys]:
        write_line(f"{pull(vectors)}: {vectors.count:,} words x {vectors.dimension}, {vectors.licence}")


def near_facts(
    table: Words | WordTable, vector: np.ndarray, top: int, without: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Give the words nearest to a vector, as `--json` prints them."""
    near = table.nearest(vector, top, without=without)
    return [{"word": word.replace("_", " "), "score": round(score, 4)} for word, score in near]


def _words_text(facts: dict[str, Any]) -> str:
    near = (
        f"{part}: " + ", ".join(f"{one['word']} {one['score']:.2f}" for one in facts[part])
        for part in ("words", "nouns")
    )
    return "\n".join([f"{facts['text']} ({facts['how']})", *near, *map(_sense_text, facts["senses"])])


def _sense_text(sense: dict[str, Any]) -> str:
    gloss = f"\n    {sense['gloss']}" if sense["gloss"] else ""
    return f"{sense['synset']}  {', '.join(sense['words'])} < {' < '.join(sense['path'][:4])}{gloss}"


def add_words(made: ArgumentParser) -> None:
    """Add the arguments of `words`."""
    made.description = show_words.__doc__
    made.add_argument("word", metavar="WORD", help='a word, a phrase, or a sum like "king - man + woman"')
    add_vectors(made)
    add_output(made, 10)
    made.set_defaults(run=show_words)


def add_pull(made: ArgumentParser) -> None:
    """Add the arguments of `pull`."""
    made.description = pull_vectors.__doc__
    made.add_argument("keys", nargs="+", metavar="KEY", help=", ".join(vector_keys()))
    made.set_defaults(run=pull_vectors)
