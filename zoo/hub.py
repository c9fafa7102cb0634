"""Where a weight file lies, bundled or in the hub's cache: fetched on request, checked before every use."""

import os
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from zoo.catalog import WEIGHTS, ModelEntry
from zoo.errors import WeightsMissing, WeightsRefused


def weights_path(entry: ModelEntry) -> Path:
    """The weight file of a model on this machine, its size and hash checked; never fetches.

    Raises WeightsMissing with the command that brings the file, WeightsRefused where it is another file. One that is
    refused is removed from the hub's cache.
    """
    if entry.source == "bundled":
        return _checked(entry, WEIGHTS / entry.filename)
    try:
        return _checked(entry, Path(_download(entry, local_files_only=True)))
    except LocalEntryNotFoundError:
        raise WeightsMissing(f"{entry.key} is not on this machine; fetch it with: {_command(entry)}") from None


def is_here(entry: ModelEntry) -> bool:
    """Whether the weight file is on this machine with the right size; the hash is not read."""
    if entry.source == "bundled":
        path = WEIGHTS / entry.filename
        return path.is_file() and path.stat().st_size == entry.bytes
    with suppress(LocalEntryNotFoundError):
        return Path(_download(entry, local_files_only=True)).stat().st_size == entry.bytes or not entry.bytes
    return False


def pull(entry: ModelEntry) -> Path:
    """Fetch the weight file of a hub model into the hub's cache unless it is there, and check it.

    Honours HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and HF_HUB_CACHE. Raises WeightsMissing where it cannot be had,
    WeightsRefused where another file came.
    """
    try:
        return weights_path(entry)
    except (WeightsMissing, WeightsRefused):
        if entry.source == "bundled":
            raise
    try:
        _ask_hub(entry)
        path = _download(entry, local_files_only=False)
    except (OSError, httpx2.HTTPError, EntryNotFoundError) as error:
        raise WeightsMissing(f"cannot fetch {entry.key}: {_reason(entry, error)}") from error
    return _checked(entry, Path(path))


def _ask_hub(entry: ModelEntry) -> None:
    """Ask once whether the file can be had; the download itself would try again for half a minute."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in constants.ENV_VARS_TRUE_VALUES:
        raise OfflineModeIsEnabled("asked by the environment")
    url = hf_hub_url(entry.repo, entry.filename, revision=entry.revision, endpoint=_setting("HF_ENDPOINT"))
    get_hf_file_metadata(url, token=_setting("HF_TOKEN"))


def _download(entry: ModelEntry, *, local_files_only: bool) -> str:
    return hf_hub_download(
        entry.repo,
        entry.filename,
        revision=entry.revision,
        endpoint=_setting("HF_ENDPOINT"),
        token=_setting("HF_TOKEN"),
        cache_dir=_setting("HF_HUB_CACHE"),
        local_files_only=local_files_only,
    )


def _setting(name: str) -> str | None:
    """A setting of the environment as it is now; the hub's library reads it only once."""
    return os.environ.get(name) or None


def _command(entry: ModelEntry) -> str:
    return f"python -m zoo pull {entry.key}"


def _reason(entry: ModelEntry, error: Exception) -> str:
    """What went wrong with a download and what to do, in half a sentence."""
    again = f"then run {_command(entry)} again"
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, GatedRepoError) or status in (401, 403):
        return f"{entry.repo} asks who you are ({status}); set HF_TOKEN to a token that may read it, {again}"
    if isinstance(error, (RepositoryNotFoundError, RevisionNotFoundError)) or status == 404:
        return f"the hub has no {entry.filename} at {entry.repo}@{entry.revision[:12]} (404); get a newer Iris, {again}"
    if status is not None:
        return f"the hub answered {status}; wait a little, {again}"
    if isinstance(error, OfflineModeIsEnabled):
        return f"HF_HUB_OFFLINE is set and the file is not on this machine; unset it, {again}"
    if isinstance(error, httpx2.TransportError):
        return f"the hub cannot be reached; check the connection, {again}"
    return f"the download broke off ({str(error).splitlines()[0][:120]}); check connection and disk, {again}"


def _checked(entry: ModelEntry, path: Path) -> Path:
    if not path.is_file():
        raise WeightsMissing(f"{entry.key} is bundled but {path.name} is not there; install Iris again, or train it")
    size = path.stat().st_size
    if size != entry.bytes and (entry.bytes or entry.source == "bundled"):
        raise _refusal(entry, path, f"it has {size:,} bytes, expected {entry.bytes:,}")
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != entry.sha256:
        raise _refusal(entry, path, f"its sha256 begins {found[:12]}, expected {entry.sha256[:12]}")
    return path


def _refusal(entry: ModelEntry, path: Path, seen: str) -> WeightsRefused:
    """The error for a file that is not the one in the catalog; one in the hub's cache is removed with it."""
    if entry.source == "bundled":
        return WeightsRefused(f"{path.name} is not the file of the catalog: {seen}; install Iris again")
    for refused in (path.resolve(), path):  # what the cache's link points to, then the link
        with suppress(FileNotFoundError):
            refused.unlink()
    return WeightsRefused(f"{entry.filename} of {entry.repo} was refused and removed: {seen}; run {_command(entry)}")
