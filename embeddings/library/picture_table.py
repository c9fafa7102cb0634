"""A library beyond one machine: a LanceDB table in a folder or a bucket, to which many may write while others search.

LanceDB is not installed by default, and imported only where a table is used.
"""

import importlib
import logging
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, cast

import numpy as np

from embeddings.library.records import About, FileRecord
from embeddings.library.table_rows import (
    about_of,
    as_row,
    connect,
    faults_named,
    is_whole,
    quoted,
    reason_of,
    schema_of,
)
from embeddings.words.table import data_sha256
from zoo.bulk.address import Place, resolved
from zoo.errors import BadQuery, IrisError, Refused
from zoo.listing import ListedFile

log = logging.getLogger(__name__)

TABLE = "pictures"
INDEXED_FROM = 20_000  # rows; up to here all are compared
ROWS_A_CELL = 4_096
GROWN = 4  # times as many rows as an index was made for, at which it is made anew: its cells have become large
PROBES = 64  # cells that are looked into: at a million rows 0.99 of the true 12 nearest are found
COMPARED = 1_000  # vectors that the codes leave for the exact comparison, or 10 times as many as are asked for
OLD_VERSIONS = timedelta(days=1)  # after which what was replaced is deleted: who reads a table meanwhile, may go on
NAMES = 1_000_000  # that are looked through by name, at most
MANY = 500  # names that are deleted in one statement


class PictureTable:
    """The pictures of any number of folders and buckets in one table, searched like a PictureSet.

    What is searched is the table's version as it was opened. Each method raises IrisError where the table cannot be
    used, with what its store says.
    """

    def __init__(self, place: Place, table: Any, about: About, where: str | None = None) -> None:  # noqa: ANN401
        self.place, self.about, self._table = place, about, table
        self._where = "reason IS NULL" + (f" AND ({where})" if where else "")
        self._found: dict[int, dict[str, Any]] = {}  # rows that searches gave, by id

    @classmethod
    def open(cls, place: Place | str, *, model: str | None = None, where: str | None = None) -> "PictureTable":
        """Open the table of a folder or bucket, of which rows are searched that fulfil `where`, as SQL says it.

        Raises BadQuery where there is none, Refused for one of another model or other words.
        """
        place = resolved(place)
        try:
            with faults_named(place):
                table = connect(place).open_table(TABLE)
        except IrisError as error:
            if "was not found" in str(error):
                raise BadQuery(f"{place} is no library; run: python -m embeddings index DIR --into {place}") from error
            raise
        found = cls(place, table, about_of(place, table), where)
        if found.about.words != data_sha256():
            raise Refused(f"{place} belongs to other noun vectors; index its pictures into another library")
        if model is not None and found.about.model != model:
            raise Refused(f"{place} was made with {found.about.model}, not with {model}; name another library")
        if where:
            found.check_condition(where)
        return found

    @classmethod
    def open_or_create(cls, about: About) -> "PictureTable":
        """Open the table of `about.folder`, or an empty one. Raises Refused as `open` does."""
        try:
            return cls.open(about.folder, model=about.model)
        except BadQuery:
            with faults_named(about.folder):
                connect(about.folder).create_table(TABLE, schema=schema_of(about), exist_ok=True)
            return cls.open(about.folder, model=about.model)

    def check_condition(self, where: str) -> None:
        """Raise BadQuery for a condition that cannot be asked by itself, as one that closes brackets of others."""
        if not is_whole(where):
            raise self._not_asked("its brackets do not match, or it holds a comment")
        self._rows(self._table.search().where(where).select(["name"]).limit(1))

    @property
    def index(self) -> "PictureTable":
        """What finds the nearest pictures."""
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """The synset ids that the model knows."""
        return self.about.classes

    def __len__(self) -> int:
        with faults_named(self.place):
            return self._table.count_rows("reason IS NULL")

    def search(self, vector: np.ndarray, k: int = 10) -> list[tuple[int, float]]:
        """Find the k nearest ids with their cosines, best first. Raises BadQuery for a `where` that cannot be read."""
        query = self._table.search(np.asarray(vector, np.float32).ravel(), vector_column_name="vector")
        query = (
            query.distance_type("dot")
            .nprobes(PROBES)
            .refine_factor(max(10, -(-COMPARED // k)))
            .where(self._where, prefilter=True)
        )
        chosen = query.select(["source", "name", "dhash", "vector", "_distance"]).with_row_id(True).limit(k)
        rows = self._rows(chosen)
        self._found |= {row["_rowid"]: row for row in rows}
        return [(row["_rowid"], 1 - row["_distance"]) for row in rows]

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """Give the vectors of ids that were found. (N, D)"""
        found = [self._found[id]["vector"] for id in ids]
        return np.array(found, np.float32).reshape(len(found), self.about.dimension)

    def fingerprints(self, ids: Sequence[int]) -> list[int]:
        """Give the difference hashes of ids that were found, 64 bits each."""
        return [self._found[id]["dhash"] % 2**64 for id in ids]

    def names(self, ids: Iterable[int]) -> list[str]:
        """List the addresses of ids that were found."""
        return [f"{self._found[id]['source']}/{self._found[id]['name']}" for id in ids]

    def address(self, name: str) -> str:
        """Tell where a picture lies, which is its name here."""
        return name

    def check_there(self) -> None:
        """Do nothing: a table that is not there was not opened."""

    def holds(self, name: str) -> bool:
        """Tell whether a picture was there when its folder was indexed; that may be out of reach from here."""
        return bool(name)

    def first(self, count: int) -> list[str]:
        """List the addresses of some pictures; of NAMES where `count` is negative."""
        query = self._table.search().where(self._where).select(["source", "name"])
        rows = self._rows(query.limit(NAMES if count < 0 else count))
        return [f"{row['source']}/{row['name']}" for row in rows]

    def records(self, source: str) -> list[FileRecord]:
        """Give what is known of the files of one folder or bucket, without vectors."""
        columns = ["name", "size", "version", "sha256", "reason"]
        with faults_named(self.place):
            rows = self._table.search().where(f"source = {quoted(source)}").select(columns).to_arrow().to_pylist()
        return [
            FileRecord(ListedFile(row["name"], row["size"], row["version"]), row["sha256"], None, row["reason"])
            for row in rows
        ]

    def write(self, source: str, records: Sequence[FileRecord]) -> None:
        """Keep files in place of what was known of the same names, all together or none."""
        if not records:
            return
        rows = [as_row(source, record, self.about.dimension) for record in records]
        with faults_named(self.place):
            merge = self._table.merge_insert(["source", "name"])
            data = importlib.import_module("pyarrow").Table.from_pylist(rows, schema=schema_of(self.about))
            merge.when_matched_update_all().when_not_matched_insert_all().execute(data)

    def touch(self, source: str, files: Sequence[ListedFile]) -> None:
        """Note the new versions of files that are otherwise as they were."""
        if not files:
            return
        rows = [{"source": source, "name": file.name, "version": file.version} for file in files]
        with faults_named(self.place):
            merge = self._table.merge_insert(["source", "name"])
            merge.when_matched_update_all().execute(importlib.import_module("pyarrow").Table.from_pylist(rows))

    def forget(self, source: str, names: Sequence[str]) -> None:
        """Forget files by name."""
        for start in range(0, len(names), MANY):
            some = ", ".join(map(quoted, names[start : start + MANY]))
            with faults_named(self.place):
                self._table.delete(f"source = {quoted(source)} AND name IN ({some})")

    def optimize(self) -> None:
        """Join small files, and index the vectors of a large table by cells (IVF) with codes (RaBitQ)."""
        try:
            with faults_named(self.place):
                rows = self._table.count_rows()
                if rows >= max(INDEXED_FROM, GROWN * self._indexed_for()):
                    self._create_index(rows)
                self._table.optimize(cleanup_older_than=OLD_VERSIONS)
        except IrisError as error:
            if "onflict" not in str(error):
                raise
            log.warning("%s; it is put in order the next time", error)

    def _rows(self, query: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Give the rows of a query. Raises BadQuery for a `where` that cannot be read, or fails at what a row holds."""
        try:
            with faults_named(self.place):
                return query.to_arrow().to_pylist()
        except IrisError as error:
            if re.search("Invalid input|filter expression", str(error.__cause__)):
                raise self._not_asked(reason_of(cast(Exception, error.__cause__))) from error
            raise

    def _not_asked(self, reason: str) -> BadQuery:
        columns = ", ".join(schema_of(self.about).names)
        return BadQuery(f"--where cannot be asked of {self.place} ({reason}); columns are {columns}")

    def _indexed_for(self) -> int:
        """For how many rows the vectors' index was made, which its name says; 0 where there is none."""
        made = [re.fullmatch(r"vector_(\d+)", one.name) for one in self._table.list_indices()]
        return max((int(found[1]) for found in made if found), default=0)

    def _create_index(self, rows: int) -> None:
        kinds = importlib.import_module("lancedb.index")
        cells = kinds.IvfRq(distance_type="dot", num_partitions=max(1, rows // ROWS_A_CELL))
        old = [one.name for one in self._table.list_indices() if one.columns == ["vector"]]
        self._table.create_index("vector", config=cells, name=f"vector_{rows}")
        for name in old:
            self._table.drop_index(name)
        self._table.create_index("name", config=kinds.BTree())
