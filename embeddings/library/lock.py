"""A lock that one program at a time holds, and that its end frees, however it ends."""

import fcntl
import os
from pathlib import Path

from embeddings.errors import EmbeddingsError


class Lock:
    """A lock file; leaving the `with` frees it, and so does a kill."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = error.strerror or error
            raise EmbeddingsError(
                f"nothing can be kept in {path.parent} ({reason}); make room there, or name another IRIS_CACHE"
            ) from error

    def taken(self) -> bool:
        """Take the lock unless another holds it; whether it is ours now."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
