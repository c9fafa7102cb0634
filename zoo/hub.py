"""The files of a catalog entry, bundled or in the cache of the hub: fetched on request, checked, published."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from types import MappingProxyType

import httpx2
from filelock import FileLock
from huggingface_hub import CommitOperationAdd, HfApi, constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name

from zoo.catalog import WEIGHTS
from zoo.errors import BadInput, IrisError, Missing, Refused
from zoo.files import cache_folder, is_taken, written_beside
from zoo.model_entry import ModelEntry, PinnedFile

NOTHING: Mapping[str, str] = MappingProxyType({})


def path_of(entry: ModelEntry, *, check: bool = True) -> Path:
    """Give the first file of an entry on this machine, the others beside it, all with the size and hash they must have.

    Never fetches; without `check` they are only looked for. Raises Missing with the command that brings them, Refused
    where one is another file, which is then removed from the hub's cache.
    """
    paths = [_lies_at(entry, file) for file in entry.files]
    if check:
        _check(entry, paths, NOTHING)
    return paths[0]


def is_here(entry: ModelEntry) -> bool:
    """Tell whether all files are on this machine with the right size; no hash is read."""
    try:
        sizes = [_lies_at(entry, file).stat().st_size for file in entry.files]
    except Missing:
        return False
    return all(_has_size(entry, file, size) for file, size in zip(entry.files, sizes, strict=True))


def pull(entry: ModelEntry) -> Path:
    """Fetch the files of a hub entry into the hub's cache unless they are there, and check them; gives the first.

    Honours HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and HF_HUB_CACHE. Raises Missing where they cannot be had, Refused
    where other files came than those pinned, or than at the first fetch.
    """
    try:
        return path_of(entry)
    except (Missing, Refused):
        if entry.source == "bundled":
            raise
    try:
        stated = {file.name: _ask_hub(entry, file) for file in entry.files}
        _remove_abandoned_downloads(entry.repo)
        paths = [Path(_download(entry, file, local_files_only=False)) for file in entry.files]
    except (OSError, httpx2.HTTPError, EntryNotFoundError) as error:
        raise Missing(f"cannot fetch {entry.key}: {_reason(entry, error)}") from error
    _check(entry, paths, stated)
    return paths[0]


def push(entries: Sequence[ModelEntry], repo: str) -> str:
    """Put checked weight files and cards into OWNER/REPO in one commit, making it if need be; gives its address.

    Honours HF_ENDPOINT and HF_TOKEN. Raises BadInput for a model of others or one without a card, IrisError where the
    hub refuses.
    """
    files = [operation for entry in entries for operation in _operations(entry)]
    api = HfApi(endpoint=_setting("HF_ENDPOINT"), token=_setting("HF_TOKEN"))
    message = f"Iris: {', '.join(entry.key for entry in entries)}"
    try:
        api.create_repo(repo, exist_ok=True)
        return api.create_commit(repo, files, commit_message=message).commit_url
    except HFValidationError:
        raise BadInput(f"{repo[:100]!r} is no repository; write it as OWNER/REPO") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise IrisError(f"the hub refused {repo} ({status}); set HF_TOKEN to a token that may write there") from error
    except (OSError, httpx2.HTTPError) as error:
        raise IrisError(f"cannot reach the hub to push to {repo}; check the connection and push again") from error


def _lies_at(entry: ModelEntry, file: PinnedFile) -> Path:
    if entry.source == "bundled":
        path = WEIGHTS / file.name
        if not path.is_file():
            raise Missing(f"{entry.key} is bundled but {path.name} is not there; install Iris again, or train it")
        return path
    try:
        return Path(_download(entry, file, local_files_only=True))
    except LocalEntryNotFoundError:
        raise Missing(f"{entry.key} is not on this machine; fetch it with: {_command(entry)}") from None


def _has_size(entry: ModelEntry, file: PinnedFile, size: int) -> bool:
    """Tell whether a size is right: any, where the hub's is not stated; a bundled one is always."""
    return size == file.bytes or not (file.bytes or entry.source == "bundled")


def _check(entry: ModelEntry, paths: Sequence[Path], stated: Mapping[str, str]) -> None:
    """Refuse files that have not the hashes that are pinned, else those noted, else those stated; note the unpinned."""
    note = cache_folder() / "vectors" / f"{entry.key}.json"
    is_loose = not all(file.sha256 for file in entry.files)
    noted = json.loads(note.read_text()) if is_loose and note.is_file() else {}
    found = {}
    for file, path in zip(entry.files, paths, strict=True):
        size = path.stat().st_size
        if not _has_size(entry, file, size):
            raise _refusal(entry, path, f"it has {size:,} bytes, expected {file.bytes:,}")
        with path.open("rb") as opened:
            found[file.name] = file_digest(opened, "sha256").hexdigest()
        expected = file.sha256 or noted.get(file.name) or stated.get(file.name) or found[file.name]
        if found[file.name] != expected:
            raise _refusal(entry, path, f"its sha256 begins {found[file.name][:12]}, expected {expected[:12]}")
    if is_loose and found != noted:
        note.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(note, durable=True) as part:
            part.write_text(json.dumps(found, indent=2))


def _refusal(entry: ModelEntry, path: Path, seen: str) -> Refused:
    """Give the error for a file that is not the one in the catalog; one in the hub's cache is removed with it."""
    if entry.source == "bundled":
        return Refused(f"{path.name} is not the file of the catalog: {seen}; install Iris again")
    for refused in (path.resolve(), path):  # what the cache's link points to, then the link
        with suppress(FileNotFoundError):
            refused.unlink()
    return Refused(f"{path.name} of {entry.repo} was refused and removed: {seen}; run {_command(entry)}")


def _ask_hub(entry: ModelEntry, file: PinnedFile) -> str:
    """Ask the hub for the hash of a file, "" where it states none; once, since a download would try for long."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in constants.ENV_VARS_TRUE_VALUES:
        raise OfflineModeIsEnabled("asked by the environment")
    url = hf_hub_url(entry.repo, file.name, revision=entry.revision, endpoint=_setting("HF_ENDPOINT"))
    stated = get_hf_file_metadata(url, token=_setting("HF_TOKEN")).etag or ""
    return stated if len(stated) == 64 else ""  # large files are stored under their sha256


def _download(entry: ModelEntry, file: PinnedFile, *, local_files_only: bool) -> str:
    return hf_hub_download(
        entry.repo,
        file.name,
        revision=entry.revision,
        endpoint=_setting("HF_ENDPOINT"),
        token=_setting("HF_TOKEN"),
        cache_dir=_setting("HF_HUB_CACHE"),
        local_files_only=local_files_only,
    )


def _remove_abandoned_downloads(repo: str) -> None:
    """Delete what killed downloads left of a repository's files; those that a program is fetching are locked."""
    cache = Path(_setting("HF_HUB_CACHE") or constants.HF_HUB_CACHE)
    folder = repo_folder_name(repo_id=repo, repo_type="model")
    for part in cache.glob(f"{folder}/blobs/*.incomplete"):
        etag = part.name.partition(".")[0]
        lock = FileLock(cache / ".locks" / folder / f"{etag}.lock", mode=0o664, preserve_lock_file=True)  # as the hub's
        if is_taken(lock):
            try:
                part.unlink(missing_ok=True)
            finally:
                lock.release()


def _setting(name: str) -> str | None:
    """Give a setting of the environment as it is now; the hub's library reads it only once."""
    return os.environ.get(name) or None


def _command(entry: ModelEntry) -> str:
    return f"python -m zoo pull {entry.key}"


def _reason(entry: ModelEntry, error: Exception) -> str:
    """Say what went wrong with a download and what to do, in half a sentence."""
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


def _operations(entry: ModelEntry) -> list[CommitOperationAdd]:
    if entry.source != "bundled":
        raise BadInput(f"{entry.key} is not this project's to publish; push bundled models")
    if not entry.card.is_file():
        raise BadInput(f"{entry.key} has no card at {entry.card}; write it before publishing")
    files = (path_of(entry), entry.card)
    return [CommitOperationAdd(path_in_repo=path.name, path_or_fileobj=path) for path in files]
