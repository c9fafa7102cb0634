"""The Find tab: its suggestions, and what it says of what it found."""

import pytest

from demo.find.chips import SUGGESTIONS
from demo.find.messages import TOP, result_message
from demo.find.photos import Photos, open_photos
from demo.find.tab import EXAMPLES, PLACEHOLDER
from demo.settings import Settings
from embeddings.results import Hit, Match
from embeddings.retrieval.match import SearchResult


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Photos:
    """The sample photos, indexed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IRIS_CACHE", str(tmp_path_factory.mktemp("cache")))
        photos = open_photos(Settings())
        assert photos.count() > 10
        return photos


@pytest.mark.parametrize("word", SUGGESTIONS)
def test_a_suggested_word_finds_few_of_the_sample_photos(samples: Photos, word: str) -> None:
    assert 1 <= len(samples.matching(samples.query(word, None), TOP).matches) <= 4


@pytest.mark.parametrize("query", [*EXAMPLES, PLACEHOLDER])
def test_what_the_hints_offer_finds_something_among_the_sample_photos(samples: Photos, query: str) -> None:
    assert samples.matching(samples.query(query, None), TOP).matches


def test_what_no_sample_shows_finds_nothing(samples: Photos) -> None:
    found = samples.matching(samples.query("violin", None), TOP)
    assert result_message(samples, found, '"violin"').startswith('Nothing matches "violin" among ')


def test_a_wider_word_is_advised_only_where_a_word_was_given(samples: Photos) -> None:
    assert "Try a wider word." in result_message(samples, SearchResult(), '"violin" and this picture')
    assert "wider" not in result_message(samples, SearchResult(), "this picture")


def test_no_more_photos_are_counted_than_were_looked_for(samples: Photos) -> None:
    one = Match(Hit("a.jpg", "a.jpg", 0.5), copies=(Hit("b.jpg", "b.jpg", 0.5),))
    assert result_message(samples, SearchResult((one,)), "this picture").startswith(
        f"1 of {samples.count()} photos matches this picture. "
    )
    assert "Near-copies folded: 1." in result_message(samples, SearchResult((one,)), "this picture")
    assert result_message(samples, SearchResult((one,) * TOP), "this picture").startswith("At least 12 of ")
