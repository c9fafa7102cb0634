"""Files that the page may serve: where they lie, and at which address a browser gets them."""

import os
from pathlib import Path
from tempfile import mkdtemp

from gradio.utils import get_upload_folder

from demo.server.room import ALL_FULL, VISITOR_FULL, Room, is_at_this_machine
from demo.server.visitors import current_visitor
from zoo.errors import BadInput

_room: Room | None = None


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


def keep_results_in(room: Room | None) -> None:
    """Let results count as what their visitors keep in a room, and be refused where that is full."""
    global _room
    _room = room


def check_room() -> None:
    """Raise BadInput where the visitor may keep no more results here; who sits at this machine may."""
    visitor = current_visitor()
    if _room is None or is_at_this_machine(visitor):
        return
    if _room.is_full_for(visitor):
        raise BadInput(VISITOR_FULL)
    if _room.is_full():
        raise BadInput(ALL_FULL)


def count_result(path: Path) -> None:
    """Count a result that was saved as its visitor's."""
    if _room is not None:
        _room.add(_room.begin(current_visitor()), path.stat().st_size)


def served_url(path: Path | str) -> str:
    """Give the address at which the browser gets a file of the served folder."""
    return f"/gradio_api/file={path}"
