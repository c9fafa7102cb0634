"""Clips on the command line: one, or every clip of a folder and of those in it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from zoo.command_line import on_one_line
from zoo.errors import BadInput, IrisError
from zoo.files import is_clip_name, is_made
from zoo.listing import Listing
from zoo.video.container import WRITABLE

Paint = Callable[[Path, Path], None]  # from a clip to its result


def clips_below(source: str) -> list[str]:
    """Give the names of the clips in a folder and in those below it; none where it is no folder of this machine."""
    return [file.name for file in Listing(Path(source), is_clip_name)] if os.path.isdir(source) else []


def run_on_clips(paint: Paint, source: Path, target: Path, names: list[str], *, skip_existing: bool) -> None:
    """Paint these clips of a folder into another one, under their names; raises IrisError where some failed.

    What cannot be written as it was, such as a .webm, becomes an MP4 whose name keeps the old ending.
    """
    if target.is_file() or not target.absolute().parent.is_dir():
        raise BadInput(f"{source} is a folder, so OUT must be one too; {target} cannot be made a folder")
    if target.is_dir() and target.samefile(source):
        raise BadInput(f"OUT is the folder of the clips themselves ({target}); name another one")
    begun, failed = [name for name in names if not (source / name).resolve().is_relative_to(target.resolve())], 0
    for name in begun:
        result = target / result_name(name)
        if skip_existing and is_made(result):
            continue
        result.parent.mkdir(parents=True, exist_ok=True)
        try:
            paint(source / name, result)
        except BadInput as error:
            sys.stderr.write(f"{on_one_line(str(error))}\n")
            failed += 1
    if failed:
        raise IrisError(f"{failed} of the {len(begun)} clips in {source} could not be done; the others are")


def result_name(name: str) -> str:
    """Give the name that a result of a clip has in a folder of results."""
    return name if name.lower().endswith(tuple(WRITABLE)) else f"{name}.mp4"
