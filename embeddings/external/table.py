"""WordTable: a large vocabulary in 8 bits a number, memory-mapped from one checked file."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from embeddings.text import FUNCTION_WORDS, runs, token
from embeddings.words.found import Found, near_spellings, phrase_mean
from embeddings.words.linalg import top_k, unit
from zoo.errors import BadQuery, Refused, UnknownWord
from zoo.files import written_beside

CHUNK = 2048  # rows that are scored at a time, so that they stay in the processor's cache


class WordTable:
    """Words, the most frequent first, and their unit vectors as they were written; vectors stay on disk."""

    def __init__(self, path: Path) -> None:
        """Open what `write` wrote; Refused when it is damaged."""
        self.path = path
        try:
            self._file = safe_open(path, "np")
            self.notes: dict[str, str] = self._file.metadata() or {}
            self._vectors = self._file.get_slice("vectors")  # (words, D) int8
            self._lengths = self._file.get_tensor("lengths")  # (words,) of the rows in 8 bits
            self.words = self._file.get_tensor("words").tobytes().decode().split("\n")
        except (SafetensorError, UnicodeDecodeError) as error:
            raise Refused(f"{path} is damaged ({error}); delete it and ask again") from error
        self.dimension = self._vectors.get_shape()[1]
        if not len(self.words) == len(self._lengths) == self._vectors.get_shape()[0]:
            raise Refused(f"{path} is damaged; delete it and ask again")

    @staticmethod
    def write(path: Path, words: list[str], parts: Iterable[np.ndarray], notes: Mapping[str, str]) -> "WordTable":
        """Write a table from its vectors in parts, and open it; a kill leaves the old one or the new one."""
        bits, lengths = [], []
        for part in parts:
            if not np.isfinite(part).all():
                raise Refused("the vectors hold numbers that are not finite; get them again")
            largest = np.maximum(np.abs(part).max(axis=1, keepdims=True).astype(np.float32), 1e-12)
            bits.append(np.rint(part * (127 / largest)).astype(np.int8))
            lengths.append(np.maximum(np.linalg.norm(bits[-1].astype(np.float32), axis=1), 1))
        text = "\n".join(word.replace("\n", " ") for word in words)
        tensors = {"vectors": np.concatenate(bits), "lengths": np.concatenate(lengths).astype(np.float32)}
        tensors["words"] = np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        built = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with written_beside(path, durable=True) as part:
            save_file(tensors, part, {**notes, "built": built})
        return WordTable(path)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    def __getitem__(self, word: str) -> np.ndarray:
        return self.take([self._rows[word]])[0]

    def take(self, rows: Iterable[int]) -> np.ndarray:
        """Give the unit vectors of some rows. (rows, D)"""
        taken = [self._vectors[row : row + 1] for row in map(int, rows)]
        return unit(np.concatenate([self._vectors[:0], *taken]).astype(np.float32))

    def parts(self) -> Iterator[np.ndarray]:
        """Give all unit vectors, in order. (up to 2048, D) each"""
        return (unit(rows) for rows in self._chunks())

    def nearest(self, vector: np.ndarray, k: int = 10, *, without: Collection[str] = ()) -> list[tuple[str, float]]:
        """Find the k words nearest to a unit vector, with cosines, but for some; one spelling of each."""
        if k < 1:
            raise BadQuery(f"asked for {k} answers; at least 1 is needed")
        scores = np.concatenate([rows @ vector for rows in self._chunks()]) / self._lengths
        seen, found = {_plain(word) for word in without}, []
        for row in top_k(scores, min(len(self), 4 * (k + len(seen)))):
            if (plain := _plain(self.words[row])) not in seen:
                seen.add(plain)
                found.append((self.words[row], float(scores[row])))
        return found[:k]

    def look_up(self, text: str) -> Found:
        """Find a word, or the words of a phrase; raises UnknownWord with suggestions."""
        row = self.row(text)
        row = self.row(token(text)) if row is None else row
        if row is not None:
            word = self.words[row]
            how = "exact word" if word == text else "spelling variant"
            return Found(word.replace("_", " "), how, self[word], (word,))
        pieces = [word for run in runs(text) for word in run]
        content = [piece for piece in pieces if piece not in FUNCTION_WORDS] or pieces
        known = {piece: self.words[row] for piece in content if (row := self.row(piece)) is not None}
        if not known:
            raise UnknownWord(text, near_spellings(text, self.words))
        return phrase_mean(content, known, self.__getitem__)

    def row(self, text: str) -> int | None:
        """Give the row of a word or phrase: as written, with underscores, else whatever its capitals."""
        written = "_".join(text.split())
        for spelling in (text, written, written.lower()):
            if spelling in self._rows:
                return self._rows[spelling]
        return self._plain_rows.get(_plain(text))

    def _chunks(self) -> Iterator[np.ndarray]:
        """Give the rows as they are stored. (up to 2048, D) each"""
        ends = range(CHUNK, len(self) + CHUNK, CHUNK)
        return (self._vectors[end - CHUNK : min(end, len(self))].astype(np.float32) for end in ends)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def _plain_rows(self) -> dict[str, int]:
        """Rows by word without capitals and underscores, the most frequent spelling."""
        return {_plain(word): row for row, word in reversed(list(enumerate(self.words)))}


def _plain(word: str) -> str:
    return word.replace("_", " ").lower()
