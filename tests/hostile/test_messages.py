"""What a visitor is told names files, not where the server keeps them."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from embeddings.library.indexing import index_folder
from zoo.errors import BadQuery
from zoo.progress import run_to_end


def test_a_zip_without_pictures_is_told_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    with ZipFile(path, "w") as file:
        file.writestr("notes.txt", "no picture")
    with pytest.raises(BadQuery, match=r"empty\.zip holds no pictures") as told:
        run_to_end(index_folder(path, lambda files: np.zeros((0, 4)), model="m", where=tmp_path / "cache", dimension=4))
    assert str(tmp_path) not in str(told.value)
