"""Where pictures lie: in a folder, a zip or a bucket."""

from embeddings.library.archive import Archive, is_archive
from embeddings.library.folder import Folder
from zoo.bulk.address import Address, Place, resolved
from zoo.bulk.buckets import Bucket
from zoo.errors import BadQuery

Source = Folder | Archive | Bucket


def open_source(folder: Place) -> Source:
    """Open the pictures of a folder, a zip or a bucket; BadQuery where it is gone or no zip."""
    if isinstance(folder, Address):
        bucket = Bucket(folder)
        bucket.check()
        return bucket
    return Folder(folder) if folder.is_dir() or not is_archive(folder) else Archive(folder)


def existing(folder: Place | str) -> Place:
    """Give the absolute path of a folder or zip, or a BadQuery that it is gone; a bucket tells when it is listed."""
    path = resolved(folder)
    if isinstance(path, Address):
        return path
    if not path.is_dir() and not (is_archive(path) and path.is_file()):
        raise BadQuery(f"no folder or zip {path}; it was moved or deleted, give one that exists")
    return path
