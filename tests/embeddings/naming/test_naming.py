"""Nouns for shares of classes, and answers as specific as is sure."""

from functools import partial

import numpy as np
import pytest

from embeddings.naming.calibration import calibrate
from embeddings.naming.classifier import ZeroShotClassifier
from embeddings.naming.config import CONFIDENCE, DEFAULT, NamingConfig
from embeddings.naming.ranking import nearest_classes
from embeddings.naming.vocabulary import EMPTY_KINDS, general_nouns
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery

PUG, BULLDOG, DOG, ANIMAL = "n02110958", "n02096585", "n02084071", "n00015388"
CRANE_BIRD, CRANE_MACHINE, BEACON = "n02012849", "n03126707", "n02814860"
CLASSES = (PUG, BULLDOG, CRANE_BIRD, CRANE_MACHINE, BEACON)


@pytest.fixture(scope="module")
def names() -> ZeroShotClassifier:
    return ZeroShotClassifier(CLASSES)


def shares(**given: float) -> np.ndarray:
    """What is given to classes by name, the rest evenly among the others."""
    named = dict(zip(("pug", "bulldog", "bird", "machine", "beacon"), CLASSES, strict=True))
    rest = (1 - sum(given.values())) / max(1, len(CLASSES) - len(given))
    return np.array([given.get(name, rest) for name in named], np.float32)


def probability_of(names: ZeroShotClassifier, given: np.ndarray) -> np.ndarray:
    """How likely every noun is, useful or not."""
    return calibrate(names.tree.subtree_mass(given), load_nouns().depths, DEFAULT)


def test_a_clear_picture_is_its_class_then_what_is_above_and_beside_it(names: ZeroShotClassifier) -> None:
    hits = names.rank(shares(pug=0.96), k=10)
    assert (hits[0].id, hits[0].label, hits[0].score) == (
        PUG,
        "pug",
        pytest.approx(0.96**DEFAULT.class_power, abs=1e-4),
    )
    assert DOG in [hit.id for hit in hits[1:4]]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_ranking_within_reach_is_the_ranking_of_all(names: ZeroShotClassifier) -> None:
    mixed = shares(pug=0.5, machine=0.3, bulldog=0.1, bird=0.07)
    near, all_nouns = names.rank(mixed, k=15), names.rank(mixed, k=15, candidates=load_nouns().ids)
    assert [hit.id for hit in near] == [hit.id for hit in all_nouns]
    assert [hit.score for hit in near] == pytest.approx([hit.score for hit in all_nouns], rel=1e-4)


def test_a_noun_without_photos_passes_the_classes_that_are_unlikely(names: ZeroShotClassifier) -> None:
    scores = names.ranking.scores(shares(pug=0.48, bulldog=0.48))
    row = names.nouns.row
    assert scores[row(BULLDOG)] > scores[row(DOG)] > scores[row(BEACON)]


def test_the_commoner_of_two_equal_words_comes_first() -> None:
    one = shares(pug=1.0)
    without, shipped = NamingConfig(commonness_power=0), NamingConfig()
    plain, common = (ZeroShotClassifier(CLASSES, config).ranking.scores(one) for config in (without, shipped))
    rows = [load_nouns().row(id) for id in (DOG, "n02083346")]  # dog, and canine above it
    assert np.divide(*common[rows]) > np.divide(*plain[rows])


@pytest.mark.parametrize("left_out", [NamingConfig(kernel_weight=0), NamingConfig(hypernym_weight=0)])
def test_kernels_and_steps_up_each_add(names: ZeroShotClassifier, left_out: NamingConfig) -> None:
    one = shares(pug=0.9)
    less = ZeroShotClassifier(CLASSES, left_out).ranking.scores(one)
    row = names.nouns.row(DOG)
    assert 0 < less[row] < names.ranking.scores(one)[row]


def test_unlikely_classes_near_a_noun_count_against_it(names: ZeroShotClassifier) -> None:
    with_them, without_them = shares(pug=0.5, bulldog=0.4), shares(pug=0.5, machine=0.4)

    def gain_of_dog(config: NamingConfig) -> float:
        ranking = ZeroShotClassifier(CLASSES, config).ranking
        row = names.nouns.row(DOG)
        return ranking.scores(with_them)[row] / ranking.scores(without_them)[row]

    assert gain_of_dog(NamingConfig(predicting_classes=2)) > 1.2 * gain_of_dog(NamingConfig(predicted_power=0))


def test_each_noun_is_predicted_from_the_classes_nearest_to_it(names: ZeroShotClassifier) -> None:
    near = nearest_classes(tuple(names.tree.rows.tolist()), 2)
    assert set(near[names.nouns.row(DOG)]) == {CLASSES.index(PUG), CLASSES.index(BULLDOG)}
    assert near[names.nouns.row(BEACON), 0] == CLASSES.index(BEACON)


def test_a_picture_of_nothing_scores_nothing(names: ZeroShotClassifier) -> None:
    assert not names.ranking.scores(np.zeros(len(CLASSES), np.float32)).any()


def test_candidates_limit_the_nouns(names: ZeroShotClassifier) -> None:
    hits = names.rank(shares(pug=0.9), k=10, candidates=[CRANE_BIRD, DOG, BEACON])
    assert hits[0].id == DOG
    assert {hit.id for hit in hits} == {CRANE_BIRD, DOG, BEACON}


def test_numbers_out_of_range_are_refused(names: ZeroShotClassifier) -> None:
    with pytest.raises(BadQuery, match="0 answers"):
        names.rank(shares(pug=0.9), k=0)
    for sureness in (0.0, 1.5, float("nan")):
        with pytest.raises(BadQuery, match="sureness"):
            names.answer(shares(pug=0.9), confidence=sureness)


def test_a_clear_picture_gets_the_specific_noun(names: ZeroShotClassifier) -> None:
    answer = names.answer(shares(pug=0.96))
    assert (answer.known, answer.id, answer.label) == (True, PUG, "pug")
    assert CONFIDENCE < answer.sureness < 1


def test_a_picture_between_two_dogs_is_a_dog(names: ZeroShotClassifier) -> None:
    answer = names.answer(shares(pug=0.49, bulldog=0.49), confidence=0.7)
    assert answer.id == DOG
    assert names.answer(shares(pug=0.5, bulldog=0.5), confidence=0.9, candidates=[PUG, BULLDOG, BEACON]).id == DOG


def test_a_picture_of_nothing_in_particular_is_unknown(names: ZeroShotClassifier) -> None:
    answer = names.answer(shares(), confidence=0.95)
    assert (answer.known, answer.id, answer.label) == (False, None, "I do not know")
    assert answer.sureness < 0.95


def test_a_picture_of_two_things_is_one_and_also_the_other(names: ZeroShotClassifier) -> None:
    answer = names.answer(shares(pug=0.59, beacon=0.39), confidence=0.4)
    assert answer.id == PUG
    assert [other.id for other in answer.others] == [BEACON]
    assert answer.others[0].sureness >= DEFAULT.min_other_probability


def test_other_things_are_of_other_kinds_than_the_answer(names: ZeroShotClassifier) -> None:
    assert names.answer(shares(pug=0.49, bulldog=0.49)).others == ()
    assert names.answer(shares(pug=0.49, beacon=0.49), confidence=0.99).others == ()


def test_a_house_is_a_house_though_some_of_it_may_be_a_mansion() -> None:
    house, palace = "n03544360", "n03878066"
    names = ZeroShotClassifier((house, palace, BEACON))
    assert house in load_nouns().path(palace)
    assert names.answer(np.array([0.6, 0.3, 0.1], np.float32)).id == house
    assert names.answer(np.array([0.2, 0.7, 0.1], np.float32), confidence=0.6).id == palace


def test_of_kinds_that_hold_as_much_the_deepest_is_the_answer() -> None:
    bicycle, tricycle, container = "n02834778", "n04482393", "n03094503"
    names = ZeroShotClassifier((bicycle, tricycle, BEACON))
    assert container in load_nouns().ancestors(bicycle)  # by way of wheeled vehicles
    said = names.answer(np.array([0.4, 0.4, 0.2], np.float32), confidence=0.8)
    assert said.known and said.id != container


def test_nobody_is_called_names() -> None:
    person = "n00007846"
    names = ZeroShotClassifier((person, BEACON))
    hits = names.rank(np.array([0.9, 0.1], np.float32), k=30)
    assert hits[0].id == person
    assert not any(person in load_nouns().ancestors(hit.id) for hit in hits)


def test_what_is_surely_among_the_candidates_is_at_most_certain_and_told_alone(names: ZeroShotClassifier) -> None:
    candidates = set(load_nouns().ids) - set(CLASSES)
    chances = names.evidence(shares(pug=0.5, beacon=0.4), candidates=candidates).mass
    assert chances.max() == pytest.approx(1) and chances.max() <= 1
    answer = names.answer(shares(pug=0.49, beacon=0.49), confidence=0.3, candidates=[PUG, BEACON])
    assert answer.id in {PUG, BEACON} and answer.others == ()


def test_what_is_to_be_done_without_is_no_answer_though_it_is_above_the_candidates(names: ZeroShotClassifier) -> None:
    dogs = [id for id in load_nouns().ids if DOG in load_nouns().ancestors(id)]
    answer = partial(names.answer, shares(pug=0.5, bulldog=0.5), confidence=0.99, candidates=dogs)
    assert answer().id == DOG
    assert answer(without=[DOG]).id not in {DOG, *dogs}


def test_more_sureness_is_never_answered_more_specifically(names: ZeroShotClassifier) -> None:
    answers = [names.answer(shares(pug=0.6, bulldog=0.3), confidence=sureness) for sureness in (0.1, 0.4, 0.7, 0.95)]
    depths = [load_nouns().depth(answer.id) if answer.id else -1 for answer in answers]
    assert depths == sorted(depths, reverse=True)
    assert depths[0] > depths[-1]


def test_chances_grow_towards_the_root_and_with_the_first_share(names: ZeroShotClassifier) -> None:
    clear, vague = probability_of(names, shares(pug=0.95)), probability_of(names, shares(pug=0.4))
    path = [load_nouns().row(id) for id in load_nouns().path(PUG)]
    assert (np.diff(clear[path]) >= -1e-9).all()
    assert clear[path[0]] > vague[path[0]] > 0
    assert vague.min() >= 0 and clear.max() <= 1 + 1e-9


def test_a_picture_wholly_of_one_class_can_be_ranked_and_answered(names: ZeroShotClassifier) -> None:
    one = shares(pug=1.0)
    assert names.rank(one, k=1)[0].id == names.answer(one, confidence=0.99).id == PUG


def test_what_is_true_of_nearly_everything_is_never_the_answer(names: ZeroShotClassifier) -> None:
    assert general_nouns()[load_nouns().row("n00001740")]  # entity
    assert not general_nouns()[load_nouns().row(ANIMAL)]
    placental = "n01886756"
    assert probability_of(names, shares(pug=0.9))[load_nouns().row(placental)] > 0.5
    answers = [
        names.answer(shares(pug=0.5, bulldog=0.3), confidence=float(least)) for least in np.arange(0.02, 1, 0.02)
    ]
    assert placental not in {answer.id for answer in answers}
    assert names.ranking.scores(shares(pug=0.9))[load_nouns().row("n00001740")] < 1e-6


def test_a_network_of_one_class_has_a_namer() -> None:
    assert ZeroShotClassifier((PUG,)).rank(np.ones(1, np.float32), k=3)[0].id == PUG


def test_the_answer_is_a_relative_of_the_likeliest_noun_or_as_sure_as_asked(names: ZeroShotClassifier) -> None:
    """Depth in WordNet once decided between two different things: 0.46 pug and 0.50 lighthouse gave "vertebrate"."""
    for pug, beacon in ((0.46, 0.50), (0.46, 0.52), (0.44, 0.54), (0.5, 0.46)):
        answer = names.answer(shares(pug=pug, beacon=beacon), confidence=0.75)
        assert answer.known and answer.sureness >= 0.75, (pug, beacon)
        assert answer.id == BEACON, (pug, beacon)
    vertebrate_or_mammal = {"n01471682", "n01861778"}
    answers = [names.answer(shares(pug=0.44, beacon=0.54), confidence=least) for least in (0.3, 0.4, 0.5, 0.6)]
    assert vertebrate_or_mammal.isdisjoint(answer.id for answer in answers)


def test_kinds_that_say_nothing_are_never_the_answer(names: ZeroShotClassifier) -> None:
    for probabilities in np.random.default_rng(0).dirichlet([0.3] * len(CLASSES), 40).astype(np.float32):
        for confidence in (0.3, 0.5, 0.7, 0.9):
            assert names.answer(probabilities, confidence=confidence).id not in EMPTY_KINDS


def test_a_telling_word_that_is_likely_comes_before_a_kind_that_is_surer_and_the_kind_is_told() -> None:
    dogs, whales = ("n02110958", "n02096585", "n02099601"), ("n02066245", "n02071294")  # two whales
    names = ZeroShotClassifier((*dogs, *whales, BEACON))
    answer = names.answer(np.array([0.24, 0.24, 0.24, 0.12, 0.12, 0.04], np.float32), confidence=0.85)
    assert answer.label == "dog" and answer.kind is not None and answer.kind.id in EMPTY_KINDS
    assert DEFAULT.likely <= answer.sureness < 0.85 <= answer.kind.sureness


def test_a_finer_class_is_ranked_before_an_everyday_concept_that_is_as_likely_unless_asked_among_candidates() -> None:
    jeep, car = "n03594945", "n02958343"
    names = ZeroShotClassifier((jeep, car, BEACON), NamingConfig(imagenet_classes=1))
    probabilities = np.array([0.46, 0.52, 0.02], np.float32)
    assert names.rank(probabilities, k=1)[0].id == jeep
    assert names.rank(probabilities, k=1, candidates=[jeep, car])[0].id == car
    assert names.answer(probabilities).id == car


def test_a_kind_is_called_by_its_commonest_word() -> None:
    toy_terrier, spaniel = "n02087046", "n02085782"  # a toy dog each
    names = ZeroShotClassifier((toy_terrier, spaniel, BEACON))
    answer = names.answer(np.array([0.49, 0.49, 0.02], np.float32), confidence=0.6)
    assert load_nouns().label(load_nouns().parents(toy_terrier)[0]) == "toy dog"
    assert answer.label == "dog"


def test_alternatives_state_the_chances_that_the_answer_is_chosen_by(names: ZeroShotClassifier) -> None:
    given = shares(pug=0.9, bulldog=0.05)
    hits = names.alternatives(given, k=5)
    answer = names.answer(given)
    assert hits[0].id == answer.id == PUG
    assert hits[0].score == pytest.approx(answer.sureness)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert BULLDOG in [hit.id for hit in hits] and DOG not in [hit.id for hit in hits]
