"""Results of bundled examples, made by the real networks: what each tab shows before a visitor acts.

Those by the bundled weights are bundled too, by `python -m demo.bundle`; others are made once and kept.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from demo.web.served_files import new_served_folder
from zoo.catalog import entry
from zoo.files import cache_folder, lock_beside, written_beside
from zoo.images.saving import save_picture

BUNDLED = Path(__file__).with_name("bundled")
QUALITY = 90  # of pictures


def kept_example(name: str, model: str, make: Callable[[Path], None]) -> Path:
    """Keep a file of this name that `make` writes, once for each version of the weights of a model and its partner."""
    models = [key for key in (model, entry(model).sharper) if key]
    made_by = " ".join([name, *(str(entry(key).sha256) for key in models)])
    inside = Path(hashlib.sha256(made_by.encode()).hexdigest()[:12], name)
    path = cache_folder() / "examples" / inside
    for known in (BUNDLED / inside, path):
        if known.is_file():
            return known
    with lock_beside(path.with_name("lock")):
        if not path.is_file():  # another visitor may have made it meanwhile
            with written_beside(path) as part:
                renamed = part.with_name(f"{part.stem}{path.suffix}")
                make(renamed)
                renamed.rename(part)
    return path


def kept_picture(name: str, model: str, make: Callable[[], Image.Image]) -> Path:
    """Keep a picture that `make` gives, as `kept_example` keeps files."""
    return kept_example(name, model, lambda path: save_picture(make(), path, quality=QUALITY))


def served_copy(file: Path, name: str = "") -> Path:
    """Copy a file to where the page may serve it, under its own name or another."""
    return Path(shutil.copyfile(file, new_served_folder() / (name or file.name)))
