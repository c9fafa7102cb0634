"""``python -m embeddings find`` and ``similar``."""

import json
import logging
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from embeddings.cli.image_encoder import add_model
from embeddings.cli.options import add_output, add_vectors
from embeddings.cli.pictures import each_picture, wider_words
from embeddings.library.collection import PictureSet, indexed_folders
from embeddings.results import Match
from embeddings.retrieval.match import matches, more_like, similar
from embeddings.retrieval.query import Query, asked, is_picture, like
from embeddings.words.query_syntax import read_query
from zoo.command_line import write_line
from zoo.errors import BadQuery, Refused

log = logging.getLogger(__name__)


def find_pictures(options: Namespace) -> None:
    """Find indexed pictures that match a query."""
    named = any(is_picture(term.text) for term in read_query(options.query))
    sight = options.sight(options) if named else None  # words alone need no image model, which is slow to load
    look = sight.encode if sight else None
    wider = wider_words(options)
    look_up = (lambda text: wider.vector(f'"{text}"').vector) if wider else None

    query = asked(options.query, look, look_up)
    _show_matches(options, query, options.query, model=sight.model if sight else None)


def similar_pictures(options: Namespace) -> None:
    """Find indexed pictures that show the like of a picture."""
    sight = options.sight(options)
    for path, vector in each_picture([options.picture], sight, sight.encode):
        _show_matches(options, like(vector), path.name, model=sight.model)


def _picture_sets(options: Namespace, model: str | None) -> list[PictureSet]:
    """The sets to search: the folder asked for, else every indexed one that can be searched."""
    if options.photos is not None:
        return [PictureSet.open(options.photos, model=model)]
    sets = []
    for folder in indexed_folders():
        try:
            sets.append(PictureSet.open(folder, model=model))
        except BadQuery as error:  # gone: the others can still be searched
            log.warning("not searched: %s, or forget it: python -m embeddings forget %s", error, folder)
        except Refused as error:  # another model's
            log.warning("not searched: %s", error)
    if not sets:
        raise BadQuery("no folder is indexed; run: python -m embeddings index DIR (or a zip)")
    return sets


def _show_matches(options: Namespace, query: Query, what: str, *, model: str | None) -> None:
    sets = _picture_sets(options, model)
    found = [match for one in sets for match in _searched(options, query, one)]
    best = _one_row_a_file(sorted(found, key=lambda match: -match.hit.score))[: options.top]
    if options.json:
        write_line(json.dumps([{"file": match.hit.id, "score": round(match.hit.score, 4)} for match in best]))
    elif best:
        write_line("\n".join(f"{match.hit.score:.3f}  {match.hit.id}{more_like(match)}" for match in best))
    else:
        write_line(f'nothing matches "{what}"; --all lists what comes closest')


def _one_row_a_file(found: list[Match]) -> list[Match]:
    """The matches, best first, each file once: a folder may be indexed by itself and within another."""
    seen: set[str] = set()
    rows = []
    for match in found:
        if os.path.realpath(match.hit.id) in seen:
            continue
        copies = tuple(copy for copy in match.copies if os.path.realpath(copy.id) not in seen)
        seen |= {os.path.realpath(hit.id) for hit in (match.hit, *copies)}
        rows.append(Match(match.hit, copies))
    return rows


def _searched(options: Namespace, query: Query, pictures: PictureSet) -> list[Match]:
    if options.all:
        return [Match(hit) for hit in similar(query.vector, pictures, k=options.top)]
    return matches(query, pictures, k=options.top)


def add_find(made: ArgumentParser) -> None:
    """Add the arguments of `find`."""
    made.description = find_pictures.__doc__
    made.add_argument("query", metavar="QUERY", help='words, "phrases", + and -, quoted pictures')
    add_vectors(made)
    _add_search(made)
    made.set_defaults(run=find_pictures)


def add_similar(made: ArgumentParser) -> None:
    """Add the arguments of `similar`."""
    made.description = similar_pictures.__doc__
    made.add_argument("picture", type=Path, metavar="PICTURE", help="a picture or a folder of them")
    _add_search(made)
    made.set_defaults(run=similar_pictures)


def _add_search(made: ArgumentParser) -> None:
    made.add_argument("--photos", type=Path, metavar="DIR|ZIP", help="search only this folder or zip")
    made.add_argument("--all", action="store_true", help="the closest, whether or not they match, and every copy")
    add_output(made, 12)
    add_model(made)
