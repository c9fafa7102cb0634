"""Scores and nearest words as drawings."""

import re

import numpy as np
import pytest

from demo.web.charts import HEIGHT, WIDTH, Word, around, bar_chart, word_map

WORDS = [
    Word("pug", 0.8, "dog, animal", "a small dog", True),
    Word("shih-tzu", 0.4, "dog", "", False),
    Word("pug", 0.2, "moth", "a moth", False),
]


@pytest.fixture
def vectors() -> np.ndarray:
    """Twelve unit vectors near each other (12, 8), and first of all the picture's."""
    cloud = np.random.default_rng(5).normal(size=(13, 8)) / 3 + 1
    return cloud / np.linalg.norm(cloud, axis=1, keepdims=True)


def word(label: str) -> Word:
    """A word of this label."""
    return Word(label, 0.5, "", "", True)


def test_bars_are_as_long_as_their_scores_beside_the_best() -> None:
    chart = bar_chart(WORDS)
    assert re.findall(r"width:(\d+)%", chart) == ["100", "50", "25"]
    assert chart.count("never seen</span>") == 2 and "dog, animal" in chart


def test_no_bar_is_long_where_no_noun_fits() -> None:
    assert re.findall(r"width:(\d+)%", bar_chart([Word("pug", 0.01, "", "", True)])) == ["10"]


def test_scores_below_nothing_have_no_bar() -> None:
    assert "width:0%" in bar_chart([word("pug"), Word("cat", -0.2, "", "", True)])


def test_a_word_lies_as_far_from_the_picture_as_its_vector(vectors: np.ndarray) -> None:
    picture, words = vectors[0], vectors[1:]
    places = around(picture, words)
    assert np.allclose(np.cos(np.linalg.norm(places, axis=1)), words @ picture)


def test_words_that_are_alike_lie_in_one_direction() -> None:
    vectors = np.eye(5)[[1, 1, 2, 2]] + 0.02 * np.random.default_rng(5).normal(size=(4, 5))
    one, same, other, _ = around(np.eye(5)[0], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    assert one @ same > 0 > one @ other


@pytest.mark.parametrize("count", [1, 2, 12])
def test_every_word_is_on_the_map_within_its_edges(vectors: np.ndarray, count: int) -> None:
    drawn = word_map(vectors[0], [word(f"noun {i}") for i in range(count)], vectors[1 : 1 + count])
    places = re.findall(r'<circle cx="(\d+)" cy="(\d+)"', drawn)
    assert len(places) == count and all(0 < int(x) < WIDTH and 0 < int(y) < HEIGHT for x, y in places)
    assert all(f">noun {i}<" in drawn for i in range(count))


def test_labels_of_words_in_one_place_do_not_lie_on_each_other(vectors: np.ndarray) -> None:
    near = vectors[[1, 1, 1, 5]] + 1e-3 * np.arange(4)[:, None]
    drawn = word_map(vectors[0], [word(f"noun {i}") for i in range(4)], near / np.linalg.norm(near, axis=1)[:, None])
    assert len(set(re.findall(r'<text x="(\d+)" y="(\d+)" text-anchor="(\w+)"', drawn))) == 4


def test_a_word_of_many_senses_is_on_the_map_once(vectors: np.ndarray) -> None:
    drawn = word_map(vectors[0], WORDS, vectors[1:4])
    assert drawn.count(">pug<") == 1 and drawn.count("<circle cx") == 2 and "the nearest first: pug, shih-tzu" in drawn


def test_there_is_no_map_without_words() -> None:
    assert word_map(np.ones(3), [], np.zeros((0, 3))) == ""


def test_markup_in_a_word_is_text(vectors: np.ndarray) -> None:
    odd = [Word('<b>"', 0.5, "", '<i>"', False)]
    for drawn in (bar_chart(odd), word_map(vectors[0], odd, vectors[1:2])):
        assert "<b>" not in drawn and '<i>"' not in drawn and "&lt;b&gt;" in drawn
