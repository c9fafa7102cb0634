"""Public word vectors in the hub's cache: fetched on request, and checked."""

import json
import os
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from types import MappingProxyType

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

from embeddings.errors import VectorsMissing, VectorsRefused
from embeddings.external.catalog import HubVectors
from embeddings.library.vector_index import replace_file


def vectors_path(vectors: HubVectors) -> Path:
    """The word file in the hub's cache, the matrix beside it; never fetches.

    Raises VectorsMissing with the command that brings them.
    """
    try:
        words, _ = (_download(vectors, name, local=True) for name in vectors.files)
    except LocalEntryNotFoundError:
        raise VectorsMissing(f"{vectors.key} is not on this machine; fetch it with: {_command(vectors)}") from None
    return words


def check(vectors: HubVectors, stated: Mapping[str, str] = MappingProxyType({})) -> Path:
    """The word file, once both files have the hashes that are pinned, else those noted, else stated; notes them.

    Raises VectorsRefused for another file, which is removed from the hub's cache.
    """
    word_file = vectors_path(vectors)
    noted = json.loads(vectors.note.read_text()) if vectors.note.is_file() else {}
    found = {}
    for name in vectors.files:
        with word_file.with_name(name).open("rb") as file:
            found[name] = file_digest(file, "sha256").hexdigest()
        expected = vectors.sha256.get(name) or noted.get(name) or stated.get(name) or found[name]
        if found[name] != expected:
            seen = f"its sha256 begins {found[name][:12]}, expected {expected[:12]}"
            raise _refusal(vectors, word_file.with_name(name), seen)
    if found != noted:
        replace_file(vectors.note, json.dumps(found, indent=2).encode())
    return word_file


def pull(vectors: HubVectors) -> Path:
    """Fetch both files into the hub's cache unless they are there, and check them; gives the path of the word file.

    Honours HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and HF_HUB_CACHE. Raises VectorsMissing where they cannot be had,
    VectorsRefused where other files came than those pinned, or than at the first fetch.
    """
    try:
        return check(vectors)
    except (VectorsMissing, VectorsRefused):
        pass
    try:
        stated = {name: _ask_hub(vectors, name) for name in vectors.files}
        for name in vectors.files:
            _download(vectors, name)
    except (OSError, httpx2.HTTPError, EntryNotFoundError) as error:
        raise VectorsMissing(f"cannot fetch {vectors.key}: {_reason(vectors, error)}") from error
    return check(vectors, stated)


def _ask_hub(vectors: HubVectors, name: str) -> str:
    """The hash that the hub states for a file, "" where it states none; asks once, a download would try for long."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in constants.ENV_VARS_TRUE_VALUES:
        raise OfflineModeIsEnabled("asked by the environment")
    url = hf_hub_url(vectors.repo, name, revision=vectors.revision, endpoint=_setting("HF_ENDPOINT"))
    stated = get_hf_file_metadata(url, token=_setting("HF_TOKEN")).etag or ""
    return stated if len(stated) == 64 else ""  # large files are stored under their sha256


def _download(vectors: HubVectors, name: str, *, local: bool = False) -> Path:
    path = hf_hub_download(
        vectors.repo,
        name,
        revision=vectors.revision,
        endpoint=_setting("HF_ENDPOINT"),
        token=_setting("HF_TOKEN"),
        cache_dir=_setting("HF_HUB_CACHE"),
        local_files_only=local,
    )
    return Path(path)


def _setting(name: str) -> str | None:
    """A setting of the environment as it is now; the hub's library reads it only once."""
    return os.environ.get(name) or None


def _command(vectors: HubVectors) -> str:
    return f"python -m embeddings pull {vectors.key}"


def _reason(vectors: HubVectors, error: Exception) -> str:
    """What went wrong with a download and what to do, in half a sentence."""
    again = f"then run {_command(vectors)} again"
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if status in (401, 403):
        return f"{vectors.repo} asks who you are ({status}); set HF_TOKEN to a token that may read it, {again}"
    if status == 404:
        return f"the hub has no such file at {vectors.repo}@{vectors.revision[:12]} (404); get a newer Iris, {again}"
    if status is not None:
        return f"the hub answered {status}; wait a little, {again}"
    if isinstance(error, OfflineModeIsEnabled):
        return f"HF_HUB_OFFLINE is set; unset it, {again}"
    if isinstance(error, httpx2.TransportError):
        return f"the hub cannot be reached; check the connection, {again}"
    return f"the download broke off ({str(error).splitlines()[0][:120]}); check connection and disk, {again}"


def _refusal(vectors: HubVectors, path: Path, seen: str) -> VectorsRefused:
    """The error for a file that is another than it should be; it is removed from the hub's cache."""
    for refused in (path.resolve(), path):  # what the cache's link points to, then the link
        refused.unlink(missing_ok=True)
    return VectorsRefused(f"{path.name} of {vectors.repo} was refused and removed: {seen}; run {_command(vectors)}")
