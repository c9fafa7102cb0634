"""Indexing into a table: what `indexing` does for the library of this machine, for one that many write to."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from embeddings.library.picture_table import PictureTable
from embeddings.library.records import ChangedFile, FileRecord
from embeddings.library.source import Source, existing, open_source
from embeddings.library.store import LibraryStore
from embeddings.library.sync import EncodeFiles, sync
from embeddings.words.linalg import one_algebra_thread
from zoo.bulk.address import Place
from zoo.bulk.engine import Map
from zoo.listing import ListedFile
from zoo.progress import Progress

BATCH = 256  # pictures that are read, encoded and written in one go: each write is a file of its own


class SourceInTable:
    """The pictures of one folder, zip or bucket in a table, as `sync` follows them.

    What is known of the files is held in memory, without vectors.
    """

    def __init__(self, table: PictureTable, source: Source) -> None:
        self.table, self.source = table, source
        self.store = self
        self._name = str(source.path)
        self._known = LibraryStore.create(None, replace(table.about, folder=source.path))
        self._known.write(table.records(self._name))

    @property
    def unreadable(self) -> dict[str, str]:
        """Pictures that could not be read, with the reason."""
        return self._known.unreadable()

    def __len__(self) -> int:
        return len(self._known)

    def list_files(self, files: Iterable[ListedFile]) -> int:
        """Take note of what the source holds now; gives how many files."""
        return self._known.list_files(files)

    def count_changed(self) -> int:
        """Count how many listed files are new or differ from what was read."""
        return self._known.count_changed()

    def changed(self, batch: int) -> Iterator[list[ChangedFile]]:
        """Give the listed files that are new or differ, in order of name."""
        return self._known.changed(batch)

    def forget_unlisted(self, unlisted: Iterable[str] = ()) -> list[str]:
        """Forget the files that were not listed, but for those in `unlisted` folders."""
        gone = self._known.forget_unlisted(unlisted)
        self.table.forget(self._name, gone)
        return gone

    def forget(self, names: Iterable[str]) -> None:
        """Forget files by name."""
        names = list(names)
        self.table.forget(self._name, names)
        self._known.forget(names)

    def write(self, records: Sequence[FileRecord], touched: Sequence[ListedFile] = ()) -> None:
        """Keep a batch in the table; names that are no UTF-8 are listed as unreadable."""
        records = [_nameable(record) for record in records]
        self.table.write(self._name, records)
        self.table.touch(self._name, touched)
        self._known.write([replace(record, image=None) for record in records], touched)


def index_into(
    table: PictureTable, folder: Place | str, encode: EncodeFiles, *, max_pictures: int | None = None, run: Map = map
) -> Generator[Progress[SourceInTable]]:
    """Bring what a table holds of a folder, zip or bucket up to date, yielding progress: `sync` says the rest.

    Others may index other folders into the same table meanwhile; a kill loses one BATCH.
    """
    one_algebra_thread()
    source = open_source(existing(folder))
    pictures = SourceInTable(table, source)
    yield from sync(pictures, source, encode, max_pictures=max_pictures, batch=BATCH, run=run)
    table.optimize()


def _nameable(record: FileRecord) -> FileRecord:
    name = record.file.name
    plain = name.encode(errors="backslashreplace").decode()
    if plain == name:
        return record
    return FileRecord(ListedFile(plain, -1, 0), b"", None, "its name is no UTF-8, which a table cannot hold")
