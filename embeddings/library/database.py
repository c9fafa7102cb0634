"""One SQLite file: its schema, transactions that are whole or absent, and faults told apart in one sentence."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from zoo.errors import IrisError, Refused

APPLICATION_ID = 0x49726973  # "Iris", which `file` and every SQLite program can read
FORMAT = 1
DAMAGED = "damaged"  # the name of a file beside a library whose next indexing is to look at all of it
WAIT_SECONDS = 30  # for another program's transaction, which takes milliseconds
# What SQLite says where the disk or a lock is at fault, and not the file.
DISK_FAULTS = frozenset({"FULL", "READONLY", "IOERR", "CANTOPEN", "BUSY", "LOCKED", "PERM", "NOLFS", "NOMEM"})

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE about (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    dhash INTEGER,
    reason TEXT
);
CREATE INDEX unreadable ON files (id) WHERE reason IS NOT NULL;
CREATE TABLE vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TRIGGER forget_vector AFTER DELETE ON files BEGIN DELETE FROM vectors WHERE id = old.id; END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
COMMIT;
"""
SETTINGS = (
    "PRAGMA journal_mode = WAL",  # readers and a writer never wait for each other
    "PRAGMA synchronous = NORMAL",  # a kill loses nothing, a power cut the last batches at most
    "PRAGMA cache_size = -65536",  # KiB: the index of a million names fits
    "CREATE TEMP TABLE listed (name BLOB PRIMARY KEY, size INTEGER, version INTEGER) WITHOUT ROWID",
)


class DamagedLibrary(Refused):
    """A library's file is damaged, foreign, or of another model, words or format; indexing makes it anew."""


class Database:
    """A library's file, or one in memory where there is no path, which threads and programs may share.

    A write is whole or absent, whatever happens. All methods raise DamagedLibrary where the file is at fault, and
    IrisError where the disk is.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._faults_named():
            self._connection = _connected(path)
        self.close = weakref.finalize(self, self._connection.close)  # at once, or when nobody needs it any more

    @classmethod
    def create(cls, path: Path | None) -> "Database":
        """Create an empty library."""
        made = cls(path)
        with made._faults_named():
            made._connection.executescript(SCHEMA)
        return made

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open a library that is there. Raises DamagedLibrary where the file is none, or of another version of Iris."""
        found = cls(path)
        if found.number("PRAGMA application_id") != APPLICATION_ID:
            raise DamagedLibrary(f"{path} is no picture library of Iris")
        version = found.number("PRAGMA user_version")
        if version != FORMAT:
            raise DamagedLibrary(f"{path} was written by another version of Iris (format {version}, not {FORMAT})")
        return found

    def copy(self) -> "Database":
        """Copy all into memory, to be changed by itself."""
        made = Database(None)
        with self._lock, self._faults_named():
            self._connection.backup(made._connection)
        return made

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:
        """Give all rows of a statement."""
        with self._lock, self._faults_named():
            return self._connection.execute(statement, values).fetchall()

    def number(self, statement: str) -> int:
        """Give the first value of the first row; 0 where there is none."""
        rows = self.rows(statement)
        return int(rows[0][0] or 0) if rows else 0

    def check(self) -> None:
        """Read the whole file, and raise DamagedLibrary where it does not hold together."""
        [told], *_ = self.rows("PRAGMA quick_check(1)")
        if told != "ok":
            raise self.damage(told)

    def damage(self, seen: str) -> DamagedLibrary:
        """Make the error for a file at fault, and note that beside it, since indexing may not come across it."""
        if self.path is not None:
            with suppress(OSError):
                self.path.with_name(DAMAGED).touch()
        return DamagedLibrary(f"{self.path} is damaged ({seen})")

    def state(self) -> tuple[int, int]:
        """Give what differs once anything was written, by this program or another."""
        with self._lock:
            return self.number("PRAGMA data_version"), self._connection.total_changes

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Keep all that is written within together, or nothing of it."""
        with self._lock, self._faults_named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _faults_named(self) -> Generator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:  # a fault of ours
            raise
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.split("_")[1] not in DISK_FAULTS:
                raise self.damage(str(error)) from error
            raise IrisError(
                f"the library {self.path} cannot be read or saved ({error}); make room there, or name another "
                "IRIS_CACHE"
            ) from error


def _connected(path: Path | None) -> sqlite3.Connection:
    address = ":memory:" if path is None else path.absolute().as_uri()
    if path is not None and path.exists() and not os.access(path.parent, os.W_OK):
        address += "?immutable=1"  # a library that may only be read, and that nobody changes
    connection = sqlite3.connect(
        address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )  # fmt: skip
    try:
        for statement in SETTINGS:
            connection.execute(statement)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
