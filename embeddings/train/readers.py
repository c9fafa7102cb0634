"""Readers of the training text: each turns one file into paragraphs."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Reader = Callable[[Path], Iterator[str]]

_TAG = re.compile(r"<[^>]*>|&\w+;|\{\{[^}]*\}\}|__\w+__|\burlLink\b")
_BOOK_START = re.compile(r"\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*")
_BOOK_END = re.compile(r"\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|\nEnd of (?:the )?Project Gutenberg")
_DICTIONARY_MARKS = re.compile(r"\[[^\]]*\]|\\[^\\\n]*\\|[{}]|--[A-Z][\w. ]*")
_TEXT_KEYS = frozenset({"title", "ingredients", "directions", "caption"})


def read_wiki(path: Path) -> Iterator[str]:
    """WikiExtractor output: a paragraph a line between <doc> tags."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.startswith(("<doc", "</doc")):
                yield _TAG.sub(" ", line) if "<" in line or "_" in line or "&" in line else line


def read_plain(path: Path) -> Iterator[str]:
    """Plain text: paragraphs parted by empty lines, without Project Gutenberg's header and licence."""
    text = _decoded(path.read_bytes())
    if start := _BOOK_START.search(text):
        text = text[start.end() :]
    if end := _BOOK_END.search(text):
        text = text[: end.start()]
    yield from (_TAG.sub(" ", text) if "<" in text else text).split("\n\n")


def read_blog(path: Path) -> Iterator[str]:
    """Blog Authorship Corpus: posts between tags, which is no well-formed XML."""
    yield from _TAG.sub(" ", _decoded(path.read_bytes()).replace("<date>", "\n\n<date>")).split("\n\n")


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n")


def read_zipped_lines(path: Path) -> Iterator[str]:
    """Gzipped text, a sentence a line."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        yield from lines


def read_flickr(path: Path) -> Iterator[str]:
    """Flickr captions: picture, tab, caption."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.partition("\t")[2]


def read_conceptual(path: Path) -> Iterator[str]:
    """Conceptual Captions: caption, tab, address."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.partition("\t")[0]


def read_json(path: Path) -> Iterator[str]:
    """Recipes and COCO captions: the prose fields wherever they stand; a recipe is one paragraph."""
    value = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(value, dict) and "annotations" in value:
        yield from (annotation["caption"] for annotation in value["annotations"])
    else:
        yield " , ".join(_prose(value))


def _prose(value: Any, wanted: bool = False) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and wanted:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _prose(item, wanted)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _prose(item, key in _TEXT_KEYS)


def read_wordnet(path: Path) -> Iterator[str]:
    """WordNet's data files: the words of a synset, then its definition."""
    with path.open(encoding="latin-1") as lines:
        for line in lines:
            if not line.startswith("  "):
                fields, _, gloss = line.partition(" | ")
                words = fields.split()
                yield " , ".join([*words[4 : 4 + 2 * int(words[3], 16) : 2], gloss])


def read_dictionary(path: Path) -> Iterator[str]:
    """Read a dictd dictionary: an entry is a line at the margin and the indented lines below it."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        text = _DICTIONARY_MARKS.sub(" ", file.read())
    yield from re.split(r"\n(?=\S)", text)


READERS: list[tuple[str, Reader]] = [  # the first pattern that a file name matches
    (r"wiki_\d+", read_wiki),
    (r"data\.(noun|verb|adj|adv)", read_wordnet),
    (r".*\.dict\.dz", read_dictionary),
    (r".*\.token\.txt", read_flickr),
    (r".*\.tsv", read_conceptual),
    (r".*\.xml", read_blog),
    (r".*\.json", read_json),
    (r".*\.txt\.gz", read_zipped_lines),
    (r".*\.(txt|md)", read_plain),
]


def read_text(path: Path) -> Iterator[str]:
    """Read a file by the reader for its name, into paragraphs; none of a file that is no known text."""
    reader = _reader_for(path)
    return reader(path) if reader else iter(())


def is_text(path: Path) -> bool:
    """Tell whether a file is known text by its name."""
    return _reader_for(path) is not None


def _reader_for(path: Path) -> Reader | None:
    return next((reader for pattern, reader in READERS if re.fullmatch(pattern, path.name)), None)
