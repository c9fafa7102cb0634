"""Word vectors of others, turned into the bundled space, so that pictures are named from their larger vocabulary.

A linear map is learnt over the words that both know (Mikolov et al. 2013, "Exploiting Similarities among Languages"):
an orthogonal one (Smith et al. 2017) or ridge regression, whichever turns more held-out words into themselves.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.linalg import polar

from embeddings.external.readers import LIMIT, files_of, read_vectors
from embeddings.external.table import CHUNK, WordTable
from embeddings.words.linalg import unit
from embeddings.words.table import data_sha256, load_words
from zoo.catalog import word_vectors
from zoo.errors import Refused
from zoo.files import cache_folder
from zoo.model_entry import WordVectors

HELD_OUT = 1000  # shared words that quality is measured on, at most a tenth of them
SHRINK = 1e-3  # ridge: of the mean eigenvalue
FEWEST_SHARED = 50


@dataclass(frozen=True)
class Quality:
    """How well held-out words come out among all bundled words."""

    itself: float  # share whose nearest bundled word is itself
    cosine: float  # mean, with itself


@dataclass(frozen=True)
class Alignment:
    """A map into the bundled space, and the quality of each method that was tried."""

    method: str
    centre: np.ndarray  # (D,)
    matrix: np.ndarray  # (D, bundled D)
    shared: int
    held_out: int
    tried: Mapping[str, Quality]

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        return unit((vectors - self.centre) @ self.matrix)

    def facts(self) -> dict[str, Any]:
        """Give what cards and commands tell of it."""
        tried = {method: asdict(quality) for method, quality in self.tried.items()}
        return {"method": self.method, "shared": self.shared, "held_out": self.held_out, "tried": tried}


def orthogonal(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Find the matrix of orthonormal rows or columns that turns rows nearest to their targets (Schoenemann 1966)."""
    return polar(source.T @ target, side="left" if source.shape[1] < target.shape[1] else "right")[0]


def ridge(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Solve least squares, shrunk a little."""
    gram = source.T @ source
    gram[np.diag_indices_from(gram)] += SHRINK * np.trace(gram) / len(gram)
    return np.linalg.solve(gram, source.T @ target)


METHODS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = MappingProxyType(
    {"orthogonal": orthogonal, "ridge": ridge}
)


def learn(source: np.ndarray, target: np.ndarray, rows: np.ndarray, *, seed: int = 0) -> Alignment:
    """Learn to turn the source's row i into the target's row rows[i]; both hold unit vectors.

    Raises Refused where too few words are shared.
    """
    if len(rows) < FEWEST_SHARED:
        raise Refused(
            f"only {len(rows)} words are shared with the bundled ones, at least {FEWEST_SHARED} are needed; "
            "give vectors of English words"
        )
    order = np.random.default_rng(seed).permutation(len(rows))
    held, learnt = np.split(order, [min(HELD_OUT, len(rows) // 10)])
    centre = source[learnt].mean(axis=0)
    matrices, tried = {}, {}
    for name, method in METHODS.items():
        matrices[name] = method(source[learnt] - centre, target[rows[learnt]]).astype(np.float32)
        tried[name] = _quality(unit((source[held] - centre) @ matrices[name]), target, rows[held])
    best = max(tried, key=lambda name: (tried[name].itself, tried[name].cosine))
    return Alignment(best, centre, matrices[best], len(rows), len(held), MappingProxyType(tried))


def _quality(turned: np.ndarray, target: np.ndarray, rows: np.ndarray) -> Quality:
    blocks = range(0, len(rows), 100)
    nearest = np.concatenate([np.argmax(turned[block : block + 100] @ target.T, axis=1) for block in blocks])
    itself, cosine = (nearest == rows).mean(), (turned * target[rows]).sum(axis=1).mean()
    return Quality(round(float(itself), 4), round(float(cosine), 4))


def open_vectors(source: str, limit: int = LIMIT) -> WordTable:
    """Open the vectors of a hub key or a file as they are, converted once into the cache.

    Raises BadQuery, Missing or Refused.
    """
    hub = word_vectors(source) if source.startswith("words.") and not Path(source).is_file() else None
    path = _fetched(hub) if hub else Path(source)
    seen = json.dumps([limit, *(_fingerprint(file) for file in files_of(path))])
    name = f"{path.stem}-{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]}.safetensors"
    kept = cache_folder() / "vectors" / name
    if (table := _current(kept, seen)) is None:
        words, matrix = read_vectors(_fetched(hub, check=True) if hub else path, limit)
        if hub and matrix.shape[1] != hub.dimension:
            raise Refused(f"{source} has {matrix.shape[1]} numbers a word, expected {hub.dimension}")
        parts = (matrix[start : start + CHUNK] for start in range(0, len(words), CHUNK))
        table = WordTable.write(kept, words, parts, {"made_from": seen, "source": source})
    return table


def _fetched(hub: WordVectors, *, check: bool = False) -> Path:
    from zoo.hub import path_of  # the hub's library is slow to import

    return path_of(hub, check=check)


def align(table: WordTable) -> WordTable:
    """Turn a table into the bundled space, and keep that beside it; its notes tell the quality."""
    kept = table.path.with_name(f"{table.path.stem}-aligned.safetensors")
    seen = json.dumps([table.notes.get("made_from"), table.notes.get("built"), data_sha256()])
    if (aligned := _current(kept, seen)) is None:
        bundled = load_words()
        pairs = [(row, place) for row, word in enumerate(bundled.words) if (place := table.row(word)) is not None]
        rows, places = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        alignment = learn(table.take(places), bundled.vectors, rows)
        parts = (alignment(part) for part in table.parts())
        notes = {"made_from": seen, "alignment": json.dumps(alignment.facts())}
        aligned = WordTable.write(kept, table.words, parts, notes)
    return aligned


def alignment_facts(table: WordTable) -> dict[str, Any]:
    """Tell how an aligned table was made, and how well it is aligned."""
    return json.loads(table.notes["alignment"])


def alignment_text(facts: dict[str, Any]) -> str:
    """Say the same in a sentence."""
    tried = "; ".join(
        f"{method} {quality['itself']:.1%} nearest to themselves, mean cosine {quality['cosine']:.3f}"
        for method, quality in facts["tried"].items()
    )
    shared, held_out = f"{facts['shared']:,} words shared with the bundled ones", f"{facts['held_out']:,} held out"
    return f"turned by the {facts['method']} map over {shared}; of {held_out}: {tried}"


def _current(kept: Path, seen: str) -> WordTable | None:
    """Give the kept table if it was made from what is there now."""
    if kept.is_file() and (table := WordTable(kept)).notes.get("made_from") == seen:
        return table
    return None


def _fingerprint(file: Path) -> tuple[str, int, int]:
    stat = file.stat()
    return str(file.resolve()), stat.st_size, stat.st_mtime_ns
