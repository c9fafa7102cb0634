"""Whatever is typed is read as terms or refused, and what is written plainly is read as it is written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.text import token
from embeddings.words.query_syntax import MAX_QUERY, Term, parse
from embeddings.words.sums import sum_terms
from embeddings.words.table import load_words
from zoo.errors import BadQuery

PLAIN = st.sampled_from(["lighthouse", "pug", "snow", "crane", "t-shirt", "guitar", "volcano"])
SIGNS = st.sampled_from([1, -1])
TYPED = st.text(st.sampled_from("abcxyz019 -+_'\",;.&|/\u2013\u201c\u00e9\u732b\ud83d\0"), max_size=40)


@settings(max_examples=200)
@given(TYPED)
def test_whatever_is_typed_gives_terms_that_hold_a_word_or_a_refusal_in_one_line(typed: str) -> None:
    try:
        terms = parse(typed).terms
    except BadQuery as refused:
        assert "type a word" in str(refused)  # noqa: PT017 - most of what is typed is no query
        return
    assert terms
    assert all(token(term.text) and term.sign in (1, -1) for term in terms)


@settings(max_examples=100)
@given(st.lists(st.tuples(SIGNS, PLAIN), min_size=1, max_size=8))
def test_signs_before_words_are_read_as_they_are_written(terms: list[tuple[int, str]]) -> None:
    typed = " ".join(f"{'+' if sign > 0 else '-'} {word}" for sign, word in terms)
    assert list(parse(typed).terms) == [Term(sign, word) for sign, word in terms]


@settings(max_examples=100)
@given(st.lists(PLAIN, min_size=1, max_size=5), SIGNS)
def test_quoted_words_are_one_term_whatever_stands_beside_them(words: list[str], sign: int) -> None:
    phrase = " and ".join(words)
    beside = f'snow {"+" if sign > 0 else "-"} "{phrase}"'
    assert list(parse(beside).terms) == [Term(1, "snow"), Term(sign, phrase)]


@given(st.integers(MAX_QUERY + 1, 10 * MAX_QUERY))
def test_what_is_too_long_is_refused_by_its_length(length: int) -> None:
    with pytest.raises(BadQuery, match=f"{length:,} characters is too long"):
        parse("a" * length)


@settings(max_examples=100)
@given(TYPED)
def test_whatever_is_typed_is_found_as_a_unit_vector_or_refused(typed: str) -> None:
    try:
        found = sum_terms(typed, load_words().look_up)
    except BadQuery:
        return
    assert found.how
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-4)
