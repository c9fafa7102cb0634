"""One picture or a folder of them through the same work, with progress, nothing half-written."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath

from PIL.Image import Image
from tqdm import tqdm

from zoo.bulk.address import Address, Place
from zoo.bulk.buckets import Bucket
from zoo.bulk.engine import Map
from zoo.bulk.folders import existing, fetched, is_of_one_object, lies_within, listing_of, stored
from zoo.errors import BadInput, BadPicture, IrisError
from zoo.files import READABLE, is_made, remove_abandoned_parts, result_name
from zoo.images.decode import FIRST_OF_SEVERAL, open_picture
from zoo.images.saving import check_savable, save_picture
from zoo.listing import Listing, is_picture_name
from zoo.progress import Progress, run_to_end, with_bar

Work = Callable[[Image], Iterator[Progress[Image]]]
Read = Callable[[Path], Image]
Job = Callable[[Path, Path], str]  # from a picture to its result, and why that failed
Size = tuple[int, int]
SizeOf = Callable[[Size], Size]  # of a picture to that of its result

log = logging.getLogger(__name__)


def same_size(size: Size) -> Size:
    """Give the size of a result that is as large as its picture."""
    return size


@dataclass(frozen=True)
class Report:
    """What was not done of a folder, a sentence each."""

    failures: tuple[str, ...] = ()  # pictures that could not be read, used or saved
    left_out: tuple[str, ...] = ()  # results there already, folders that cannot be opened
    others: Mapping[str, int] = field(default_factory=dict)  # files that are no pictures, by their ending


def run_on(
    source: Place,
    target: Place,
    work: Work,
    read: Read = open_picture,
    size_of: SizeOf = same_size,
    *,
    skip_existing: bool = False,
    run: Map = map,
) -> Report:
    """Do the work on a picture file, or on every picture of a folder and of those in it, and save the results.

    Folders may lie in an object store. The results of one lie in `target` under the same names (see `result_name`).
    With `skip_existing` results that are there stay as they are; `run` says where a folder is worked on. Raises what
    else the work raises, because that holds for all pictures, and BadInput where source and target do not match.
    """
    if isinstance(source, Address) or source.is_dir():
        job = partial(_failure_of, work=work, read=read, size_of=size_of)
        return _run_on_folder(source, target, job, skip_existing=skip_existing, run=run)
    if isinstance(target, Address):
        raise BadInput(f"OUT is a folder of a store ({target}), so IN must be a folder, too; {source} is none")
    check_savable(target)
    if target.exists() and source.exists() and target.samefile(source):
        raise BadInput(f"OUT is the picture itself ({target}); name another file")
    remove_abandoned_parts(target.parent, below=False)
    if skip_existing and is_made(target):
        return Report(left_out=(f"{target} is there already",))
    picture = read(source)
    check_savable(target, size_of(picture.size))
    _note_frames(source, picture)
    save_picture(run_to_end(with_bar(work(picture), source.name)), target)
    return Report()


def _run_on_folder(source: Place, target: Place, job: Job, *, skip_existing: bool, run: Map) -> Report:
    _check_folders(source, target)
    listing, results = listing_of(source), target.resolve() if isinstance(target, Path) else target
    names = [file.name for file in listing if not lies_within(source, file.name, results)]
    if not names:
        raise BadInput(f"there is no picture in {source}; their names end in {', '.join(READABLE)}")
    if isinstance(target, Path):
        remove_abandoned_parts(target)
    there = existing(target, map(result_name, names)) if skip_existing else set()
    missing = [name for name in names if result_name(name) not in there]
    found = tqdm(
        run(partial(_run_named, source, target, job), missing), total=len(missing), unit="picture", disable=None
    )
    failures = tuple(failure for failure in found if failure)
    return Report(failures, tuple(_left_out(source, listing, len(there))), listing.others)


def _check_folders(source: Place, target: Place) -> None:
    if isinstance(target, Path) and not target.is_dir() and is_picture_name(target.name):
        raise BadInput(f"{source} is a folder, so OUT must be one too; {target} is called like a picture")
    if isinstance(target, Path) and (target.is_file() or not target.absolute().parent.is_dir()):
        raise BadInput(f"{source} is a folder, so OUT must be one too; {target} cannot be made a folder")
    if source == target or (
        isinstance(source, Path) and isinstance(target, Path) and target.is_dir() and target.samefile(source)
    ):
        raise BadInput(f"OUT is the folder of the pictures themselves ({target}); name another one")


def _run_named(source: Place, target: Place, job: Job, name: str) -> str:
    """Do the job on one picture of a folder; its sentence says where the picture lies."""
    try:
        with fetched(source, name) as path, stored(target, result_name(name)) as result:
            failure = job(path, result)
    except OSError as error:
        if not is_of_one_object(error):
            raise
        failure = f"{PurePath(name).name} cannot be copied ({error})"
    folder = PurePath(name).parent.as_posix()
    return f"in {folder}: {failure}" if failure and folder != "." else failure


def _left_out(source: Place, listing: Listing | Bucket, there: int) -> Iterator[str]:
    if there:
        yield f"results that are there already: {there}"
    for folder, reason in listing.unlisted.items():
        yield f"{folder or source} ({reason})"


def _failure_of(path: Path, target: Path, *, work: Work, read: Read, size_of: SizeOf) -> str:
    """Work on one picture of a folder; gives a sentence where that failed because of this picture, else nothing."""
    try:
        picture = read(path)
    except BadPicture as error:
        return str(error)
    try:
        size = size_of(picture.size)
        target.parent.mkdir(parents=True, exist_ok=True)
        unsavable = _unsavable(target, size)
        result = None if unsavable else run_to_end(work(picture))
    except BadPicture as error:
        return f"{path.name}: {error}"
    if result is None:
        return unsavable
    _note_frames(path, picture)
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


def _note_frames(path: Path, picture: Image) -> None:
    """Say where only a part of a file is worked on."""
    if FIRST_OF_SEVERAL in picture.info:
        log.warning("%s has several frames or pages; only the first is taken", path.name)
