"""Results of bundled examples, made once by the real networks and kept: what each tab shows before a visitor acts."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from demo.web.served_files import new_served_folder
from zoo.catalog import entry
from zoo.files import cache_folder, lock_beside, written_beside
from zoo.images.saving import save_picture


def kept_example(name: str, model: str, make: Callable[[Path], None]) -> Path:
    """Keep a file of this name that `make` writes, once for each version of a model's weights."""
    version = hashlib.sha256(f"{name} {entry(model).sha256}".encode()).hexdigest()[:12]
    path = cache_folder() / "examples" / version / name
    if path.is_file():
        return path
    with lock_beside(path.with_name("lock")):
        if not path.is_file():  # another visitor may have made it meanwhile
            with written_beside(path) as part:
                renamed = part.with_name(f"{part.stem}{path.suffix}")
                make(renamed)
                renamed.rename(part)
    return path


def kept_picture(name: str, model: str, make: Callable[[], Image.Image]) -> Path:
    """Keep a picture that `make` gives, as `kept_example` keeps files."""
    return kept_example(name, model, lambda path: save_picture(make(), path))


def served_copy(file: Path, name: str = "") -> Path:
    """Copy a file to where the page may serve it, under its own name or another."""
    return Path(shutil.copyfile(file, new_served_folder() / (name or file.name)))
