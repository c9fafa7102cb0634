"""A folder to index, and its indexing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from picture_sets import ByteEncoder

from embeddings.library.collection import PictureSet
from embeddings.library.indexing import index_folder
from zoo.progress import run_to_end


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    (made / "inner").mkdir(parents=True)
    for name, text in {"a.jpg": "a", "b.PNG": "b", "inner/c.webp": "c", "notes.txt": "no"}.items():
        (made / name).write_text(text)
    return made


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Callable[..., PictureSet]:
    def indexed(eye: ByteEncoder, model: str = "m") -> PictureSet:
        return run_to_end(index_folder(folder, eye, model=model, where=tmp_path / "cache", dimension=4))

    return indexed
