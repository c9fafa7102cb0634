"""The bundled examples that the page opens with."""

from pathlib import Path

import pytest

from demo import bundle
from demo.web import examples

REMEDY = "an example is of other weights; run: python -m demo.bundle"


def test_every_example_is_bundled_and_by_the_weights_of_today(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_: Path) -> None:
        raise AssertionError(REMEDY)

    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    monkeypatch.setattr(examples, "written_beside", refuse)
    bundled = {path for path in examples.BUNDLED.rglob("*") if path.is_file()}
    assert bundled == set(bundle.opening_examples()), REMEDY
