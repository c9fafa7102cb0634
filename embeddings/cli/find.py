"""``python -m embeddings find`` and ``similar``."""

import json
import logging
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from embeddings.cli import image_encoder
from embeddings.cli.options import add_output, add_vectors
from embeddings.cli.pictures import each_picture, wider_words
from embeddings.library.collection import PictureSet, indexed_folders
from embeddings.library.database import DamagedLibrary
from embeddings.library.picture_table import PictureTable
from embeddings.results import Match
from embeddings.retrieval.match import SearchResult, copies_suffix, match, similar
from embeddings.retrieval.pictures import Pictures
from embeddings.retrieval.query import ResolvedQuery, is_picture, parse, query_by_image, resolve
from zoo.bulk.address import place
from zoo.command_line import on_one_line, write_line
from zoo.errors import BadInput, BadQuery, IrisError, Refused

log = logging.getLogger(__name__)


def find_pictures(options: Namespace) -> None:
    """Find indexed pictures that match a query."""
    query = parse(options.query)
    named = any(is_picture(term.text) and Path(term.text).is_file() for term in query.terms)
    encoder = image_encoder.load(options) if named else None  # words alone need no image model, which is slow to load
    encode = encoder.encode if encoder else None
    wider = wider_words(options)
    look_up = (lambda text: wider.look_up(text).vector) if wider else None

    resolved = resolve(query, encode=encode, look_up=look_up)
    _show_matches(options, resolved, options.query, model=encoder.model if encoder else None)


def similar_pictures(options: Namespace) -> None:
    """Find indexed pictures that show the like of a picture."""
    encoder = image_encoder.load(options)
    for path, vector in each_picture([options.picture], encoder.encode):
        _show_matches(options, query_by_image(vector), path.name, model=encoder.model)


def _picture_sets(options: Namespace, model: str | None) -> Sequence[Pictures]:
    """Give the sets to search: the library or folder asked for, else every indexed one that can be searched."""
    if options.library is not None:
        if options.photos is not None:
            raise BadInput("--library and --photos are two places to search; give one, or --library with --where")
        return [PictureTable.open(options.library, model=model, where=options.where)]
    if options.where is not None:
        raise BadInput("--where is for --library")
    if options.photos is not None:
        return [PictureSet.open(options.photos, model=model)]
    sets, gone = [], []
    for folder in indexed_folders():
        try:
            sets.append(PictureSet.open(folder, model=model))
        except BadQuery:  # the others can still be searched
            gone.append(str(folder))
        except Refused as error:  # another model's
            log.warning("not searched: %s", error)
    if gone:
        more = f" and {len(gone) - 1} more" if gone[1:] else ""
        log.warning(
            "not searched: %s%s, moved or deleted; forget such by: python -m embeddings forget --missing", gone[0], more
        )
    if not sets:
        raise BadQuery("no folder is indexed; run: python -m embeddings index DIR (or a zip)")
    return sets


def _show_matches(options: Namespace, query: ResolvedQuery, what: str, *, model: str | None) -> None:
    found = _searched(options, query, _picture_sets(options, model))
    best = _one_row_a_file(sorted(found, key=lambda match: -match.hit.score))[: options.top]
    if options.json:
        write_line(json.dumps([{"file": found.hit.id, "score": round(found.hit.score, 4)} for found in best]))
    elif best:
        write_line("\n".join(map(_row, best)))
    else:
        write_line(f'nothing matches "{what}"; --all lists what comes closest')


def _row(found: Match) -> str:
    return f"{found.hit.score:.3f}  {on_one_line(found.hit.id)}{copies_suffix(found)}"


def _one_row_a_file(found: list[Match]) -> list[Match]:
    """Give the matches, best first, each file once: a folder may be indexed by itself and within another."""
    seen: set[str] = set()
    rows = []
    for each in found:
        if os.path.realpath(each.hit.id) in seen:
            continue
        copies = tuple(copy for copy in each.copies if os.path.realpath(copy.id) not in seen)
        seen |= {os.path.realpath(hit.id) for hit in (each.hit, *copies)}
        rows.append(Match(each.hit, copies))
    return rows


def _searched(options: Namespace, query: ResolvedQuery, sets: Sequence[Pictures]) -> list[Match]:
    """Search all sets, and say how the query was understood.

    Raises its error where it is a name that none has, and Refused where no set can be read.
    """
    results: list[SearchResult] = []
    failures: list[IrisError] = []
    for one in sets:
        try:
            results.append(_search(options, query, one))
        except BadQuery as error:
            if error is not query.unknown:
                raise
            failures.append(error)
        except DamagedLibrary as damaged:
            failures.append(Refused(f"{damaged}; index {one.address('')} again"))
    if failures and not results:
        raise failures[0]
    for failure in failures:
        if failure is not query.unknown:
            log.warning("not searched: %s", failure)
    for note in dict.fromkeys(note for result in results for note in result.notes):
        log.warning("%s", note)
    return [one for result in results for one in result.matches]


def _search(options: Namespace, query: ResolvedQuery, pictures: Pictures) -> SearchResult:
    """Find what matches, or whatever comes closest where that is asked for."""
    if options.all and not query.unknown:
        return SearchResult(tuple(map(Match, similar(query.vector, pictures, k=options.top))))
    return match(query, pictures, k=options.top)


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
    made.add_argument("--library", metavar="DIR|s3://BUCKET/DIR", help="search what was indexed --into it")
    made.add_argument(
        "--where", metavar="SQL", help='of --library only those: "source LIKE \'%%/2019%%\'", "size > 9999"'
    )
    made.add_argument("--photos", type=place, metavar="DIR|ZIP|s3://...", help="search only this folder, zip or bucket")
    made.add_argument("--all", action="store_true", help="the closest, whether or not they match, and every copy")
    add_output(made, 12)
    image_encoder.add_model(made)
