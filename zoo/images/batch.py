"""One picture or a folder of them through the same work, with progress, nothing half-written."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL.Image import Image
from tqdm import tqdm

from zoo.errors import BadInput, BadPicture, IrisError
from zoo.files import pictures_in
from zoo.images.decode import has_more_frames, open_picture
from zoo.images.saving import check_savable, save_picture
from zoo.progress import Progress, run_to_end, with_bar

Work = Callable[[Image], Iterator[Progress[Image]]]
Read = Callable[[Path], Image]
Size = tuple[int, int]
SizeOf = Callable[[Size], Size]  # of a picture to that of its result

log = logging.getLogger(__name__)


def run_on(source: Path, target: Path, work: Work, read: Read = open_picture, size_of: SizeOf = tuple) -> list[str]:
    """Do the work on a picture file, or on every picture of a folder, and save the results under `target`.

    Gives a sentence for every picture of the folder that could not be read, used or saved; those are passed over.
    Raises what else the work raises, because that holds for all pictures, and BadInput where source and target do not
    match.
    """
    if source.is_dir():
        return _run_on_folder(source, target, work, read, size_of)
    if target.exists() and source.exists() and target.samefile(source):
        raise BadInput(f"OUT is the picture itself ({target}); name another file")
    check_savable(target)
    picture = read(source)
    check_savable(target, size_of(picture.size))
    _note_frames(source)
    save_picture(run_to_end(with_bar(work(picture), source.name)), target)
    return []


def _run_on_folder(source: Path, target: Path, work: Work, read: Read, size_of: SizeOf) -> list[str]:
    if target.is_file() or not target.absolute().parent.is_dir():
        raise BadInput(f"{source} is a folder, so OUT must be one too; {target} cannot be made a folder")
    if target.is_dir() and target.samefile(source):
        raise BadInput(f"OUT is the folder of the pictures themselves ({target}); name another one")
    pictures = tqdm(pictures_in(source), unit="picture", disable=None)
    found = (_failure_of(path, target / path.name, work, read, size_of) for path in pictures)
    return [failure for failure in found if failure]


def _failure_of(path: Path, target: Path, work: Work, read: Read, size_of: SizeOf) -> str:
    """Work on one picture of a folder; gives a sentence where that failed because of this picture, else nothing."""
    try:
        picture = read(path)
    except BadPicture as error:
        return str(error)
    try:
        size = size_of(picture.size)
        target.parent.mkdir(exist_ok=True)
        unsavable = _unsavable(target, size)
        result = None if unsavable else run_to_end(work(picture))
    except BadPicture as error:
        return f"{path.name}: {error}"
    if result is None:
        return unsavable
    _note_frames(path)
    try:
        save_picture(result, target)
    except IrisError as error:
        return str(error)
    return ""


def _unsavable(target: Path, size: Size) -> str:
    try:
        check_savable(target, size)
    except BadInput as error:
        return str(error)
    return ""


def _note_frames(path: Path) -> None:
    """Say where only a part of a file is worked on."""
    if has_more_frames(path):
        log.warning("%s has several frames or pages; only the first is taken", path.name)
