"""One picture or a folder of them through the same work, with progress, nothing half-written."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PIL.Image import Image
from tqdm import tqdm

from zoo.errors import BadInput, BadPicture, IrisError
from zoo.files import pictures_in
from zoo.images.decode import open_picture
from zoo.images.saving import check_savable, save_picture
from zoo.progress import Progress, run_to_end, with_bar

Work = Callable[[Image], Iterator[Progress]]
Read = Callable[[Path], Image]


def run_on(source: Path, target: Path, work: Work, read: Read = open_picture) -> list[str]:
    """Do the work on a picture file, or on every picture of a folder, and save the results under `target`.

    Gives a sentence for every picture of the folder that could not be read, used or saved; those are passed over.
    Raises what else the work raises, because that holds for all pictures, and BadInput where source and target do not
    match.
    """
    if source.is_dir():
        return _run_on_folder(source, target, work, read)
    check_savable(target)
    save_picture(run_to_end(with_bar(work(read(source)), source.name)), target)
    return []


def _run_on_folder(source: Path, target: Path, work: Work, read: Read) -> list[str]:
    if target.is_file() or not target.absolute().parent.is_dir():
        raise BadInput(f"{source} is a folder, so OUT must be one too; {target} cannot be made a folder")
    if target.is_dir() and target.samefile(source):
        raise BadInput(f"OUT is the folder of the pictures themselves ({target}); name another one")
    failures = []
    for path in tqdm(pictures_in(source), unit="picture", disable=None):
        try:
            picture = read(path)
        except BadPicture as error:
            failures.append(str(error))
            continue
        try:
            result = run_to_end(work(picture))
        except BadPicture as error:
            failures.append(f"{path.name}: {error}")
            continue
        try:
            target.mkdir(exist_ok=True)
            save_picture(result, target / path.name)
        except IrisError as error:
            failures.append(str(error))
    return failures
