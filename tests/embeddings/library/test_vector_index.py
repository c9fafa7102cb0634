"""VectorIndex: exact search, a shortlist by codes for large sets, both following their store; and the codes' file."""

import logging
from pathlib import Path

import numpy as np
import pytest
from picture_sets import record

from embeddings.library.pq_codes import CodesFile, PQCodes
from embeddings.library.records import About
from embeddings.library.store import LibraryStore
from embeddings.library.vector_index import VectorIndex
from embeddings.words.linalg import unit
from zoo.errors import BadQuery, IrisError


def some_vectors(count: int = 50, dimension: int = 8) -> np.ndarray:
    return unit(np.random.default_rng(0).normal(size=(count, dimension)).astype(np.float32))


def store_of(vectors: np.ndarray) -> LibraryStore:
    """Vectors under the ids 1, 2, and so on, of pictures "0.jpg", "1.jpg"."""
    store = LibraryStore.create(None, About(Path("photos"), "m", "words", vectors.shape[1]))
    store.write([record(f"{number}.jpg", vector) for number, vector in enumerate(vectors)])
    return store


def index_of(vectors: np.ndarray) -> VectorIndex:
    return VectorIndex(store_of(vectors), vectors.shape[1])


def test_search_agrees_with_plain_arithmetic() -> None:
    vectors = some_vectors()
    found = index_of(vectors).search(vectors[3], 7)
    scores = vectors @ vectors[3]
    assert [id - 1 for id, _ in found] == np.argsort(-scores)[:7].tolist()
    assert [score for _, score in found] == pytest.approx(np.sort(scores)[::-1][:7].tolist(), abs=1e-6)


def test_more_answers_than_vectors_gives_all_of_them_and_no_empty_ids() -> None:
    assert {id for id, _ in index_of(some_vectors(3)).search(some_vectors()[0], 100)} == {1, 2, 3}


def test_an_empty_index_finds_nothing() -> None:
    index = index_of(some_vectors(0))
    assert index.search(some_vectors()[0], 5) == []
    assert index.recall() == 1


def test_a_vector_of_another_picture_under_the_same_name_replaces_the_first() -> None:
    vectors = some_vectors()
    store = store_of(vectors[:4])
    index = VectorIndex(store, 8)
    assert index.search(vectors[1], 1)[0][0] == 2
    store.write([record("1.jpg", vectors[40])])
    assert len(index) == 4
    assert index.search(vectors[40], 1)[0] == (5, pytest.approx(1.0, abs=1e-5))
    assert 2 not in {id for id, _ in index.search(vectors[1], 9)}


def test_a_wrong_dimension_is_refused_by_its_numbers() -> None:
    with pytest.raises(IrisError, match="5 numbers came to an index of 8"):
        index_of(some_vectors()).search(np.ones(5), 1)


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(IrisError, match="finite"):
        index_of(some_vectors()).search(np.full(8, np.nan), 1)


def test_asking_for_no_answers_is_refused() -> None:
    with pytest.raises(BadQuery, match="at least 1"):
        index_of(some_vectors()).search(some_vectors()[0], 0)


def test_vectors_are_given_in_the_order_of_their_ids_and_zeros_for_one_that_is_gone() -> None:
    vectors = some_vectors()
    store = store_of(vectors)
    store.forget(["4.jpg"])
    found = VectorIndex(store, 8).vectors([9, 5, 2])
    assert np.array_equal(found, [vectors[8], np.zeros(8), vectors[1]])


MANY = some_vectors(3000, 32)


@pytest.fixture
def large() -> LibraryStore:
    return store_of(MANY)


def coded(store: LibraryStore, kept: CodesFile | None = None) -> VectorIndex:
    """An index for which that store is large."""
    return VectorIndex(store, 32, kept=kept, exact_up_to=1000)


def test_a_search_by_shortlist_finds_what_plain_arithmetic_does(large: LibraryStore) -> None:
    index = coded(large)
    best = index.search(MANY[7], 12)
    truth = np.argsort(-(MANY @ MANY[7]))[:12] + 1
    assert best[0] == (8, pytest.approx(1, abs=1e-5))
    assert len({id for id, _ in best} & set(truth.tolist())) >= 11
    assert [score for _, score in best] == pytest.approx([float(MANY[id - 1] @ MANY[7]) for id, _ in best], abs=1e-5)
    assert index.recall(sample=30) > 0.95


def test_a_shortlist_follows_what_is_added_and_removed_and_is_not_made_anew(
    large: LibraryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, new = coded(large), unit(np.ones(32, dtype=np.float32))
    assert index.search(MANY[0], 1)[0][0] == 1
    monkeypatch.delattr(PQCodes, "train")
    large.forget(["0.jpg", "490.jpg"])
    assert index.search(MANY[0], 1)[0][0] != 1
    large.write([record("new.jpg", new)])
    assert index.search(new, 1)[0] == (3001, pytest.approx(1, abs=1e-5))
    assert index.search(MANY[2999], 1)[0][0] == 3000


def test_where_all_of_the_nearest_are_gone_the_next_are_found(large: LibraryStore) -> None:
    index = coded(large)
    index.search(MANY[7], 1)
    nearest = np.argsort(-(MANY @ MANY[7]))
    large.forget([f"{number}.jpg" for number in nearest[:40]])
    found = [id - 1 for id, _ in index.search(MANY[7], 12)]
    assert len(set(found) & set(nearest[40:52].tolist())) >= 11


def test_a_search_reads_little_more_than_its_answers(large: LibraryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    index, read = coded(large), []
    index.search(MANY[0], 1)
    vectors = large.vectors
    monkeypatch.setattr(large, "vectors", lambda ids: read.extend(ids) or vectors(ids))
    assert len(index.search(MANY[7], 12)) == 12
    assert 12 <= len(read) <= 24


def test_codes_are_made_anew_once_many_vectors_are_gone(large: LibraryStore) -> None:
    index = coded(large)
    index.search(MANY[0], 1)
    large.forget([f"{number}.jpg" for number in range(1500)])
    assert {id for id, _ in index.search(MANY[0], 300)}.isdisjoint(range(1, 1501))
    assert len(index.search(MANY[0], 1500)) == 1500


def test_a_set_that_grows_large_goes_over_to_a_shortlist(tmp_path: Path) -> None:
    store, kept = store_of(MANY[:500]), CodesFile(tmp_path / "codes.faiss", "a")
    index = coded(store, kept)
    assert index.search(MANY[5], 1)[0][0] == 6 and not kept.path.exists()
    store.write([record(f"{number}.jpg", MANY[number]) for number in range(500, 3000)])
    assert index.search(MANY[2500], 1)[0][0] == 2501
    assert kept.path.exists()


def test_kept_codes_are_not_made_again_and_answer_as_before(
    large: LibraryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "codes.faiss"
    before = coded(large, CodesFile(path, "a")).search(MANY[5], 50)
    written = path.read_bytes()
    monkeypatch.delattr(PQCodes, "train")
    large.write([record("new.jpg", unit(np.ones(32, dtype=np.float32)))])
    index = coded(large, CodesFile(path, "a"))
    assert index.search(MANY[5], 50) == before
    assert index.search(np.ones(32), 1)[0][0] == 3001
    assert path.read_bytes() == written  # one more is not worth writing all


def test_damaged_codes_and_those_of_another_library_are_made_anew(
    large: LibraryStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "codes.faiss"
    whole = coded(large, CodesFile(path, "a")).search(MANY[5], 50)
    for damage in (lambda data: data[:-7], lambda data: data[:-9] + bytes(9), lambda data: b"torn", lambda data: b"{}"):
        path.write_bytes(damage(path.read_bytes()))
        with caplog.at_level(logging.WARNING):
            assert coded(large, CodesFile(path, "a")).search(MANY[5], 50) == whole
        assert str(path) in caplog.text
        caplog.clear()
    assert CodesFile(path, "b").open() is None
    assert CodesFile(path, "a").open() is not None


def test_codes_that_cannot_be_kept_are_used_all_the_same(
    large: LibraryStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = CodesFile(tmp_path / "absent" / "codes.faiss", "a")
    assert coded(large, kept).search(MANY[5], 1)[0][0] == 6
    assert "cannot be kept" in caplog.text


def test_the_self_check_finds_all_in_an_exact_index() -> None:
    vectors = some_vectors(200)
    store = store_of(np.concatenate([vectors, vectors[:50]]))
    store.forget([f"{number}.jpg" for number in range(100, 120)])
    assert VectorIndex(store, 8).recall() == 1


def test_the_self_check_shows_a_search_that_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of(some_vectors(200))
    whole = index.search
    monkeypatch.setattr(index, "search", lambda vector, k: whole(vector, 2 * k)[::2])
    assert 0.4 < index.recall() < 0.6
