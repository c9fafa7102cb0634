"""The bundled pictures by which the paintings are chosen."""

from pathlib import Path

import pytest

from demo.style import previews
from zoo.catalog import entry
from zoo.style.fast import MODEL, styles

REMEDY = "the paintings changed; run: python -m demo.style.previews"


def test_every_style_has_a_preview_of_its_own() -> None:
    assert len({previews.preview(name, "cpu").tobytes() for name in styles()}) == len(styles())


def test_the_bundled_previews_are_by_the_bundled_weights() -> None:
    assert previews.painted_by() == entry(MODEL).sha256, REMEDY
    assert {path.stem for path in previews.FOLDER.glob("*.webp")} == set(styles()), REMEDY


def test_a_preview_by_other_weights_is_painted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    bundled = previews.preview(styles()[0], "cpu")
    monkeypatch.setattr(previews, "painted_by", lambda: "another")
    assert previews.preview(styles()[0], "cpu").tobytes() != bundled.tobytes()  # the bundled one lost a little in WebP
    assert [path.name for path in tmp_path.rglob("*.png")] == [f"{styles()[0]}.png"]
