"""Public word vectors are fetched on request, checked, and never another file than before."""

import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hub_server import Hub, served

from embeddings import __main__ as command_line
from embeddings.errors import BadQuery, VectorsMissing, VectorsRefused
from embeddings.external import catalog
from embeddings.external.align import open_vectors
from embeddings.external.catalog import CATALOG, HubVectors, entry
from embeddings.external.hub_vectors import check, pull, vectors_path

COMMAND = "python -m embeddings pull words.glove-100"
WORDS = ["dog", "cat", "new_york"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """What gensim saves, by name."""
    made = KeyedVectors(4)
    made.add_vectors(WORDS, np.eye(3, 4, dtype=np.float32))
    path = tmp_path / entry("words.glove-100").files[0]
    made.save(str(path), sep_limit=0)
    return {name: (tmp_path / name).read_bytes() for name in entry("words.glove-100").files}


@pytest.fixture
def vectors(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> HubVectors:
    """The catalog's entry with small files in place of the large ones, pinned."""
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    small = replace(entry("words.glove-100"), sha256=hashes, dimension=4, count=3)
    monkeypatch.setattr(catalog, "CATALOG", {small.key: small})
    return small


@pytest.fixture
def hub(
    vectors: HubVectors, files: dict[str, bytes], hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))
    (name, data), *more = files.items()
    with served(Hub(vectors.repo, name, vectors.revision, data, dict(more))) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def refused_in_one_sentence(error: type[Exception], vectors: HubVectors) -> str:
    with pytest.raises(error) as refusal:
        pull(vectors)
    sentence = str(refusal.value)
    assert COMMAND in sentence and "\n" not in sentence and len(sentence) < 300
    return sentence


def test_pulled_vectors_are_checked_cached_and_read(hub: Hub, vectors: HubVectors) -> None:
    with pytest.raises(VectorsMissing, match=COMMAND):
        open_vectors(vectors.key)
    assert not hub.requests
    assert pull(vectors) == vectors_path(vectors)
    assert open_vectors(vectors.key).words == WORDS
    asked = len(hub.requests)
    assert pull(vectors) and len(hub.requests) == asked  # what is there needs no hub


def test_what_the_pins_do_not_allow_is_refused_and_removed(hub: Hub, vectors: HubVectors, hub_cache: Path) -> None:
    hub.more = {name: data[:-1] + b"?" for name, data in hub.more.items()}
    assert "its sha256 begins" in refused_in_one_sentence(VectorsRefused, vectors)
    assert not list(hub_cache.glob("models--*/snapshots/*/*.npy"))


def test_without_pins_the_first_fetch_is_noted_and_another_file_refused(hub: Hub, vectors: HubVectors) -> None:
    loose = replace(vectors, sha256={})
    pull(loose)
    path = vectors_path(loose).resolve()
    path.chmod(0o644)
    path.write_bytes(hub.data[:-1] + b"?")
    with pytest.raises(VectorsRefused, match="expected " + sha256(hub.data).hexdigest()[:12]):
        check(loose)
    assert pull(loose).read_bytes() == hub.data


def test_offline_asks_nobody_and_says_so(hub: Hub, vectors: HubVectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in refused_in_one_sentence(VectorsMissing, vectors)
    assert not hub.requests


def test_a_hub_that_cannot_be_reached_or_answers_badly_is_said_so(
    hub: Hub, vectors: HubVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.status = 500
    assert "500" in refused_in_one_sentence(VectorsMissing, vectors)
    hub.status = None
    assert "(404)" in refused_in_one_sentence(VectorsMissing, replace(vectors, revision="0" * 40))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in refused_in_one_sentence(VectorsMissing, vectors)


def test_another_dimension_than_the_catalog_states_is_refused(
    hub: Hub, vectors: HubVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(vectors)
    monkeypatch.setattr(catalog, "CATALOG", {vectors.key: replace(vectors, dimension=5)})
    with pytest.raises(VectorsRefused, match="4 numbers a word, expected 5"):
        open_vectors(vectors.key)


def test_the_command_line_fetches_and_tells_what_came(
    hub: Hub, vectors: HubVectors, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["pull", vectors.key]) == 0
    assert "3 words x 4, PDDL 1.0" in capsys.readouterr().out


def test_the_catalog_states_what_is_known_and_pins_whole_hashes() -> None:
    assert entry("words.google-news-300").count == 3_000_000
    for key, one in CATALOG.items():
        assert (one.key, one.repo.partition("/")[0]) == (key, "fse")
        assert one.files[1] == one.files[0] + ".vectors.npy" and one.files[0] == os.path.basename(one.repo) + ".model"
        assert one.revision == "main" or len(bytes.fromhex(one.revision)) == 20
        assert set(one.sha256) <= set(one.files)
        assert all(len(bytes.fromhex(value)) == 32 for value in one.sha256.values())
    with pytest.raises(BadQuery, match=r"did you mean words.glove-300\?"):
        entry("words.glove-30")
