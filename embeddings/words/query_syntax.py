"""What may be typed: words, phrases, signs, and how a query is cut into terms."""

import re
from dataclasses import dataclass

from embeddings.text import token
from zoo.errors import BadQuery

MAX_QUERY = 500

_PIECE = re.compile(r'"(?P<quoted>[^"]*)"|(?:(?<!\S)(?P<sign>[+-])|(?P<plus>\+))(?=[\s\w"])|(?P<word>[^\s"+]+|\+)')


@dataclass(frozen=True)
class Term:
    """One summand of a query: "king - man" has two."""

    sign: int
    text: str


def read_query(query: str) -> list[Term]:
    """Split a query into signed terms: a quoted phrase is one, words between signs are one."""
    if not query.strip():
        raise BadQuery('an empty query finds nothing; type a word such as "lighthouse"')
    if len(query) > MAX_QUERY:
        raise BadQuery(f"a query of {len(query):,} characters is too long; at most {MAX_QUERY} are read")
    terms, sign, words = [], 1, []
    for piece in _PIECE.finditer(query):
        if piece["word"]:
            words.append(piece["word"])
            continue
        if words:
            terms.append(Term(sign, " ".join(words)))
            sign, words = 1, []
        if piece["quoted"] is not None:
            terms.append(Term(sign, piece["quoted"]))
            sign = 1
        else:
            sign = -1 if piece["sign"] == "-" else 1
    if words:
        terms.append(Term(sign, " ".join(words)))
    terms = [term for term in terms if token(term.text)]
    if not terms:
        raise BadQuery(f'"{query}" holds no word; type a word such as "lighthouse"')
    return terms
