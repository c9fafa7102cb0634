"""What bench measures, on a few vectors and photos made here; no time is judged."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings.evaluation import kill_trial, timing_photos, timing_search, timing_table
from embeddings.evaluation.made_records import made_records
from embeddings.evaluation.timing_photos import PhotoBenchmark
from embeddings.evaluation.timing_search import Row
from embeddings.library.indexing import index_folder
from embeddings.results import EncodedPicture
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors

CLASSES = ("n02110958", "n02012849")


@pytest.fixture
def benchmark() -> PhotoBenchmark:
    """An image model that sees the first class in every file, and a baseline."""
    probabilities = np.array([0.9, 0.1], np.float32)
    vector = load_noun_vectors()[load_nouns().row(CLASSES[0])]

    def make_photos(folder: Path, count: int) -> list[Path]:
        folder.mkdir()
        photos = [folder / f"{number}.jpg" for number in range(count)]
        for photo in photos:
            photo.write_text(photo.name)
        return photos

    def encode_files(given: Sequence[Path | bytes]) -> Iterator[EncodedPicture]:
        return (EncodedPicture(vector, 0) for _ in given)

    return PhotoBenchmark(
        "m",
        CLASSES,
        encode_files,
        make_photos,
        Path.read_text,
        lambda picture: probabilities,
        lambda files: sorted(range(90_000)),
    )


def test_a_photo_is_timed_by_stages_and_whole_and_a_folder_beside_the_baseline(benchmark: PhotoBenchmark) -> None:
    *stages, name, index, baseline = timing_photos.measure(benchmark, photos=3, rounds=1)
    assert [row.job for row in stages] == [f"name a photo: {stage}" for stage in ("decode", "network", "nouns")]
    assert name.milliseconds >= max(row.milliseconds for row in stages)
    assert index.times_open_clip == pytest.approx(baseline.milliseconds / index.milliseconds, abs=0.01)
    assert index.per_second == pytest.approx(1000 / index.milliseconds, rel=0.01)


def test_without_open_clip_there_is_no_comparison(benchmark: PhotoBenchmark) -> None:
    rows = list(timing_photos.measure(replace(benchmark, baseline=None), photos=2, rounds=1))
    assert rows[-1].job == "index a folder, a photo" and rows[-1].times_open_clip is None


def test_every_way_gets_a_row_and_the_exact_ones_miss_nothing() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(600, 16)).astype(np.float32))
    names = [f"n{number}" for number in range(600)]
    rows = list(timing_search.measure(vectors, names, vectors[:20], timing_search.noun_ways))
    ways = [row.way for row in rows]
    assert ways[0] == "gensim most_similar" and len(set(ways)) == len(ways) == 12
    exact = [row for row in rows if "exact" in row.way or "gensim" in row.way]
    assert len(exact) == 3 and all(row.recall == 1 for row in exact)
    assert all(0 < row.recall <= 1 and row.single > 0 and row.megabytes >= 0 for row in rows)


def test_the_picture_index_is_compared_with_gensim_on_vectors_like_those_of_pictures() -> None:
    gensim, index = timing_search.measure_many(20, size=2000)
    assert (gensim.way, index.way) == ("gensim most_similar", "picture index")
    assert gensim.recall == index.recall == 1
    assert index.gensim == pytest.approx(gensim.single / index.single, abs=0.05)


@pytest.mark.slow
def test_a_library_is_measured_at_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["bench", "library", "--sizes", "100", "300", "--json"]) == 0
    small, large = json.loads(capsys.readouterr().out)["library"]
    assert (small["pictures"], large["pictures"]) == (100, 300)
    assert small["recall"] == large["recall"] == 1
    assert large["file_megabytes"] > small["file_megabytes"] > 0
    assert all(value > 0 for row in (small, large) for name, value in row.items() if name != "add_kilobytes")


def test_a_table_is_measured_at_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("lancedb", reason="LanceDB is an optional install: requirements-cluster.txt")
    assert command_line.main(["bench", "table", "--sizes", "100", "600", "--queries", "5", "--json"]) == 0
    small, large = json.loads(capsys.readouterr().out)["table"]
    assert (small["pictures"], large["pictures"]) == (100, 600)
    assert small["overlap"] == large["overlap"] == 1
    assert large["megabytes"] > small["megabytes"] > 0 and large["add_ms"] > 0


def test_what_a_table_finds_is_compared_with_the_exact_answer() -> None:
    asked = np.array([record.image.vector for record in made_records(0, 3) if record.image])
    nearest = timing_table._nearest(np.full((3, timing_table.NEAREST), -np.inf, np.float32), asked, 0, 3)
    nearest = timing_table._nearest(nearest, asked, 100, 40)
    assert nearest[:, 0] == pytest.approx(1)
    exact = [[(id, float(score)) for id, score in enumerate(row)] for row in nearest]
    assert timing_table._overlap(exact, nearest) == 1
    assert timing_table._overlap([hits[:6] for hits in exact], nearest) == 0.5


def test_indexing_that_is_killed_is_measured_beside_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def indexed(folder: Path, cache: Path, *, kill_at: int | None = None) -> None:
        def encode(files: Sequence[Path | bytes]) -> Iterator[EncodedPicture]:
            return (EncodedPicture(load_noun_vectors()[0], 0) for _ in files)

        for progress in index_folder(folder, encode, model="m", where=cache / "pictures", batch=1):
            if kill_at is not None and progress.done >= kill_at:
                return

    monkeypatch.setattr(kill_trial, "_index", indexed)
    for row in kill_trial.measure(12, kills=2):
        assert (row.indexed, row.missing, row.twice) == (12, 0, 0)


def test_a_killed_run_is_told_beside_the_undisturbed_one() -> None:
    rows = [kill_trial.Row("undisturbed", 12, 0, 0, 9.0, 4.0), kill_trial.Row("killed twice", 12, 0, 0, 9.0, 4.6)]
    assert [line.split()[-1] for line in kill_trial.table(rows)] == ["first", "1.00", "1.15"]


def test_the_command_prints_tables_or_one_object(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, benchmark: PhotoBenchmark
) -> None:
    def measured(vectors: np.ndarray, names: list[str], queries: np.ndarray, ways: object) -> list[Row]:
        assert vectors.shape[1] == queries.shape[1] and len(vectors) == len(names) == 82_115
        return [Row("one way", 2.5, 1.25, 0.75, 3.0, len(queries), 2.0)]

    def short(options: Namespace) -> PhotoBenchmark:
        return replace(benchmark, make_photos=lambda folder, count: benchmark.make_photos(folder, 2))

    monkeypatch.setattr(timing_search, "measure", measured)
    monkeypatch.setattr(timing_search, "MANY", 82_115)
    monkeypatch.setattr("embeddings.cli.bench.photo_benchmark", short)
    assert command_line.main(["bench", "--queries", "7", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["photos", "vectors", "nouns"]
    assert found["nouns"][0]["megabytes"] == found["vectors"][0]["megabytes"] == 7
    assert found["photos"][-2]["times_open_clip"] > 0
    assert command_line.main(["bench", "nouns"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert "recall@12" in head and "one way" in row and "0.7500" in row and len(head) == len(row)
    assert command_line.main(["bench", "photos"]) == 0
    assert "x open_clip" in capsys.readouterr().out.splitlines()[0]
