"""How an answer is said."""

import pytest

from demo.describe.card import SEEN, UNSEEN, WIDER, answer_card, how_sure, meaning, words_of
from demo.describe.name import trained_on
from embeddings.results import Answer, Hit
from embeddings.wordnet.graph import load_nouns

PUG, DOG = "n02110958", "n02084071"
MARAUDER = "n10297234"  # nothing that photos are sorted by


def test_an_answer_shows_the_word_its_kinds_and_how_sure_it_is() -> None:
    card = answer_card(Answer(True, PUG, "pug", 0.83), [], 0.5)
    assert "<h2>pug</h2>" in card and "pug \u203a dog" in card and "Quite sure: 83%" in card


def test_other_things_in_the_picture_are_told() -> None:
    others = (Answer(True, "n13104059", "tree", 0.91), Answer(True, "n04334599", "<street>", 0.744))
    card = answer_card(Answer(True, PUG, "pug", 0.83, others), [], 0.5)
    assert "Also tree (91%), &lt;street&gt; (74%)." in card
    assert "Also" not in answer_card(Answer(True, PUG, "pug", 0.83), [], 0.5)


def test_not_knowing_is_said_and_the_guess_folded_away() -> None:
    card = answer_card(Answer(False, None, "I do not know", 0.2), [Hit(PUG, "pug", 0.4)], 0.9)
    plain, _, folded = card.partition("<details>")
    assert "<h2>I do not know</h2>" in plain and "90%" in plain and "pug" not in plain
    assert "Perhaps <b>pug</b>" in folded and "<summary>" in folded


def test_not_knowing_without_any_noun_has_no_guess() -> None:
    assert "<details>" not in answer_card(Answer(False, None, "I do not know", 0.2), [], 0.9)


@pytest.mark.parametrize(("synset", "origin"), [(PUG, SEEN), (DOG, WIDER), (MARAUDER, UNSEEN)])
def test_a_card_says_whether_the_training_had_photos_of_it(synset: str, origin: str) -> None:
    assert origin in answer_card(Answer(True, synset, load_nouns().label(synset), 0.7), [], 0.5)


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "Almost certain: over 99%"), (0.62, "Fairly sure: 62%"), (0.05, "A guess: 5%")],
)
def test_sureness_is_said_in_words_and_per_cent(share: float, said: str) -> None:
    assert how_sure(share) == said


def test_ranked_nouns_come_with_their_sense_and_whether_the_training_had_them() -> None:
    pug, marauder = words_of([Hit(PUG, "pug", 0.9), Hit(MARAUDER, "marauder", 0.2)])
    assert pug.sense.startswith("dog \u203a") and pug.seen and not marauder.seen
    assert pug.seen == (PUG in trained_on())


def test_the_meaning_of_a_noun_comes_without_examples_of_its_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.describe.card.gloss_of", lambda _id: 'a lump of stone; hard; "he threw a rock at me"')
    assert meaning(PUG) == "a lump of stone; hard"
    monkeypatch.setattr("demo.describe.card.gloss_of", lambda _id: None)
    assert meaning(PUG) == ""


def test_markup_in_an_answer_is_text() -> None:
    assert "<b>x" not in answer_card(Answer(True, PUG, "<b>x", 0.9), [], 0.5)


def test_the_sure_kind_stands_beneath_a_word_that_is_only_likely() -> None:
    kind = Answer(True, "n01861778", "mammal", 0.9)
    card = answer_card(Answer(True, "n02084071", "dog", 0.6, kind=kind), [], 0.7)
    assert card.index("dog") < card.index("Surely mammal (90%).")
    unknown = answer_card(Answer(False, None, "I do not know", 0.3, kind=kind), [], 0.7)
    assert "Surely mammal (90%)." in unknown
