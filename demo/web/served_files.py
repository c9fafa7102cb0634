"""Files that the page may serve: where they lie, and at which address a browser gets them."""

import os
from pathlib import Path
from tempfile import mkdtemp

from gradio.utils import get_upload_folder


def served_folder(name: str = "") -> Path:
    """Give the folder from which Gradio serves files, or one inside it, made where it is not there yet."""
    folder = Path(get_upload_folder()).resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_served_folder() -> Path:
    """Make a new folder for one file, whose name nobody can guess."""
    return Path(mkdtemp(dir=served_folder()))


def renewed(path: Path) -> bool:
    """Tell whether a file is there, which is kept from now on as if it were new: cleaning goes by age."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True


def served_url(path: Path | str) -> str:
    """Give the address at which the browser gets a file of the served folder."""
    return f"/gradio_api/file={path}"
