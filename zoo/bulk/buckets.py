"""Folders of object stores, such as s3://bucket/photos, by pyarrow's file systems, which are imported when one is used.

Credentials, region and endpoint come from the environment, as all tools of these stores read them.
"""

import importlib
import os
import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from zoo.bulk.address import FULL, Address, Place, no_room
from zoo.errors import BadInput, IrisError, Missing
from zoo.listing import ListedFile, is_left_out, is_picture_name

MAX_OBJECT = 64 * 2**20  # bytes of one picture; larger ones are refused when they are decoded
TRIES = 3  # of a request that fails
CONNECT_SECONDS = 10
REQUEST_SECONDS = 60
# Answers that hold for all of a store's objects, so that going on with the next one would be in vain.
USELESS = re.compile(r"NETWORK_CONNECTION|NO_SUCH_BUCKET|ACCESS_KEY|SIGNATURE|TOKEN|curlCode|[Tt]imed? ?out|resolve")


class Bucket:
    """The pictures of a folder in an object store, read and written whole.

    What is not listed is told once `files` has ended: `others` has how many objects of which endings are no pictures.
    Each method raises IrisError where the store cannot be used at all, and OSError where one object cannot.
    """

    refused: Mapping[str, str] = MappingProxyType({})
    unlisted: Mapping[str, str] = MappingProxyType({})  # a store lists all that is below a folder, or nothing

    def __init__(self, address: Address) -> None:
        self.path = address
        self.others: Counter[str] = Counter()

    def check(self) -> None:
        """Raise BadInput where there is no such folder, IrisError where the store cannot be used."""
        files, root = self._system()
        try:
            with usable(self.path):
                found = files.get_file_info(root)
        except OSError as error:
            raise IrisError(f"{self.path} cannot be opened ({_reason(error)}); check who may read it") from error
        if not found.type.name == "Directory":
            raise BadInput(f"there is no folder {self.path}; check the address")

    def files(self) -> Iterator[ListedFile]:
        """List all pictures below the folder in order of name, but for hidden ones, bins and folders of thumbnails.

        Raises BadInput where there is no such folder.
        """
        self.others.clear()
        for name, facts in self._objects():
            parts = PurePosixPath(name).parts
            if any(map(is_left_out, parts)):
                continue
            if is_picture_name(name):
                yield ListedFile(name, facts.size, facts.mtime_ns or 0)
            else:
                self.others[PurePosixPath(name).suffix.lower()] += 1

    def __iter__(self) -> Iterator[ListedFile]:
        return self.files()

    def stat(self, name: str) -> ListedFile:
        """Give what tells a changed picture without reading it. Raises OSError for one that is not there."""
        files, root = self._system()
        with usable(self.path):
            facts = files.get_file_info(f"{root}/{name}")
        if not facts.is_file:
            raise FileNotFoundError(f"{self.path} holds no picture {name}")
        return ListedFile(name, facts.size, facts.mtime_ns or 0)

    def read(self, name: str) -> bytes:
        """Read a picture's file. Raises OSError."""
        files, root = self._system()
        with usable(self.path), files.open_input_stream(f"{root}/{name}") as stream:
            return stream.read(MAX_OBJECT + 1)

    def write(self, name: str, file: Path) -> None:
        """Put a file there whole, under this name. Raises OSError; IrisError where nothing may be written at all."""
        files, root = self._system()
        if self.path.uri.startswith("file:"):
            files.create_dir(str(PurePosixPath(root, name).parent))
        with usable(self.path, "ACCESS_DENIED"), files.open_output_stream(f"{root}/{name}") as stream:
            stream.write(file.read_bytes())

    def names(self) -> set[str]:
        """List the names of all objects that are there; none where there is no such folder yet."""
        try:
            return {name for name, _ in self._objects()}
        except BadInput:
            return set()

    def _objects(self) -> list[tuple[str, Any]]:
        files, root = self._system()
        selector = importlib.import_module("pyarrow.fs").FileSelector(root, recursive=True)
        try:
            with usable(self.path):
                found = files.get_file_info(selector)
        except FileNotFoundError:
            raise BadInput(f"there is no folder {self.path}; check the address") from None
        except OSError as error:
            raise IrisError(f"{self.path} cannot be listed ({_reason(error)}); check who may read it") from error
        inner = ((facts.path[len(root) :].lstrip("/"), facts) for facts in found if facts.is_file)
        return sorted(inner, key=lambda one: one[0])

    def _system(self) -> tuple[Any, str]:
        """pyarrow's file system, and where the folder lies in it."""
        return _file_system(self.path.uri, os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"))


def content(file: Place) -> Path | bytes:
    """Give what a picture can be read from: the file itself, or an object's bytes. Raises OSError, IrisError."""
    if isinstance(file, Path):
        return file
    folder, _, name = file.uri.rpartition("/")
    return Bucket(Address(folder)).read(name)


@contextmanager
def usable(address: Address, useless: str = "") -> Generator[None]:
    """Raise IrisError instead of an OSError that tells of a whole store which cannot be reached, read or written.

    `useless` is what else than USELESS says so.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if FULL.search(str(error)):
            raise no_room(address, _reason(error)) from error
        if USELESS.search(str(error)) or (useless and useless in str(error)):
            raise IrisError(
                f"{address} cannot be used ({_reason(error)}); check the address, the credentials and the network: "
                "what is done is kept, and not done again"
            ) from error
        raise


def _reason(error: OSError) -> str:
    """Say in few words what a store says."""
    told = re.search(r"ExceptionName: (\w+)", str(error)) or re.search(r"AWS Error (\w+)", str(error))
    return told[1].replace("_", " ").lower() if told else str(error).splitlines()[0][:200]


@lru_cache(maxsize=16)
def _file_system(uri: str, endpoint: str | None) -> tuple[Any, str]:
    try:
        fs = importlib.import_module("pyarrow.fs")
    except ImportError:
        raise Missing(
            "pyarrow, which reads buckets, is not installed; run: pip install -r requirements-cluster.txt"
        ) from None
    parts = urlsplit(uri)
    if parts.scheme == "s3":
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        with usable(Address(uri)):
            if region is None and endpoint is None:
                region = fs.resolve_s3_region(parts.netloc)
            system = fs.S3FileSystem(
                region=region or "us-east-1",
                endpoint_override=endpoint,
                retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
                connect_timeout=CONNECT_SECONDS,
                request_timeout=REQUEST_SECONDS,
                allow_delayed_open=True,  # a small file is one request, not three
            )
        return system, f"{parts.netloc}{parts.path}".rstrip("/")
    try:
        system, root = fs.FileSystem.from_uri(uri)
    except (OSError, ValueError) as error:
        raise BadInput(f"{uri} cannot be opened ({error}); check the address") from error
    return system, root.rstrip("/")
