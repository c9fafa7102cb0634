"""What the commands on pictures are given: one or several, folders, or a pipe; and where each result goes."""

import os
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from zoo.command_line import on_one_line
from zoo.errors import BadInput, IrisError
from zoo.files import result_name
from zoo.images.decode import MAX_BYTES
from zoo.listing import is_picture_name

PIPE = "-"
Command = Callable[[Namespace], None]


def for_each_input(command: Command, options: Namespace) -> None:
    """Run a command on each of the inputs, with one `source` and one `target`.

    Raises BadInput where they do not match, and IrisError with all that went wrong of several.
    """
    if PIPE in options.source or options.target == PIPE:
        return _through_pipe(command, options)
    pairs = pairs_of(options.source, options.target)
    failures = []
    for source, target in pairs:
        try:
            _run(command, options, source, target)
        except IrisError as error:
            if len(pairs) == 1:
                raise
            failures.append(on_one_line(str(error)))
    if failures:
        raise IrisError("\n".join([*failures, f"{len(failures)} of {len(pairs)} could not be done; the others are"]))


def pairs_of(sources: Sequence[str], target: str) -> list[tuple[str, str]]:
    """Each input with its result: a file into a folder keeps its name, several need a folder; raises BadInput."""
    if "://" in target or (len(sources) == 1 and (os.path.isdir(sources[0]) or not _is_folder(target))):
        if len(sources) > 1:
            raise BadInput(f"several pictures do not go to {target} at once; give one folder")
        return [(sources[0], os.path.realpath(target) if os.path.islink(target) else target)]
    if not os.path.isdir(target) and (os.path.exists(target) or is_picture_name(target)):
        raise BadInput(f"there are {len(sources)} inputs, so OUT must be a folder; {target} is none")
    pairs = [(source, os.path.join(target, _name_in_folder(source))) for source in sources]
    seen: dict[str, str] = {}
    for source, result in pairs:
        if result in seen:
            raise BadInput(f"{seen[result]} and {source} would both become {result}; rename one of them")
        seen[result] = source
    if not Path(target).absolute().parent.is_dir():
        raise BadInput(f"there is no folder {Path(target).parent} to make {target} in")
    os.makedirs(target, exist_ok=True)
    return pairs


def _run(command: Command, options: Namespace, source: str, target: str) -> None:
    """Run a command on one input; a file is replaced by its own result only where that is asked for, and whole."""
    is_itself = os.path.isfile(source) and os.path.exists(target) and os.path.samefile(source, target)
    if not is_itself:
        return command(Namespace(**vars(options) | {"source": source, "target": target}))
    if not options.force:
        raise BadInput(f"OUT is the picture itself ({target}); name another file, or give --force to replace it")
    with tempfile.TemporaryDirectory(dir=Path(target).parent, prefix=".") as beside:
        made = os.path.join(beside, os.path.basename(target))
        command(Namespace(**vars(options) | {"source": source, "target": made}))
        os.replace(made, target)


def _through_pipe(command: Command, options: Namespace) -> None:
    """Run a command with "-" for standard input or output, between which the result is a PNG."""
    if len(options.source) > 1:
        raise BadInput("standard input is one picture; give - alone")
    if options.target == PIPE and sys.stdout.isatty():
        raise BadInput("a picture is not for a terminal; send standard output to a file or program")
    with tempfile.TemporaryDirectory() as folder:
        [source], target = options.source, options.target
        if source == PIPE:
            source = os.path.join(folder, "standard-input")
            Path(source).write_bytes(sys.stdin.buffer.read(MAX_BYTES + 1))
        if target == PIPE:
            target = os.path.join(folder, "result.png")
        elif _is_folder(target):
            raise BadInput(f"what comes from standard input has no name; name a file in {target}")
        if os.path.isdir(source):
            raise BadInput(f"{source} is a folder, which does not fit through a pipe; name a folder as OUT")
        _run(command, options, source, target)
        if options.target == PIPE:
            with open(target, "rb") as result:
                shutil.copyfileobj(result, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _is_folder(target: str) -> bool:
    return os.path.isdir(target) or target.endswith(("/", os.sep))


def _name_in_folder(source: str) -> str:
    name = os.path.basename(source.rstrip("/"))
    return name if os.path.isdir(source) else result_name(name)
