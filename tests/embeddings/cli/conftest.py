"""What the tests of commands are given."""

from pathlib import Path

import pytest
from encoder_stand_in import CRANE_BIRD, PUG, stand_in

from embeddings.cli import image_encoder


@pytest.fixture(autouse=True)
def _encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(image_encoder, "load", stand_in)
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_text(PUG)
    (folder / "b.jpg").write_text(CRANE_BIRD)
    return folder
