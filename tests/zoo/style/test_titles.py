"""Which paintings the styles come from."""

from zoo.style.fast import styles
from zoo.style.titles import PAINTINGS, Painting, painting_of


def test_every_bundled_style_is_told_with_title_painter_and_year() -> None:
    told = [PAINTINGS[style] for style in styles()]
    assert all(one.title and one.painter and one.year for one in told) and len(set(told)) == len(told)


def test_a_painting_reads_like_a_label() -> None:
    assert str(painting_of("starry-night")) == "The Starry Night (van Gogh, 1889)"


def test_a_style_of_ones_own_is_titled_by_its_name() -> None:
    assert str(painting_of("my-artwork")) == "My artwork" and painting_of("my-artwork") == Painting("My artwork")
