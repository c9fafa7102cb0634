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
from embeddings.words.table import load_words
from zoo.catalog import vector_keys, word_vectors
from zoo.command_line import write_line


def show_words(options: Namespace) -> None:
    """Show how a word is found, its nearest words and nouns, and its senses."""
    if options.vectors:
        _show_wider_words(options)
        return
    words, nouns = load_words(), load_nouns()
    found = sum_terms(options.word, words.look_up)
    facts = {
        "query": options.word,
        "text": found.text,
        "how": found.how,
        "words": [
            {"word": word.replace("_", " "), "score": round(score, 4)}
            for word, score in words.nearest(found.vector, options.top, without=found.words)
        ],
        "nouns": [
            {"word": hit.label, "synset": hit.id, "score": round(hit.score, 4)}
            for hit in nearest_nouns(query_vector(options.word), k=options.top)
        ],
        "senses": [
            {"synset": id, "words": nouns.lemmas(id), "path": [nouns.label(up) for up in nouns.path(id)[1:]],
             "gloss": gloss_of(id)}
            for id in nouns.synsets(options.word)
        ],
    }  # fmt: skip
    write_line(json.dumps(facts) if options.json else _words_text(facts))


def _show_wider_words(options: Namespace) -> None:
    """The same from other vectors: words as near as those have them, nouns as near as the turned ones have them."""
    table = open_vectors(options.vectors, options.limit)
    aligned = align(table)
    found = sum_terms(options.word, table.look_up)
    facts = {
        "query": options.word,
        "text": found.text,
        "how": found.how,
        "words": near_facts(table, found.vector, options.top, found.words),
        "nouns": [
            {"word": hit.label, "synset": hit.id, "score": round(hit.score, 4)}
            for hit in nearest_nouns(sum_terms(options.word, aligned.look_up).vector, k=options.top)
        ],
        "senses": [],
        "alignment": alignment_facts(aligned),
    }
    write_line(json.dumps(facts) if options.json else f"{_words_text(facts)}\n{alignment_text(facts['alignment'])}")


def pull_vectors(options: Namespace) -> None:
    """Fetch public word vectors into the hub's cache, and check them."""
    from zoo.hub import pull  # the hub's library is slow to import

    for vectors in [word_vectors(key) for key in options.keys]:
        write_line(f"{pull(vectors)}: {vectors.count:,} words x {vectors.dimension}, {vectors.licence}")


def near_facts(table: WordTable, vector: np.ndarray, top: int, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """The words nearest to a vector, as `--json` prints them."""
    near = table.nearest(vector, top, without=without)
    return [{"word": word.replace("_", " "), "score": round(score, 4)} for word, score in near]


def _words_text(facts: dict[str, Any]) -> str:
    lines = [f"{facts['text']} ({facts['how']})"]
    for part in ("words", "nouns"):
        lines.append(f"{part}: " + ", ".join(f"{near['word']} {near['score']:.2f}" for near in facts[part]))
    for sense in facts["senses"]:
        gloss = f"\n    {sense['gloss']}" if sense["gloss"] else ""
        lines.append(f"{sense['synset']}  {', '.join(sense['words'])} < {' < '.join(sense['path'][:4])}{gloss}")
    return "\n".join(lines)


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
