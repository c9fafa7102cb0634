"""How a LanceDB table is opened, what its rows hold, and its faults in one sentence."""

import importlib
import json
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.library.records import About, FileRecord
from zoo.bulk.address import FULL, Place, no_room
from zoo.errors import IrisError, Missing, Refused

MOST_TOLD = 200  # characters of what LanceDB says, or of what was asked of it


@contextmanager
def faults_named(place: Place) -> Generator[None]:
    """Raise IrisError for what LanceDB says of a table."""
    try:
        yield
    except (ValueError, RuntimeError, OSError) as error:
        reason = reason_of(error)
        if FULL.search(str(error)):
            raise no_room(place, reason) from error
        raise IrisError(
            f"the library {place} cannot be used ({reason}); check where it is and who may use it"
        ) from error


def reason_of(error: Exception) -> str:
    """Say in one line what LanceDB says."""
    told = re.search(r'message: "([^"]+)"|<Message>([^<]+)', str(error))
    reason = next(filter(None, told.groups())) if told else " ".join(str(error).split())
    return re.sub(r",? ?/\S+\.rs(:\d+:\d+)?", "", reason)[:MOST_TOLD]  # where LanceDB's own code noticed it


def connect(place: Place) -> Any:  # noqa: ANN401
    """Open a folder or bucket that holds tables, or shall. Raises Missing where LanceDB is not installed."""
    os.environ.setdefault("LANCEDB_LOG", "error")  # else it writes of its own cells to the terminal
    try:
        lancedb = importlib.import_module("lancedb")
    except ImportError:
        raise Missing(
            "LanceDB is not installed; run: pip install -r requirements-cluster.txt, or index without --into"
        ) from None
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    options = {"allow_http": "true"} if endpoint.startswith("http://") else None
    return lancedb.connect(str(place), storage_options=None if isinstance(place, Path) else options)


def schema_of(about: About) -> Any:  # noqa: ANN401
    """Give the columns of a table, which says in its metadata what it belongs to."""
    arrow = importlib.import_module("pyarrow")
    columns = {
        "source": arrow.string(), "name": arrow.string(), "size": arrow.int64(), "version": arrow.int64(),
        "sha256": arrow.binary(), "dhash": arrow.int64(), "reason": arrow.string(),
        "vector": arrow.list_(arrow.float32(), about.dimension),
    }  # fmt: skip
    said = {"model": about.model, "words": about.words, "dimension": about.dimension, "classes": about.classes}
    return arrow.schema(columns.items(), metadata={"iris": json.dumps(said)})


def about_of(place: Place, table: Any) -> About:  # noqa: ANN401
    """Tell what a table belongs to. Raises Refused for one that is not of Iris."""
    try:
        said = json.loads(table.schema.metadata[b"iris"])
        return About(place, said["model"], said["words"], int(said["dimension"]), tuple(said["classes"]))
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(f"{place} is no library of Iris; name another folder or bucket") from error


def as_row(source: str, record: FileRecord, dimension: int) -> dict[str, Any]:
    """Make a row of what is kept of a file."""
    file, image = record.file, record.image
    dhash = None if image is None else int(np.uint64(image.fingerprint).astype(np.int64))
    return {
        "source": source, "name": file.name, "size": file.size, "version": file.version, "sha256": record.sha256,
        "dhash": dhash, "reason": record.reason, "vector": np.zeros(dimension) if image is None else image.vector,
    }  # fmt: skip


def quoted(text: str) -> str:
    """Write a text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def is_whole(condition: str) -> bool:
    """Tell whether a condition in SQL can stand in brackets: it closes none but its own, and ends in no comment."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "", condition)
    depth = 0
    for mark in re.findall(r"[()]", plain):
        depth += 1 if mark == "(" else -1
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"--|/\*", plain)
