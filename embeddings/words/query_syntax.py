"""How people write what they look for: words, quoted phrases, signs, and the small words that stand for signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from embeddings.text import COLOURS, token
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery

MAX_QUERY = 500
EXAMPLE = 'type a word such as "lighthouse"'
NEGATIONS = frozenset({"not", "no", "without", "except", "excluding", "minus"})
JOINING = frozenset({"and", "or"})

_MINUS_SIGNS = str.maketrans(dict.fromkeys("\u2212\u207b\ufe63\uff0d", "-"))
_DASH = re.compile(r"(?<!\S)[\u2010-\u2015](?=[\s\w\"])")  # a dash between words is a minus, one within a word none
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|(?:(?<!\S)(?P<sign>[+-])|(?P<plus>\+))(?=[\s\w"])'
    r"|(?P<separator>[,;](?!\d)|(?<!\S)[&|/](?!\S))|(?P<word>(?:[^\s\"+,;]|[,;](?=\d))+|\+)"
)
_PICTURE = r"(?:photo|picture|pic|image|photograph|snapshot|shot)s?"
_REQUEST = re.compile(
    r"^(?:(?:please|show|find|give|get|search|me|us|for|i|want|to|see|a|an|the|some|any|all|my|our)\s+)*"
    rf"{_PICTURE}\s+(?:of|with|showing|containing|from)\s+",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"^(?:please\s+)?(?:show|find|give|get)\s+(?:me|us)\s+|^search\s+for\s+", re.IGNORECASE)
_ONLY_PICTURES = re.compile(rf"^(?:all\s+|the\s+|my\s+)*{_PICTURE}$", re.IGNORECASE)
_PICTURES_AFTER = re.compile(rf"\s+{_PICTURE}$", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """One summand of a query: "king - man" has two."""

    sign: int
    text: str
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Query:
    """What was typed, and its terms."""

    text: str
    terms: tuple[Term, ...]


def parse(text: str) -> Query:
    """Read a query as signed terms.

    A quoted phrase is one term, words between signs are one. "and", "or" and a comma part terms; "not", "without",
    "except" and every kind of minus sign take away; "a photo of" is left out. Raises BadQuery for an empty query.
    """
    if not text.strip():
        raise BadQuery(f"an empty query finds nothing; {EXAMPLE}")
    if len(text) > MAX_QUERY:
        raise BadQuery(f"a query of {len(text):,} characters is too long; at most {MAX_QUERY} are read")
    terms = tuple(term for term in _terms(text) if token(term.text))
    terms = tuple(term for term in terms if not _is_request(term)) or terms  # "photos without people" are no pictures
    terms = tuple(term for term in map(_without_request, terms) if token(term.text))
    if not terms:
        terms = tuple(term for term in (Term(1, text.strip()),) if token(term.text) and text.strip().isalpha())
    if not terms:
        english = "; only English words are read" if any(sign.isalpha() or ord(sign) > 0x2190 for sign in text) else ""
        raise BadQuery(f'"{text}" holds no word{english}; {EXAMPLE}')
    return Query(text, terms)


def _terms(text: str) -> Iterator[Term]:
    """Cut a query into terms; some may be empty."""
    sign, words = 1, []
    pieces = list(_PIECE.finditer(_DASH.sub("-", text.translate(_MINUS_SIGNS).translate(_QUOTES))))
    for place, piece in enumerate(pieces):
        word = (piece["word"] or "").lower()
        if word in JOINING and _joins_colours(pieces, place):
            continue
        joins = word in JOINING and not _is_within_noun(pieces, place)
        is_last = place == len(pieces) - 1  # "not" alone is a word
        if piece["word"] and (is_last or not (joins or word == "but" or word in NEGATIONS)):
            words.append(piece["word"])
            continue
        if words:
            yield Term(sign, " ".join(words))
            words = []
        if piece["quoted"] is not None:
            yield Term(sign, piece["quoted"], quoted=True)
            sign = 1
        elif word in NEGATIONS:
            sign = -1
        elif not joins:  # "without cats and dogs" takes away both
            sign = -1 if piece["sign"] == "-" else 1
    if words:
        yield Term(sign, " ".join(words))


def _is_within_noun(pieces: list[re.Match[str]], place: int) -> bool:
    """Tell whether an "and" belongs to a noun, as in "salt and pepper"."""
    if not 0 < place < len(pieces) - 1:
        return False
    around = [pieces[each]["word"] or "" for each in (place - 1, place, place + 1)]
    return bool(around[0] and around[2] and load_nouns().synsets(" ".join(around)))


def _joins_colours(pieces: list[re.Match[str]], place: int) -> bool:
    """Tell whether an "and" stands between colours of one thing, as in "a black and white cat"."""
    around = pieces[place - 1 : place] + pieces[place + 1 : place + 2]
    return place > 0 and len(around) == 2 and all((piece["word"] or "").lower() in COLOURS for piece in around)


def _is_request(term: Term) -> bool:
    """Tell whether a term says only that pictures are asked for."""
    return term.sign > 0 and not term.quoted and bool(_ONLY_PICTURES.match(term.text))


def _without_request(term: Term) -> Term:
    """Leave out "show me", "a photo of" and "pictures" around what is looked for."""
    if term.quoted or load_nouns().synsets(term.text):
        return term
    text = _COMMAND.sub("", _REQUEST.sub("", term.text))
    return replace(term, text=_PICTURES_AFTER.sub("", text))
