"""What a library keeps of its files: what tells a change, fingerprints, vectors, and why some cannot be read."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from os import fsdecode, fsencode
from pathlib import Path

import numpy as np

from embeddings.library.database import Database
from embeddings.library.records import About, ChangedFile, FileRecord
from zoo.bulk.address import place
from zoo.errors import IrisError
from zoo.listing import ListedFile

PAGE = 10_000  # rows that are read or listed in one go
MANY = 500  # ids that are asked for in one statement
CHANGED = """
FROM listed LEFT JOIN files USING (name)
WHERE (files.id IS NULL OR files.size != listed.size OR files.version != listed.version)
"""


class LibraryStore:
    """The records of one library. Ids grow and are never used twice: a changed picture gets a new one.

    Every method reads or writes in one transaction. All raise DamagedLibrary where the file is at fault, and IrisError
    where the disk is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def create(cls, path: Path | None, about: About) -> "LibraryStore":
        """Create a new library, in memory where there is no path."""
        store = cls(Database.create(path))
        store.write_about(about, library=uuid.uuid4().hex)
        return store

    @classmethod
    def open(cls, path: Path) -> "LibraryStore":
        """Open a library that is there. Raises DamagedLibrary where the file is none."""
        return cls(Database.open(path))

    def copy(self) -> "LibraryStore":
        """Copy all into memory, to be changed by itself."""
        return LibraryStore(self._database.copy())

    def close(self) -> None:
        """Free the file; nothing is read or written any more."""
        self._database.close()

    def about(self) -> About:
        """Give what the library belongs to."""
        found = dict(self._database.rows("SELECT key, value FROM about"))
        try:
            folder, classes = place(fsdecode(found["folder"])), tuple(found["classes"].split())
            return About(folder, found["model"], found["words"], int(found["dimension"]), classes)
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise self._database.damage("it does not say what it belongs to") from error

    def identity(self) -> str:
        """Give what no other library has, nor this one once it is made anew."""
        return str(dict(self._database.rows("SELECT key, value FROM about")).get("library", ""))

    def write_about(self, about: About, **more: str) -> None:
        """Say what the library belongs to."""
        given: dict[str, bytes | str | int] = {"folder": fsencode(about.folder), "model": about.model, **more}
        given |= {"words": about.words, "dimension": about.dimension, "classes": " ".join(about.classes)}
        if given.items() <= dict(self._database.rows("SELECT key, value FROM about")).items():
            return
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", given.items())

    def list_files(self, files: Iterable[ListedFile]) -> int:
        """Take note of what a folder holds now, for `forget_unlisted` and `changed`; gives how many files."""
        rows = ((fsencode(file.name), file.size, file.version) for file in files)
        self._database.rows("DELETE FROM listed")
        while page := list(islice(rows, PAGE)):
            with self._database.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?, ?)", page)
        return self._database.number("SELECT count(*) FROM listed")

    def forget_unlisted(self, unlisted: Iterable[str] = ()) -> list[str]:
        """Forget the files that were not listed, but for those in `unlisted` folders, which could not be opened.

        Gives their names.
        """
        with self._database.transaction() as connection:
            for folder in unlisted:
                start = fsencode(f"{folder}/") if folder else b""
                connection.execute(
                    "INSERT OR IGNORE INTO listed SELECT name, size, version FROM files WHERE substr(name, 1, ?) = ?",
                    (len(start), start),
                )
            gone = "FROM files WHERE name NOT IN (SELECT name FROM listed)"
            names = [fsdecode(name) for (name,) in connection.execute(f"SELECT name {gone}")]
            connection.execute(f"DELETE {gone}")
        return names

    def forget(self, names: Iterable[str]) -> None:
        """Forget files by name."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM files WHERE name = ?", [(fsencode(name),) for name in names])

    def count_changed(self) -> int:
        """Count how many listed files are new or differ from what was read."""
        return self._database.number(f"SELECT count(*) {CHANGED}")

    def changed(self, batch: int) -> Iterator[list[ChangedFile]]:
        """Give the listed files that are new or differ, in order of name; what is written meanwhile does no harm."""
        after = b""
        columns = "listed.name, listed.size, listed.version, files.size, files.sha256"
        statement = f"SELECT {columns} {CHANGED} AND listed.name > ? ORDER BY listed.name LIMIT ?"
        while rows := self._database.rows(statement, (after, batch)):
            yield [
                ChangedFile(ListedFile(fsdecode(name), size, version), None if known is None else (known, sha256))
                for name, size, version, known, sha256 in rows
            ]
            after = rows[-1][0]

    def write(self, records: Sequence[FileRecord], touched: Sequence[ListedFile] = ()) -> None:
        """Keep a batch in place of what was known of the same names; `touched` files only have a new version."""
        dimension = self._dimension()
        for record in records:
            _check(record, dimension)
        with self._database.transaction() as connection:
            for record in records:
                _insert(connection, record)
            versions = [(file.version, fsencode(file.name)) for file in touched]
            connection.executemany("UPDATE files SET version = ? WHERE name = ?", versions)

    def __len__(self) -> int:
        """Count how many pictures can be found."""
        bad = "SELECT count(*) FROM files WHERE reason IS NOT NULL"
        return self._database.number(f"SELECT (SELECT count(*) FROM files) - ({bad})")

    def unreadable(self) -> dict[str, str]:
        """List the files that could not be read, with the reason."""
        rows = self._database.rows("SELECT name, reason FROM files WHERE reason IS NOT NULL ORDER BY name")
        return {fsdecode(name): reason for name, reason in rows}

    def first_names(self, count: int) -> list[str]:
        """List the names of some pictures, in order; of all where `count` is negative."""
        rows = self._database.rows("SELECT name FROM files WHERE reason IS NULL ORDER BY name LIMIT ?", (count,))
        return [fsdecode(name) for (name,) in rows]

    def ids(self) -> dict[str, int]:
        """Give the ids of all pictures by name, in order of name."""
        rows = self._database.rows("SELECT name, id FROM files WHERE reason IS NULL ORDER BY name")
        return {fsdecode(name): id for name, id in rows}

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Give names by id; of those that are there."""
        return {id: fsdecode(name) for id, name in self._by_id("SELECT id, name FROM files", ids)}

    def dhashes(self, ids: Iterable[int]) -> dict[int, int]:
        """Fingerprints of 64 bits by id; of those that are there."""
        return {id: dhash % 2**64 for id, dhash in self._by_id("SELECT id, dhash FROM files", ids)}

    def vectors(self, ids: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
        """Give the vectors of ids that are there: ids (N,) and vectors (N, D), in order of id."""
        return self._as_arrays(sorted(self._by_id("SELECT id, vector FROM vectors", ids)))

    def vectors_after(self, id: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give all vectors of larger ids, in pages of ids (N,) and vectors (N, D), in order of id."""
        statement = "SELECT id, vector FROM vectors WHERE id > ? ORDER BY id LIMIT ?"
        while rows := self._database.rows(statement, (id, PAGE)):
            yield self._as_arrays(rows)
            id = rows[-1][0]

    def last_id(self) -> int:
        """Give the largest id that has a vector; 0 where none has."""
        return self._database.number("SELECT max(id) FROM vectors")

    def check(self) -> None:
        """Read the whole file, and raise DamagedLibrary unless each picture has its vector."""
        self._database.check()
        pictures = "FROM files LEFT JOIN vectors USING (id) WHERE reason IS NULL"
        wrong = self._database.number(f"SELECT count(*) {pictures} AND length(vector) IS NOT {4 * self._dimension()}")
        if wrong:
            raise self._database.damage(f"the vectors of {wrong:,} pictures are missing")

    def state(self) -> tuple[int, int]:
        """Give what differs once anything was written, by this program or another."""
        return self._database.state()

    def _as_arrays(self, rows: Sequence[tuple[int, bytes]]) -> tuple[np.ndarray, np.ndarray]:
        ids, dimension = np.array([id for id, _ in rows], dtype=np.int64), self._dimension()
        if any(len(vector) != 4 * dimension for _, vector in rows):
            raise self._database.damage(f"it holds a vector that has not {dimension} numbers")
        data = b"".join(vector for _, vector in rows)
        return ids, np.frombuffer(data, np.float32).reshape(len(rows), dimension)

    def _dimension(self) -> int:
        return self._database.number("SELECT value FROM about WHERE key = 'dimension'")

    def _by_id(self, select: str, ids: Iterable[int]) -> Iterator[tuple]:
        wanted = [int(id) for id in ids]
        for start in range(0, len(wanted), MANY):
            part = wanted[start : start + MANY]
            yield from self._database.rows(f"{select} WHERE id IN ({','.join('?' * len(part))})", part)


def _check(record: FileRecord, dimension: int) -> None:
    if record.image is None:
        return
    if record.image.vector.shape != (dimension,):
        raise IrisError(f"a vector of {record.image.vector.size} numbers came to a library of {dimension}")
    if not np.isfinite(record.image.vector).all():
        raise IrisError(f"the vector of {record.file.name} holds numbers that are not finite")


def _insert(connection: sqlite3.Connection, record: FileRecord) -> None:
    file, image = record.file, record.image
    name, dhash = fsencode(file.name), None if image is None else _signed(image.fingerprint)
    connection.execute("DELETE FROM files WHERE name = ?", (name,))
    cursor = connection.execute(
        "INSERT INTO files (name, size, version, sha256, dhash, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (name, file.size, file.version, record.sha256, dhash, record.reason),
    )
    if image is not None:
        vector = np.ascontiguousarray(image.vector, dtype=np.float32)
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (cursor.lastrowid, vector.tobytes()))


def _signed(bits: int) -> int:
    """64 bits as SQLite's signed integers hold them."""
    return bits - 2**64 if bits >= 2**63 else bits
