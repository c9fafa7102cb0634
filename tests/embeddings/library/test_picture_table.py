"""A table that many write to gives what the library of one machine gives, on the disk and in a bucket."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from picture_sets import record

from embeddings.evaluation.made_records import made_records
from embeddings.library import picture_table, table_indexing
from embeddings.library.collection import PictureSet, about
from embeddings.library.picture_table import PictureTable
from embeddings.library.table_indexing import SourceInTable, index_into
from embeddings.library.table_rows import faults_named
from embeddings.results import EncodedPicture
from embeddings.retrieval.match import similar
from embeddings.words.linalg import unit
from zoo.bulk.address import Place
from zoo.errors import BadPicture, BadQuery, IrisError, Missing, Refused
from zoo.progress import run_to_end

VECTORS = unit(np.random.default_rng(0).normal(size=(128, 32)).astype(np.float32))  # of files, by their first byte


@pytest.fixture(params=["disk", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a table may lie."""
    pytest.importorskip("lancedb", reason="LanceDB is an optional install: requirements-cluster.txt")
    return tmp_path / "table" if request.param == "disk" else request.getfixturevalue("bucket") / "iris"


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    pytest.importorskip("lancedb", reason="LanceDB is an optional install: requirements-cluster.txt")
    return tmp_path / "table"


def table_of(place: Place, dimension: int = 32, model: str = "m") -> PictureTable:
    return PictureTable.open_or_create(about(place, model, dimension=dimension))


class ByteEncoder:
    """Sees a file by its first byte, and notes which; a file that starts with "x" is unreadable."""

    def __init__(self) -> None:
        self.looked: list[str] = []

    def __call__(self, sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | BadPicture]:
        for source in sources:
            assert isinstance(source, Path)
            self.looked.append(source.name)
            text = source.read_text()
            yield (
                BadPicture(f"{source.name} is no picture")
                if text.startswith("x")
                else EncodedPicture(VECTORS[ord(text[0])], 7)
            )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "it's photos"
    (made / "inner").mkdir(parents=True)
    for name, text in {"a.jpg": "a", "b.PNG": "b", "inner/c.webp": "c", "x.jpg": "x", "notes.txt": "no"}.items():
        (made / name).write_text(text)
    return made


def indexed(place: Place, folder: Path) -> tuple[SourceInTable, list[str]]:
    """The folder in the table, brought up to date, and the files that were looked at."""
    eye = ByteEncoder()
    return run_to_end(index_into(table_of(place), folder, eye)), eye.looked


@pytest.mark.parametrize("indexed_from", [10**9, 1000], ids=["compared one and all", "by cells and codes"])
def test_the_first_twelve_are_those_of_the_embedded_library(
    place: Place, indexed_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_table, "INDEXED_FROM", indexed_from)
    monkeypatch.setattr(picture_table, "ROWS_A_CELL", 100)
    records = made_records(0, 3000)
    embedded = PictureSet.in_memory(Path("photos"), "m")
    embedded.store.write(records)
    table = PictureTable.open_or_create(about(place, "m"))
    table.write("photos", [*records, record("broken.jpg", None)])
    table.optimize()
    table = PictureTable.open(place)
    assert (len(table), len(table._table.list_indices())) == (3000, 2 if indexed_from == 1000 else 0)

    def found(query: np.ndarray, pictures: PictureSet | PictureTable) -> list[str]:
        return [hit.id for hit in similar(query, pictures)]

    queries = [one.image.vector for one in made_records(10**9, 40) if one.image]
    shared = [len(set(found(query, embedded)) & set(found(query, table))) for query in queries]
    assert np.mean(shared) / 12 >= 0.95
    wanted = records[5]
    assert wanted.image is not None
    [(id, score)] = table.search(wanted.image.vector, 1)
    assert (table.names([id]), round(score, 4)) == ([f"photos/{wanted.file.name}"], 1)
    assert table.fingerprints([id]) == [wanted.image.fingerprint]
    assert table.vectors([id]) == pytest.approx(wanted.image.vector[None], abs=1e-6)


def test_only_what_is_new_or_changed_is_looked_at_again(place: Place, folder: Path) -> None:
    pictures, looked = indexed(place, folder)
    assert (len(pictures), pictures.unreadable, sorted(looked)) == (
        3, {"x.jpg": "x.jpg is no picture"}, ["a.jpg", "b.PNG", "c.webp", "x.jpg"],
    )  # fmt: skip
    (folder / "a.jpg").unlink()
    (folder / "b.PNG").write_text("bb")
    os.utime(folder / "inner/c.webp", ns=(1, 1))
    assert indexed(place, folder)[1] == ["b.PNG"]
    assert indexed(place, folder)[1] == []
    assert sorted(PictureTable.open(place).first(-1)) == [f"{folder}/b.PNG", f"{folder}/inner/c.webp"]


def test_the_index_of_a_table_that_has_grown_fourfold_is_made_anew(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_table, "INDEXED_FROM", 300)
    table, indexes = table_of(disk, 200), []
    for first, count in ((0, 300), (300, 600), (900, 400)):
        table.write("/made", made_records(first, count))
        table.optimize()
        indexes.append({one.name for one in table._table.list_indices()} - {"name_idx"})
    assert indexes == [{"vector_300"}, {"vector_300"}, {"vector_1300"}]
    grown = table_of(disk, 200)
    for written in (*made_records(0, 300)[:3], *made_records(900, 400)[:3]):
        assert written.image is not None
        [hit] = grown.search(written.image.vector, 1)
        assert hit[1] == pytest.approx(1, abs=1e-4)


def test_rows_are_chosen_by_what_is_known_of_them(disk: Path, folder: Path) -> None:
    indexed(disk, folder)

    def found(where: str) -> set[str]:
        table = PictureTable.open(disk, where=where)
        return {Path(name).name for name in table.names(id for id, _ in table.search(VECTORS[0], 9))}

    assert found("size = 1") == {"a.jpg", "b.PNG", "c.webp"}
    assert found("name LIKE 'inner/%' OR name = 'a.jpg'") == {"a.jpg", "c.webp"}
    with pytest.raises(BadQuery, match="nonsense"):
        found("nonsense > 3")


@pytest.mark.parametrize(
    "where",
    [
        "1=1) OR (1=1", "true) --", "reason IS NULL) OR (reason IS NOT NULL", "nosuch > 3", "'", "a\nb > 1",
        "size / 0 > 1", "cast(name as int) > 1", "source LIKE '%'; DROP TABLE pictures", "(" * 300 + "1=1" + ")" * 300,
    ],
)  # fmt: skip
def test_a_condition_that_is_none_by_itself_or_fails_is_refused_in_one_line(
    where: str, disk: Path, folder: Path
) -> None:
    indexed(disk, folder)
    with pytest.raises(BadQuery, match=r"^--where cannot be asked of .*; columns are source, name, ") as refused:
        PictureTable.open(disk, where=where).search(VECTORS[97])
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400 + len(str(disk))
    assert ".rs" not in str(refused.value)


def test_two_writers_of_one_table_lose_nothing(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_indexing, "BATCH", 3)
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
        for number in range(9):
            (folder / f"{number}.jpg").write_text(str(number))
    table_of(place)
    writers = [threading.Thread(target=indexed, args=(place, folder)) for folder in folders]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    wanted = sorted(f"{folder}/{number}.jpg" for folder in folders for number in range(9))
    assert sorted(PictureTable.open(place).first(-1)) == wanted


def test_what_was_written_before_a_stop_is_kept(disk: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_indexing, "BATCH", 1)
    steps = index_into(table_of(disk), folder, ByteEncoder())
    while next(steps).done < 2:
        pass
    steps.close()
    assert len(PictureTable.open(disk)) == 2
    pictures, looked = indexed(disk, folder)
    assert (len(pictures), sorted(looked)) == (3, ["c.webp", "x.jpg"])


def test_a_name_that_a_table_cannot_hold_is_listed(disk: Path, folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.jpg")).write_text("e")
    pictures, _ = indexed(disk, folder)
    assert pictures.unreadable["caf\\udce9.jpg"] == "its name is no UTF-8, which a table cannot hold"
    assert len(pictures) == 3


def test_a_table_of_another_model_is_not_mixed_with(disk: Path) -> None:
    table_of(disk)
    with pytest.raises(Refused, match="made with m, not with other"):
        table_of(disk, model="other")
    with pytest.raises(Refused, match="made with m, not with other"):
        PictureTable.open(disk, model="other")


def test_a_place_without_a_table_says_how_to_make_one(place: Place) -> None:
    with pytest.raises(BadQuery, match=f"index DIR --into {place}"):
        PictureTable.open(place)


def test_an_absent_lancedb_is_one_sentence_that_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(Missing, match=r"requirements-cluster\.txt"):
        PictureTable.open(tmp_path)


def test_no_room_for_a_table_is_one_sentence_that_says_what_to_do() -> None:
    told = "lance error: LanceError(IO): No space left on device (os error 28), /home/x/src/writer/structural.rs:258:9"
    with pytest.raises(IrisError, match=r"no room left .*; make some") as refused, faults_named(Path("table")):
        raise OSError(told)
    assert "structural.rs" not in str(refused.value)
