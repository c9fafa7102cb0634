"""Word vectors of others: gensim's files read without unpickling, word2vec's formats, plain arrays with a word list."""

import gzip
import pickletools
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from zoo.errors import BadQuery, Refused

LIMIT = 500_000  # words that are read unless more are asked for, the most frequent; 0.15 GB at 300 numbers each
LARGEST_PICKLE = 1 << 30  # bytes; three million words take 0.2 GB
MAX_COLUMNS = 4_096  # numbers of a word
MAX_HEADER = 1_000  # bytes of the first line
MAX_LINE = 2**18  # characters: the most numbers, written out
MAX_SHRINKING = 50  # of vectors written out, which shrink to a third; a bomb shrinks to a thousandth
SMALL = 2**20  # bytes
WORD_LISTS = ("index_to_key", "index2word", "index2entity")  # gensim 4, and before
PACKAGES = frozenset({"gensim", "numpy", "copyreg", "copy_reg", "_codecs", "collections", "UserString"})
BUILTINS = frozenset({"int", "long", "hash", "object", "set"})  # with those, all that files of gensim name
MATRICES = (".vectors.npy", ".wv.vectors.npy", ".syn0.npy", ".wv.syn0.npy")
WORD2VEC = (".bin", ".txt", ".vec", ".gz")

_STRINGS = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"})
_RECALLS = frozenset({"BINGET", "LONG_BINGET", "GET"})
_NOTES = frozenset({"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"})


def read_vectors(path: Path, limit: int = LIMIT) -> tuple[list[str], np.ndarray]:
    """Read the first words of a file with their vectors as they are, memory-mapped where the format allows.

    Reads gensim's own files (whose matrix lies beside them), word2vec's .bin and text, and an .npy beside a .txt with a
    word a line. Raises BadQuery for a file that is none of these, Refused for one that does not hold together.
    """
    if limit < 1:
        raise BadQuery(f"a limit of {limit} words; at least 1 is needed")
    file, *beside = files_of(path)
    if file.suffix in WORD2VEC:
        words, matrix = _word2vec(file, limit)
    elif file.suffix == ".npy":
        words, matrix = _lines(beside[0], limit), _matrix(file)
    else:
        words, matrix = read_word_list(file, limit), _matrix(beside[0])
    if matrix.ndim != 2 or not np.issubdtype(matrix.dtype, np.floating) or len(words) != min(limit, len(matrix)):
        seen = f"{matrix.dtype} of {' x '.join(map(str, matrix.shape))} for {len(words):,} words"
        raise Refused(f"the matrix of {path.name} is {seen}; a row of fractions for each word was expected")
    return words, matrix[: len(words)]


def files_of(path: Path) -> list[Path]:
    """List a file of word vectors and the one that belongs to it: the matrix of gensim, the words of an array."""
    if not path.is_file():
        raise BadQuery(f"no file {path}; give word vectors of gensim, of word2vec, or an .npy beside a .txt of words")
    if path.suffix in WORD2VEC:
        return [path]
    beside = [path.with_name(path.name + ending) for ending in MATRICES]
    if path.suffix == ".npy":
        beside = [path.with_suffix(".txt")]
    for file in beside:
        if file.is_file():
            return [path, file]
    raise BadQuery(
        f"{path.name} has no {beside[0].name} beside it; bring that too, or save the vectors anew with "
        'save_word2vec_format("NAME.bin", binary=True)'
    )


def read_word_list(path: Path, limit: int = LIMIT) -> list[str]:
    """Read the words of a gensim file in the order of its matrix.

    The pickle is never run: its instructions are walked, and the strings of the word list kept. One that names code
    which word vectors have no need of is refused.
    """
    if path.stat().st_size > LARGEST_PICKLE:
        raise Refused(f"{path.name} is {path.stat().st_size:,} bytes long; a word list is shorter")
    words: list[str] = []
    try:
        with path.open("rb") as file:
            for word in _walk(pickletools.genops(file), path.name):
                if len(words) < limit:
                    words.append(word)
    except (ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} is no file that gensim saved ({str(error)[:100]}); get it again") from error
    if not words:
        raise Refused(f"{path.name} holds no list of words; give a file saved by gensim's KeyedVectors")
    return words


def _walk(instructions: Iterator[tuple], name: str) -> Iterator[str]:
    """Give the strings of the first word list; what instructions would do is not done."""
    noted: dict[int, str | None] = {}  # the pickle's memo: words are written once and recalled afterwards
    last = before = None  # the newest value if it is a string, and the one before it
    batch: list[str] = []  # words of the list, if they are appended to it
    listing = done = False
    for instruction, value, _ in instructions:
        kind = instruction.name
        if kind == "FRAME":
            continue
        if kind in _NOTES:
            noted[len(noted) if kind == "MEMOIZE" else int(value)] = last
            continue
        if kind in ("GLOBAL", "STACK_GLOBAL", "INST"):
            _refuse_code(f"{before}.{last}" if kind == "STACK_GLOBAL" else value.replace(" ", "."), name)
        text = value if kind in _STRINGS else noted.get(int(value)) if kind in _RECALLS else None
        if listing:
            if text is not None:
                batch.append(text)
            elif kind in ("APPEND", "APPENDS"):
                yield from batch
                batch.clear()
            elif kind != "MARK":
                listing, done = False, True
        elif kind == "EMPTY_LIST" and last in WORD_LISTS and not done:
            listing = True
        before, last = last, text


def _refuse_code(called: str, name: str) -> None:
    package, _, name_in_it = called.partition(".")
    if package not in PACKAGES and not (package in ("builtins", "__builtin__") and name_in_it in BUILTINS):
        raise Refused(f"{name} asks for {called[:80]}, which no word vectors need; nothing of it was run")


def _word2vec(path: Path, limit: int) -> tuple[list[str], np.ndarray]:
    """Read what word2vec writes, as gensim does without pickle, and the text of GloVe, which lacks the first line."""
    from gensim.models import KeyedVectors  # takes a second, which no other command should wait

    binary = ".bin" in path.suffixes[-2:]
    try:
        if not binary and path.suffix != ".gz" and not _is_headed(path):
            return _glove(path, limit)
        _check_header(path, limit, binary=binary)
        read = KeyedVectors.load_word2vec_format(str(path), binary=binary, limit=limit)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise Refused(f"{path.name} is not in word2vec's format ({str(error)[:100]}); get it again") from error
    return read.index_to_key, read.vectors


def _is_headed(path: Path) -> bool:
    """Tell whether the first line is that of word2vec, two numbers, and not the word and number of a single column."""
    with path.open("rb") as file:
        pieces = file.readline(MAX_HEADER).split()
        return len(pieces) == 2 and all(piece.isdigit() for piece in pieces)


def _check_header(path: Path, limit: int, *, binary: bool) -> None:
    """Raise ValueError where a file holds less than its header says, or unpacks to far more than it is."""
    size = path.stat().st_size
    if path.suffix == ".gz":
        size = _unpacked_size(path)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        header = file.readline(MAX_HEADER)
    words, columns = (int(piece) for piece in header.split())
    if words < 1 or not 1 < columns <= MAX_COLUMNS:
        raise ValueError(f"its header says {words:,} words of {columns:,} numbers")
    least = columns * (4 if binary else 2)  # bytes of a word's numbers: as they are, or a digit and a space each
    if min(words, limit) * least > size:
        raise ValueError(f"its header says {words:,} words of {columns:,} numbers, more than it holds")


def _unpacked_size(path: Path) -> int:
    """Count the bytes that a .gz unpacks to, keeping none; raises ValueError for a bomb or a line without an end."""
    most, size, unbroken = MAX_SHRINKING * path.stat().st_size + SMALL, 0, 0
    is_text = ".bin" not in path.suffixes[-2:]
    with gzip.open(path) as file:
        while piece := file.read(SMALL):
            size += len(piece)
            if size > most:
                raise ValueError("it unpacks to far more than it is")
            unbroken = unbroken + len(piece) if b"\n" not in piece else 0
            if is_text and unbroken > SMALL:
                raise ValueError("it has a line without an end")
    return size


def _glove(path: Path, limit: int) -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline(MAX_LINE).split()
        if not 2 < len(first) <= MAX_COLUMNS + 1:
            raise ValueError(f"its first line has {max(0, len(first) - 1)} numbers behind a word")
        lines.seek(0)
        pieces = [line.rstrip().rsplit(" ", len(first) - 1) for line in islice(lines, limit)]
    return [word for word, *_ in pieces], np.array([numbers for _, *numbers in pieces], dtype=np.float32)


def _matrix(path: Path) -> np.ndarray:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise Refused(f"{path.name} is no array of numbers ({str(error)[:100]}); get it again") from error


def _lines(path: Path, limit: int) -> list[str]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        return [line.rstrip("\n") for line in islice(lines, limit)]
