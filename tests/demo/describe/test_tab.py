"""The Describe tab as a visitor uses it."""

import re

import pytest
from page_requests import Write
from page_visitor import PageRefused, Visitor
from picture_files import encoded

from demo.samples import samples
from zoo.images.decode import open_picture


def test_a_picture_is_answered_with_a_card_bars_and_a_map(visitor: Visitor) -> None:
    photo = visitor.upload(samples()["coffee"].path)
    shown = visitor.press("Name it", {"Your picture": photo, "Sureness": 0.05})
    card = shown["iris-card"]["value"]
    [heading] = re.findall(r"<h2>(.+?)</h2>", card)
    assert heading != "I do not know" and "\u203a" in card
    bars, _, drawn = shown["iris-charts"]["value"].partition('<figure class="iris-map">')
    nouns = re.findall(r'<th scope="row"[^>]*>([^<]+)<', bars)
    assert 1 < len(nouns) <= 10 and all(f">{noun}<" in drawn for noun in nouns if len(noun) <= 22)
    assert shown["iris-actions"]["visible"]


def test_of_several_pages_the_first_is_named_and_the_page_says_so(visitor: Visitor, upload: Write) -> None:
    photo = open_picture(samples()["coffee"].path)
    pages = encoded(photo, "TIFF", save_all=True, append_images=[photo.rotate(180)])
    shown = visitor.press("Name it", {"Your picture": visitor.upload(upload("a.tif", pages))})
    assert "only the first was taken. What a.tif shows" in shown["iris-status"]


@pytest.mark.parametrize("sureness", ["very", 7, 0, None, []])
def test_a_sureness_out_of_range_is_refused(visitor: Visitor, sureness: object) -> None:
    photo = visitor.upload(samples()["coffee"].path)
    with pytest.raises(PageRefused, match="sure"):
        visitor.press("Name it", {"Your picture": photo, "Sureness": sureness})


def test_there_is_nothing_to_describe_without_a_picture(visitor: Visitor) -> None:
    with pytest.raises(PageRefused, match="no picture yet"):
        visitor.press("Name it", {})


def test_a_sample_is_described_before_anything_is_given(visitor: Visitor) -> None:
    shown = visitor.open(2)
    assert "<h2>" in shown["iris-card"]["value"] and shown["Your picture"]["orig_name"] == "cat.png"
