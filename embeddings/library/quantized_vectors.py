"""Vectors in 16 bits a number, of which those that a file holds are memory-mapped."""

from collections.abc import Iterator

import numpy as np

STEPS = 2**15 - 1  # of a number from 0 to 1; numpy makes float32 of such integers much faster than of float16


class QuantizedVectors:
    """Rows of numbers from -1 to 1: first those of a mapped file, then what was added since. Rows only get more."""

    def __init__(self, mapped: np.ndarray) -> None:
        self._mapped = mapped  # (M, D), int16
        self._added = np.empty((0, mapped.shape[1]), np.int16)  # with room for more
        self._count = 0  # of what was added

    @classmethod
    def empty(cls, dimension: int) -> "QuantizedVectors":
        """No rows yet."""
        return cls(np.empty((0, dimension), np.int16))

    def __len__(self) -> int:
        return len(self._mapped) + self._count

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimension."""
        return len(self), self._mapped.shape[1]

    def add(self, vectors: np.ndarray) -> None:
        """Append vectors (N, D)."""
        needed = self._count + len(vectors)
        if needed > len(self._added):
            larger = np.empty((max(needed, 2 * len(self._added)), self._added.shape[1]), np.int16)
            larger[: self._count] = self._added[: self._count]
            self._added = larger
        self._added[self._count : needed] = np.rint(STEPS * vectors.clip(-1, 1))
        self._count = needed

    def scores(self, rows: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """Give the inner products of some rows (N,) with a vector (D,), in float32."""
        found = np.empty((len(rows), len(vector)), np.float32)
        mapped = rows < len(self._mapped)
        found[mapped] = self._mapped[rows[mapped]]
        found[~mapped] = self._added[rows[~mapped] - len(self._mapped)]
        return found @ (vector / np.float32(STEPS))

    def parts(self) -> Iterator[np.ndarray]:
        """Give all rows, in one or two contiguous arrays."""
        yield self._mapped
        yield self._added[: self._count]
