"""VectorIndex: exact search, a sieve for large sets, stable ids, and a card that is checked."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from embeddings.library import vector_index
from embeddings.library.index_store import CARD, open_index, read_card, save_index
from embeddings.library.vector_index import VectorIndex
from embeddings.words.linalg import unit
from zoo.errors import BadQuery, IrisError, Refused


def some_vectors(count: int = 50, dimension: int = 8) -> np.ndarray:
    return unit(np.random.default_rng(0).normal(size=(count, dimension)).astype(np.float32))


def test_search_agrees_with_plain_arithmetic() -> None:
    vectors = some_vectors()
    found = VectorIndex.build(vectors).search(vectors[3], 7)
    scores = vectors @ vectors[3]
    assert [id for id, _ in found] == np.argsort(-scores)[:7].tolist()
    assert [score for _, score in found] == pytest.approx(np.sort(scores)[::-1][:7].tolist(), abs=1e-6)


def test_more_answers_than_vectors_gives_all_of_them_and_no_empty_ids() -> None:
    index = VectorIndex.build(some_vectors(3), [10, 20, 30])
    assert {id for id, _ in index.search(some_vectors()[0], 100)} == {10, 20, 30}


def test_an_empty_index_finds_nothing() -> None:
    assert VectorIndex(8).search(some_vectors()[0], 5) == []


def test_adding_an_id_again_replaces_its_vector() -> None:
    vectors = some_vectors()
    index = VectorIndex.build(vectors[:4], [7, 8, 9, 10])
    index.add([8], vectors[40:41])
    assert len(index) == 4
    assert index.search(vectors[40], 1)[0] == (8, pytest.approx(1.0, abs=1e-5))
    assert np.allclose(index.vector(8), vectors[40])


def test_a_removed_id_is_never_found() -> None:
    vectors = some_vectors()
    index = VectorIndex.build(vectors)
    assert index.remove([3, 999]) == 1
    assert 3 not in index
    assert 3 not in {id for id, _ in index.search(vectors[3], 50)}


def test_a_wrong_dimension_is_refused_by_its_numbers() -> None:
    with pytest.raises(IrisError, match="5 numbers came to an index of 8"):
        VectorIndex(8).search(np.ones(5), 1)


def test_ids_that_repeat_or_are_negative_are_refused() -> None:
    for ids in ([1, 1], [-1, 2], [1]):
        with pytest.raises(IrisError, match="id"):
            VectorIndex(8).add(ids, some_vectors(2))


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(IrisError, match="finite"):
        VectorIndex(2).add([0], np.array([[np.nan, 1.0]]))


def test_asking_for_no_answers_is_refused() -> None:
    with pytest.raises(BadQuery, match="at least 1"):
        VectorIndex.build(some_vectors()).search(some_vectors()[0], 0)


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    vectors = some_vectors()
    index = VectorIndex.build(vectors, range(100, 150), model="m")
    index.notes["x"] = 1
    save_index(index, tmp_path / "deep" / "index.json")
    opened = open_index(tmp_path / "deep" / "index.json", model="m")
    assert opened.search(vectors[5], 9) == index.search(vectors[5], 9)
    assert opened.notes == {"x": 1}
    opened.add([7], vectors[:1])
    assert len(opened) == 51


def test_saving_again_leaves_one_pair_of_files(tmp_path: Path) -> None:
    index = VectorIndex.build(some_vectors(), model="m")
    save_index(index, tmp_path / "index.json")
    index.remove([0])
    save_index(index, tmp_path / "index.json")
    assert len(list(tmp_path.iterdir())) == 2
    assert len(open_index(tmp_path / "index.json")) == 49


def test_an_index_of_another_model_is_refused(tmp_path: Path) -> None:
    save_index(VectorIndex.build(some_vectors(), model="old"), tmp_path / "index.json")
    with pytest.raises(Refused, match="made with old, not with new"):
        open_index(tmp_path / "index.json", model="new")


def test_damaged_vectors_are_refused(tmp_path: Path) -> None:
    save_index(VectorIndex.build(some_vectors(), model="m"), tmp_path / "index.json")
    next(tmp_path.glob("*.faiss")).write_bytes(b"torn")
    with pytest.raises(Refused, match="damaged"):
        open_index(tmp_path / "index.json", model="m")


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"model": "m"}), json.dumps(dict.fromkeys(CARD, 1))])
def test_a_card_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(Refused):
        open_index(tmp_path / "index.json", model="m")


def test_the_card_tells_model_dimension_count_hash_and_day(tmp_path: Path) -> None:
    save_index(VectorIndex.build(some_vectors(5), model="m"), tmp_path / "index.json")
    card = read_card(tmp_path / "index.json")
    assert (card["model"], card["dimension"], card["count"]) == ("m", 8, 5)
    assert card["sha256"] == sha256((tmp_path / card["vectors"]).read_bytes()).hexdigest()
    assert abs(datetime.fromisoformat(card["built"]) - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.fixture
def sieved(monkeypatch: pytest.MonkeyPatch) -> VectorIndex:
    """An index that is large enough for the sieve, for it takes less to be large."""
    monkeypatch.setattr(vector_index, "SIEVED_FROM", 1000)
    monkeypatch.setattr(vector_index, "SIEVE_SAMPLE", 500)
    monkeypatch.setattr(vector_index, "SIEVED", 100)
    return VectorIndex.build(some_vectors(3000, 32), range(10, 3010))


def test_a_sieved_search_finds_what_plain_arithmetic_does(sieved: VectorIndex) -> None:
    vectors = some_vectors(3000, 32)
    best = sieved.search(vectors[7], 12)
    truth = np.argsort(-(vectors @ vectors[7]))[:12]
    assert best[0] == (17, pytest.approx(1, abs=1e-5))
    assert len({id - 10 for id, _ in best} & set(truth.tolist())) >= 11
    assert [score for _, score in best] == pytest.approx(
        [float(vectors[id - 10] @ vectors[7]) for id, _ in best], abs=1e-5
    )
    assert sieved.recall(sample=30) > 0.95


def test_the_sieve_follows_what_is_added_and_removed(sieved: VectorIndex) -> None:
    vectors, new = some_vectors(3000, 32), unit(np.ones((1, 32), dtype=np.float32))
    assert sieved.search(vectors[0], 1)[0][0] == 10
    sieved.remove([10, 500])
    assert sieved.search(vectors[0], 1)[0][0] != 10
    sieved.add([5000], new)
    assert sieved.search(new[0], 1)[0] == (5000, pytest.approx(1, abs=1e-5))
    assert sieved.search(vectors[2999], 1)[0][0] == 3009


def test_many_answers_of_a_large_index_pass_no_sieve(sieved: VectorIndex) -> None:
    vectors = some_vectors(3000, 32)
    best = [id - 10 for id, _ in sieved.search(vectors[7], 60)]
    assert best == np.argsort(-(vectors @ vectors[7]), kind="stable")[:60].tolist()


def test_the_self_check_finds_all_in_an_exact_index() -> None:
    vectors = some_vectors(200)
    index = VectorIndex.build(np.concatenate([vectors, vectors[:50]]), range(1000, 1250))
    index.remove(range(1100, 1120))
    assert index.recall() == 1
    assert VectorIndex(8).recall() == 1


def test_the_self_check_shows_a_search_that_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    index = VectorIndex.build(some_vectors(200))
    whole = index.search
    monkeypatch.setattr(index, "search", lambda vector, k: whole(vector, 2 * k)[::2])
    assert 0.4 < index.recall() < 0.6
