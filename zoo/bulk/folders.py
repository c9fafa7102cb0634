"""Folders that pictures come from and results go to, on the disk or in an object store, told and used in one way."""

import errno
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from zoo.bulk.address import Address, Place
from zoo.bulk.buckets import Bucket
from zoo.files import is_made, temporary_folder
from zoo.listing import Listing


def listing_of(folder: Place) -> Listing | Bucket:
    """Give the pictures of a folder, to be iterated over."""
    return Bucket(folder) if isinstance(folder, Address) else Listing(folder)


def lies_within(folder: Place, name: str, inner: Place) -> bool:
    """Tell whether a picture of a folder lies in another resolved one, as results do that lie below their source."""
    if isinstance(folder, Address) or isinstance(inner, Address):
        return f"{folder}/{name}".startswith(f"{inner}/")
    return (folder / name).resolve().is_relative_to(inner)


def existing(folder: Place, names: Iterable[str]) -> set[str]:
    """Tell which of some files a folder holds already."""
    if isinstance(folder, Address):
        return Bucket(folder).names().intersection(names)
    return {name for name in names if is_made(folder / name)}


@contextmanager
def fetched(folder: Place, name: str) -> Generator[Path]:
    """Give a picture's file; that of a store lies in a temporary folder meanwhile. Raises OSError, IrisError."""
    if not isinstance(folder, Address):
        yield folder / name
        return
    with _temporary(name) as path:
        path.write_bytes(Bucket(folder).read(name))
        yield path


@contextmanager
def stored(folder: Place, name: str) -> Generator[Path]:
    """Give where to write a result; one for a store is put there at the end, whole. Raises OSError, IrisError."""
    if not isinstance(folder, Address):
        yield folder / name
        return
    with _temporary(name) as path:
        yield path
        if path.exists():
            Bucket(folder).write(name, path)


def is_of_one_object(error: OSError) -> bool:
    """Tell whether an error tells of an object of a store, and not of this machine's disk."""
    return error.errno in (None, errno.ENOENT)


@contextmanager
def _temporary(name: str) -> Generator[Path]:
    with temporary_folder() as kept:
        yield kept / PurePosixPath(name).name
