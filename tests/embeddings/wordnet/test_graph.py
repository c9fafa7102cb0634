"""The bundled noun graph."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.wordnet import database
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery

PUG, DOG, CRANE_BIRD, CRANE_MACHINE, ENTITY = "n02110958", "n02084071", "n02012849", "n03126707", "n00001740"


def test_all_82115_nouns_are_there_in_sorted_order() -> None:
    ids = load_nouns().ids
    assert len(ids) == 82_115
    assert ids == sorted(ids)


def test_a_row_is_the_place_of_an_id() -> None:
    nouns = load_nouns()
    assert nouns.ids[nouns.row(PUG)] == PUG


def test_an_unknown_id_is_refused_in_one_sentence() -> None:
    with pytest.raises(BadQuery, match="n99999999"):
        load_nouns().row("n99999999")


def test_a_pug_is_a_dog_and_its_path_ends_at_the_root() -> None:
    nouns = load_nouns()
    assert nouns.label(PUG) == "pug"
    assert nouns.parents(PUG) == [DOG]
    assert nouns.path(PUG)[-1] == ENTITY


def test_a_child_is_deeper_than_each_of_its_parents() -> None:
    nouns = load_nouns()
    child, parent = nouns.edges.T
    assert (nouns.depths[child] > nouns.depths[parent]).all()
    assert nouns.depth(ENTITY) == 0


def test_only_the_root_has_no_parent() -> None:
    nouns = load_nouns()
    assert [id for id in nouns.ids if not nouns.parents(id)] == [ENTITY]


def test_the_closure_holds_every_ancestor_once() -> None:
    nouns = load_nouns()
    rows, above = nouns.closure.T
    for id in (PUG, DOG, CRANE_BIRD, ENTITY):
        mine = above[rows == nouns.row(id)]
        assert len(set(mine)) == len(mine)
        assert {nouns.ids[row] for row in mine} == nouns.ancestors(id) | {id}


def test_both_cranes_are_senses_of_crane() -> None:
    assert {CRANE_BIRD, CRANE_MACHINE} <= set(load_nouns().synsets("Crane"))


def test_senses_written_like_the_word_come_first() -> None:
    nouns = load_nouns()
    assert set(nouns.synsets("crane")[:2]) == {CRANE_BIRD, CRANE_MACHINE}
    assert nouns.label(nouns.synsets("Crane")[0]) == "Crane"
    assert nouns.label(nouns.synsets("paris")[0]) == "Paris"


@pytest.mark.parametrize(
    ("written", "lemma"), [("leaves", "leaf"), ("Golden Retrievers", "golden retriever"), ("mice", "mouse")]
)
def test_a_plural_finds_its_noun(written: str, lemma: str) -> None:
    nouns = load_nouns()
    assert nouns.synsets(written) == nouns.synsets(lemma) != []


def test_the_common_word_is_the_label() -> None:
    nouns = load_nouns()
    assert nouns.label("n02814860") == "lighthouse"  # WordNet names it "beacon" first


def test_a_gloss_comes_from_an_installed_wordnet(
    wordnet_folder: Path, wordnet_ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WNSEARCHDIR", str(wordnet_folder))
    assert database.installed() == wordnet_folder
    assert database.gloss_of(wordnet_ids["bird"]) == "an animal that flies"
    assert database.gloss_of(ENTITY) is None  # its offset starts no line in the tiny WordNet


def test_without_a_wordnet_there_is_no_gloss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WNSEARCHDIR", raising=False)
    monkeypatch.setattr(database, "PLACES", ())
    assert database.gloss_of(PUG) is None


def test_depths_agree_with_walking_up() -> None:
    nouns = load_nouns()
    for row in np.random.default_rng(0).choice(len(nouns), 50):
        id = nouns.ids[row]
        assert nouns.depth(id) >= len(nouns.path(id)) - 1
