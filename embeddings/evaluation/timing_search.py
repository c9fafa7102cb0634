"""Ways to search vectors, side by side: exact, codes (PQ), graph (HNSW), cells (IVF), the picture index, gensim."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from embeddings.evaluation.nouns import keyed
from embeddings.library.records import About, FileRecord
from embeddings.library.store import LibraryStore
from embeddings.library.vector_index import VectorIndex
from embeddings.results import EncodedPicture
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import top_k, unit
from embeddings.words.noun_index import NounIndex, build_codes
from embeddings.words.table import load_noun_vectors, load_words
from zoo.listing import ListedFile
from zoo.stopwatch import median_of, timed

K = 12
QUERIES = 200
MANY = 100_000
WEIGHTS = (1.0, 0.5, 0.25)  # of the nouns that a made-up picture shows, at most
SHIPPED = "FAISS PQ100x4fs,RFlat"
NOISE = 0.5  # length of the noise beside a noun
GRAPHS = {16: (32, 64, 128), 32: (64, 128, 256)}  # links a node: efSearch
CELLS = {288: (8, 32)}  # about the square root of 82,115: cells that are looked into


@dataclass(frozen=True)
class Row:
    """One way to search; times are of the processor, which other work on the machine changes little."""

    way: str
    single: float  # ms a query, one at a time
    batched: float  # ms a query, all at once
    recall: float  # share of the true 12 nearest
    build: float  # s, with what the first search still has to make
    megabytes: float
    gensim: float = 0.0  # how many times faster than gensim, one at a time


Ways = Callable[[np.ndarray, np.ndarray, np.ndarray], Iterable[Row]]  # vectors, queries, rows of the true nearest


def measure_nouns(count: int) -> Iterator[Row]:
    """Measure ways to find the nouns nearest to typed words, and the shipped one on other vectors; so many queries."""
    vectors, ids = load_noun_vectors(), load_nouns().ids
    yield from measure(vectors, ids, _typed(count), noun_ways)
    random = np.random.default_rng(1)
    for what, queries in (("noisy nouns", _noisy_nouns(random, count)), ("pictures", _picture_like(random, count))):
        shipped = [row for row in measure(vectors, ids, queries, shipped_way) if row.way == SHIPPED]
        yield from (replace(row, way=f"{SHIPPED}, {what}") for row in shipped)


def measure_many(count: int, *, size: int | None = None) -> Iterator[Row]:
    """Ways to find the pictures nearest to others, among MANY or as many as `size`; so many queries."""
    random, size = np.random.default_rng(0), size or MANY
    vectors, queries = _picture_like(random, size), _picture_like(random, count)
    yield from measure(vectors, [str(number) for number in range(size)], queries, _picture_index)


def measure(vectors: np.ndarray, names: list[str], queries: np.ndarray, ways: Ways) -> Iterator[Row]:
    """Measure every way, a row each, gensim first, for the others are compared with it."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # so that processor time is a query's time
    try:
        truth = np.stack([top_k(vectors @ query, K) for query in queries])
        gensim = _gensim(vectors, names, queries, truth)
        for row in (gensim, *ways(vectors, queries, truth)):
            yield replace(row, gensim=round(gensim.single / row.single, 1))
    finally:
        faiss.omp_set_num_threads(threads)


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Write the rows as lines of text."""
    yield f"{'way':34}{'ms one':>9}{'ms batch':>10}{'recall@12':>11}{'build s':>9}{'MB':>7}{'x gensim':>10}"
    for row in rows:
        times = f"{row.single:9.3f}{row.batched:10.3f}{row.recall:11.4f}{row.build:9.2f}"
        yield f"{row.way:34}{times}{row.megabytes:7.0f}{row.gensim:10.1f}"


def _typed(count: int) -> np.ndarray:
    """Vectors of typed words, which lie among the nouns but on none of them."""
    table = load_words().vectors
    return np.ascontiguousarray(table[np.random.default_rng(0).choice(len(table), count, replace=False)])


def _noisy_nouns(random: np.random.Generator, count: int) -> np.ndarray:
    """Vectors of nouns with half as much noise. (count, D)"""
    nouns = load_noun_vectors()[random.choice(len(load_noun_vectors()), count, replace=False)]
    return unit(nouns + NOISE * unit(random.normal(size=nouns.shape))).astype(np.float32)


def _picture_like(random: np.random.Generator, count: int) -> np.ndarray:
    """Vectors like those of pictures: a few nouns each, the first weighing most. (count, D)"""
    nouns = load_noun_vectors()
    mixed = np.zeros((count, nouns.shape[1]), np.float32)
    for weight in WEIGHTS:
        mixed += weight * random.random((count, 1), np.float32) * nouns[random.integers(len(nouns), size=count)]
    return unit(mixed)


def noun_ways(vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> Iterator[Row]:
    """Give all ways but gensim's."""
    yield _plain(vectors, queries, truth)
    yield from shipped_way(vectors, queries, truth)
    yield from _indexes(vectors, queries, truth)


def shipped_way(vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> Iterator[Row]:
    """Measure the index behind every question for the nearest nouns."""
    codes, build = _timed(lambda: build_codes(vectors))
    index = NounIndex(vectors, codes)
    size = _megabytes(vectors) + round(len(faiss.serialize_index(codes)) / 1e6, 1)
    found, single = _each(lambda query: index.search(query, K)[0][0], queries)
    _, together = _timed(lambda: index.search(queries, K))
    yield Row(SHIPPED, single, _ms(together, queries), _recall(found, truth), round(build, 2), size)


def _picture_index(vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> Iterator[Row]:
    store = LibraryStore.create(None, About(Path(), "made", "", vectors.shape[1]))
    for start in range(0, len(vectors), 1000):
        part = enumerate(vectors[start : start + 1000], start=start)
        store.write(
            [FileRecord(ListedFile(f"{row}.jpg", 0, 0), b"", EncodedPicture(vector, 0)) for row, vector in part]
        )

    def built() -> VectorIndex:
        index = VectorIndex(store, vectors.shape[1])
        index.search(queries[0], K)  # which takes up the vectors
        return index

    index, build = _timed(built)
    found, single = _each(lambda query: [id - 1 for id, _ in index.search(query, K)], queries)
    yield Row("picture index", single, single, _recall(found, truth), round(build, 2), _megabytes(vectors))


def _gensim(vectors: np.ndarray, names: list[str], queries: np.ndarray, truth: np.ndarray) -> Row:
    named, build = _timed(lambda: keyed(names, vectors))
    place = named.key_to_index

    def search(query: np.ndarray) -> list[int]:
        return [place[name] for name, _ in named.most_similar(query, topn=K)]

    found, single = _each(search, queries)
    return Row("gensim most_similar", single, single, _recall(found, truth), round(build, 2), _megabytes(vectors))


def _plain(vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> Row:
    found, single = _each(lambda query: top_k(vectors @ query, K), queries)
    _, together = _timed(lambda: [top_k(row, K) for row in queries @ vectors.T])
    batched, recall = _ms(together, queries), _recall(found, truth)
    return Row("numpy, exact", single, batched, recall, 0, _megabytes(vectors))


def _indexes(vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray) -> Iterator[Row]:
    dimension = vectors.shape[1]
    yield from _index("FAISS flat, exact", lambda: faiss.IndexFlatIP(dimension), {"": {}}, (vectors, queries, truth))
    for links, widths in GRAPHS.items():
        settings = {f", efSearch {width}": {"efSearch": width} for width in widths}
        graph = lambda links=links: faiss.IndexHNSWFlat(dimension, links, faiss.METRIC_INNER_PRODUCT)  # noqa: E731
        yield from _index(f"HNSW{links}", graph, settings, (vectors, queries, truth))
    for cells, probes in CELLS.items():
        settings = {f", nprobe {probe}": {"nprobe": probe} for probe in probes}
        ivf = lambda cells=cells: faiss.index_factory(dimension, f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT)  # noqa: E731
        yield from _index(f"IVF{cells}", ivf, settings, (vectors, queries, truth))


def _index(
    name: str,
    make: Callable[[], faiss.Index],
    settings: dict[str, dict[str, int]],
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Iterator[Row]:
    """Rows of one index, a setting each; it is built once."""
    vectors, queries, truth = data

    def built() -> faiss.Index:
        index = make()
        index.train(vectors)
        index.add(vectors)
        return index

    index, build = _timed(built)
    size = round(len(faiss.serialize_index(index)) / 1e6, 1)
    for note, values in settings.items():
        for field, value in values.items():
            setattr(index.hnsw if field == "efSearch" else index, field, value)
        found, single = _each(lambda query: index.search(query[None], K)[1][0], queries)
        _, together = _timed(lambda: index.search(queries, K))
        yield Row(name + note, single, _ms(together, queries), _recall(found, truth), round(build, 2), size)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Do some work once; gives what it gave, and seconds of the processor."""
    made, spent = timed(work)
    return made, spent.processor


def _each(search: Callable[[np.ndarray], Iterable[int]], queries: np.ndarray) -> tuple[list[Iterable[int]], float]:
    """Give the answers to all queries, and the median milliseconds of one."""
    found, spent = zip(*[timed(lambda query=query: search(query)) for query in queries], strict=True)
    return list(found), round(1000 * median_of(spent).processor, 3)


def _ms(seconds: float, queries: np.ndarray) -> float:
    return round(1000 * seconds / len(queries), 3)


def _recall(found: list[Iterable[int]], truth: np.ndarray) -> float:
    shared = [len(set(one) & set(true.tolist())) for one, true in zip(found, truth, strict=True)]
    return round(float(np.sum(shared)) / truth.size, 4)


def _megabytes(vectors: np.ndarray) -> float:
    return round(vectors.nbytes / 1e6, 1)
