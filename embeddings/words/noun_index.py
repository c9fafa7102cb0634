"""The noun vectors behind FAISS: 4-bit codes find a shortlist, which is then compared exactly."""

import hashlib
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import faiss
import numpy as np

from embeddings.words.table import data_sha256, load_noun_vectors
from zoo.files import cache_folder, written_beside
from zoo.threads import one_thread

log = logging.getLogger(__name__)

SAMPLE = 20_000  # vectors that the codes are learnt from
SHORTLIST = 500  # nouns that are compared exactly, at least; 0.9996 of the true 12 nearest are among them
FEW = 16  # queries that one thread takes: to share them out costs more, and far more beside busy processes
PER_NEIGHBOUR = 8  # of them for each neighbour asked for


class NounIndex:
    """All nouns by cosine: `PQ100x4fs,RFlat` in FAISS's words, two numbers a code, refined by the vectors."""

    def __init__(self, vectors: np.ndarray, codes: faiss.Index) -> None:
        self._size = len(vectors)
        self._codes = codes  # the refined index does not keep it alive
        self._index = faiss.IndexRefineFlat(codes, faiss.swig_ptr(np.ascontiguousarray(vectors)))

    @classmethod
    def build(cls, vectors: np.ndarray) -> "NounIndex":
        """Learn the codes of unit vectors (n, D); takes about a second for all nouns."""
        return cls(vectors, build_codes(vectors))

    def search(self, vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Find the k nearest nouns of unit vectors (N, D): rows (N, k), best first, and cosines (N, k)."""
        k = min(k, self._size)
        shortlist = min(self._size, max(SHORTLIST, PER_NEIGHBOUR * k))
        queries = np.ascontiguousarray(np.atleast_2d(vectors), dtype=np.float32)
        params = faiss.IndexRefineSearchParameters()
        params.k_factor = shortlist / k
        with one_thread("faiss") if len(queries) <= FEW else nullcontext():
            scores, rows = self._index.search(queries, k, params=params)
        return rows, scores


@cache
def load_noun_index() -> NounIndex:
    """Load the index of all nouns: its codes are kept in the cache, and made where they are missing or damaged."""
    vectors = load_noun_vectors()
    folder = cache_folder() / "nouns"
    prefix = f"{data_sha256()[:12]}-faiss{faiss.__version__}-"
    codes = _read_codes(sorted(folder.glob(f"{prefix}*.faiss")))
    if codes is None:
        codes = build_codes(vectors)
        _keep_codes(codes, folder, prefix)
    return NounIndex(vectors, codes)


def build_codes(vectors: np.ndarray) -> faiss.Index:
    """Learn 4-bit codes of two numbers each, and code all vectors."""
    codes = faiss.IndexPQFastScan(vectors.shape[1], vectors.shape[1] // 2, 4, faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(len(vectors), min(SAMPLE, len(vectors)), replace=False)
    codes.train(vectors[np.sort(sample)])
    codes.add(vectors)
    return codes


def _read_codes(files: Sequence[Path]) -> faiss.Index | None:
    """Read the first file that is what its name says: the name ends in the hash of what is in it."""
    for file in files:
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() == file.stem.rpartition("-")[2]:
            return faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        log.warning("%s is damaged and made anew", file)
        file.unlink(missing_ok=True)
    return None


def _keep_codes(codes: faiss.Index, folder: Path, prefix: str) -> None:
    data = faiss.serialize_index(codes).tobytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with written_beside(folder / f"{prefix}{hashlib.sha256(data).hexdigest()}.faiss") as part:
            part.write_bytes(data)
    except OSError as error:
        log.debug("the noun index is not kept: %s", error)  # it costs a second the next time
