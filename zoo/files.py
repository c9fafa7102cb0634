"""Files: which are pictures, where those of Iris lie, and writing that leaves the old file or the new one."""

import errno
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from zoo.errors import BadInput, IrisError

PART_NAME = re.compile(r"\.(?P<machine>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{12}\.part")
FOLDER_PREFIX = "iris-"
FOLDER_LOCK = ".lock"  # held as long as a folder is used, by which others know that one is nobody's
UNLOCKED_SECONDS = 5.0  # for which a new lock may not be held yet
PICTURE_FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".avif": "AVIF", ".gif": "GIF", ".tif": "TIFF",
    ".tiff": "TIFF", ".bmp": "BMP", ".jpe": "JPEG", ".jfif": "JPEG",
}  # fmt: skip

READ_ONLY = (".heic", ".heif", ".hif")  # endings of pictures that are read, but not written
READABLE = (*PICTURE_FORMATS, *READ_ONLY)
CLIP_ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts")


def pictures_in(folder: str | Path) -> list[Path]:
    """List the picture files of a folder by their endings, in order of name; raises BadInput where there are none."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}; check the name")
    found = sorted(
        path for path in folder.iterdir()
        if path.suffix.lower() in READABLE and not path.name.startswith(".") and path.is_file()
    )  # fmt: skip
    if not found:
        raise BadInput(f"there is no picture in {folder}; their names end in {', '.join(READABLE)}")
    return found


def result_name(name: str) -> str:
    """Give the name that a result of a picture has in a folder of results: its own, and an ending that can be written.

    JPEG stands for HEIC, which is as lossy; the old ending stays, so that IMG_1.HEIC and IMG_1.jpg have two results.
    """
    return f"{name}.jpg" if name.lower().endswith(READ_ONLY) else name


def is_clip_name(name: str) -> bool:
    """Tell whether a file's ending says that it is a clip."""
    return name.lower().endswith(CLIP_ENDINGS)


def is_made(path: Path) -> bool:
    """Tell whether a result is there; the end of a machine may leave an empty file of what it had just written."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def cache_folder() -> Path:
    """Tell where indexes and tables are kept: $IRIS_CACHE, or .cache/iris in the user's home."""
    return Path(os.environ.get("IRIS_CACHE") or Path.home() / ".cache" / "iris")


@contextmanager
def written_beside(target: Path, *, durable: bool = False) -> Generator[Path]:
    """Give a path beside `target` to write to, and rename it to `target` at the end.

    An error, a kill or a full disk leaves what was there before; where it is `durable`, so does the end of the machine,
    which costs the time of the disk itself. Raises OSError as the disk does.
    """
    part = target.with_name(f".{_machine()}-{os.getpid()}-{uuid4().hex[:12]}.part")
    try:
        yield part
        if durable:
            _to_disk(part)  # a file system may keep the new name before the content
        os.replace(part, target)
        if durable:
            _to_disk(target.parent)
    finally:
        with suppress(OSError):
            part.unlink()


def _to_disk(path: Path) -> None:
    """Have a file or a folder written from the system's memory to the disk, where the system can do that."""
    if path.is_dir() and os.name == "nt":
        return
    opened = os.open(path, os.O_RDWR if path.is_file() and os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):  # some shares know no such thing
            raise
    finally:
        os.close(opened)


def remove_abandoned_parts(folder: Path, *, below: bool = True) -> None:
    """Delete what `written_beside` left in a folder where it was killed; the parts of programs that run stay.

    Folders in it are looked into, too, unless `below` is False.
    """
    for part in folder.rglob(".*.part") if below else folder.glob(".*.part"):
        written_by = PART_NAME.fullmatch(part.name)
        if written_by and written_by["machine"] == _machine() and not _runs(int(written_by["process"])):
            part.unlink(missing_ok=True)


def _machine() -> str:
    """Give what tells this machine from others that may write to the same disk."""
    return hashlib.sha256(platform.node().encode(errors="replace")).hexdigest()[:8]


def _runs(process: int) -> bool:
    if os.name == "nt":  # os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs for somebody else
        return True
    return True


@contextmanager
def temporary_folder() -> Generator[Path]:
    """Give a new temporary folder, which is deleted at the end; those that killed programs left go now."""
    remove_abandoned_folders(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    lock = lock_beside(folder / FOLDER_LOCK)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned_folders(place: Path) -> None:
    """Delete what `temporary_folder` left where it was killed: folders of this user whose lock nobody holds."""
    for folder in place.glob(f"{FOLDER_PREFIX}*"):
        lock_file = folder / FOLDER_LOCK
        try:
            if (
                folder.is_symlink()
                or not _is_ours(folder)
                or time.time() - lock_file.stat().st_mtime < UNLOCKED_SECONDS
            ):
                continue
        except OSError:  # none of these, or gone meanwhile
            continue
        lock = lock_beside(lock_file)
        if is_taken(lock):
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def lock_beside(path: Path) -> FileLock:
    """Give the lock of what is kept beside `path`, which one program at a time holds and whose end frees it.

    Raises IrisError where nothing can be kept there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise IrisError(
            f"nothing can be kept in {path.parent} ({error.strerror or error}); make room there, or name another "
            "IRIS_CACHE"
        ) from error
    return FileLock(path, thread_local=False, preserve_lock_file=True)  # a generator may go on in another thread


def is_taken(lock: FileLock) -> bool:
    """Take the lock unless another holds it; whether it is ours now."""
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
