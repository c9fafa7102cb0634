"""The ways to search, measured on a few vectors made here; no time is judged."""

import json

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings import bench
from embeddings.vectors import unit


def test_every_way_gets_a_row_and_the_exact_ones_miss_nothing() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(600, 16)).astype(np.float32))
    rows = list(bench.measure(vectors, [f"n{number}" for number in range(600)], vectors[:20]))
    ways = [row.way for row in rows]
    assert ways[0] == "gensim most_similar" and len(set(ways)) == len(ways) == 11
    exact = [row for row in rows if "exact" in row.way or "gensim" in row.way]
    assert len(exact) == 3 and all(row.recall == 1 for row in exact)
    assert all(0 < row.recall <= 1 and row.single > 0 and row.megabytes >= 0 for row in rows)


def test_the_command_prints_a_table_or_objects(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(vectors: np.ndarray, names: list[str], queries: np.ndarray) -> list[bench.Row]:
        assert vectors.shape[1] == queries.shape[1] and len(vectors) == len(names) == 82_115
        return [bench.Row("one way", 2.5, 1.25, 0.75, 3.0, len(queries), 2.0)]

    monkeypatch.setattr(bench, "measure", measured)
    assert command_line.main(["bench", "--queries", "7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["megabytes"] == 7
    assert command_line.main(["bench"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert "recall@12" in head and "one way" in row and "0.7500" in row and len(head) == len(row)
