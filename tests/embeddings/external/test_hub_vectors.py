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
from embeddings.external.align import open_vectors
from zoo import __main__ as zoo_command_line
from zoo import catalog
from zoo.catalog import vector_keys, word_vectors
from zoo.errors import Missing, Refused, UnknownModel
from zoo.hub import path_of, pull
from zoo.model_entry import WordVectors

COMMAND = "python -m zoo pull words.glove-100"
WORDS = ["dog", "cat", "new_york"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """What gensim saves, by name."""
    made = KeyedVectors(4)
    made.add_vectors(WORDS, np.eye(3, 4, dtype=np.float32))
    path = tmp_path / word_vectors("words.glove-100").filename
    made.save(str(path), sep_limit=0)
    names = [file.name for file in word_vectors("words.glove-100").files]
    return {name: (tmp_path / name).read_bytes() for name in names}


@pytest.fixture
def vectors(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> WordVectors:
    """The catalog's entry with small files in place of the large ones, pinned."""
    words, matrix = (sha256(data).hexdigest() for data in files.values())
    small = replace(word_vectors("words.glove-100"), sha256=words, matrix_sha256=matrix, dimension=4, count=3)
    monkeypatch.setattr(catalog, "CATALOG", {small.key: small})
    return small


@pytest.fixture
def hub(
    vectors: WordVectors, files: dict[str, bytes], hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))
    (name, data), *more = files.items()
    with served(Hub(vectors.repo, name, vectors.revision, data, dict(more))) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def refused_in_one_sentence(error: type[Exception], vectors: WordVectors) -> str:
    with pytest.raises(error) as refusal:
        pull(vectors)
    sentence = str(refusal.value)
    assert COMMAND in sentence and "\n" not in sentence and len(sentence) < 300
    return sentence


def test_pulled_vectors_are_checked_cached_and_read(hub: Hub, vectors: WordVectors) -> None:
    with pytest.raises(Missing, match=COMMAND):
        open_vectors(vectors.key)
    assert not hub.requests
    assert pull(vectors) == path_of(vectors, check=False)
    assert open_vectors(vectors.key).words == WORDS
    asked = len(hub.requests)
    assert pull(vectors) and len(hub.requests) == asked  # what is there needs no hub


def test_what_the_pins_do_not_allow_is_refused_and_removed(hub: Hub, vectors: WordVectors, hub_cache: Path) -> None:
    hub.more = {name: data[:-1] + b"?" for name, data in hub.more.items()}
    assert "its sha256 begins" in refused_in_one_sentence(Refused, vectors)
    assert not list(hub_cache.glob("models--*/snapshots/*/*.npy"))


def test_without_pins_the_first_fetch_is_noted_and_another_file_refused(hub: Hub, vectors: WordVectors) -> None:
    loose = replace(vectors, sha256="", matrix_sha256="")
    pull(loose)
    path = path_of(loose, check=False).resolve()
    path.chmod(0o644)
    path.write_bytes(hub.data[:-1] + b"?")
    with pytest.raises(Refused, match="expected " + sha256(hub.data).hexdigest()[:12]):
        path_of(loose)
    assert pull(loose).read_bytes() == hub.data


def test_offline_asks_nobody_and_says_so(hub: Hub, vectors: WordVectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in refused_in_one_sentence(Missing, vectors)
    assert not hub.requests


def test_a_hub_that_cannot_be_reached_or_answers_badly_is_said_so(
    hub: Hub, vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.status = 500
    assert "500" in refused_in_one_sentence(Missing, vectors)
    hub.status = None
    assert "(404)" in refused_in_one_sentence(Missing, replace(vectors, revision="0" * 40))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in refused_in_one_sentence(Missing, vectors)


def test_another_dimension_than_the_catalog_states_is_refused(
    hub: Hub, vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(vectors)
    monkeypatch.setattr(catalog, "CATALOG", {vectors.key: replace(vectors, dimension=5)})
    with pytest.raises(Refused, match="4 numbers a word, expected 5"):
        open_vectors(vectors.key)


def test_the_command_line_fetches_and_tells_what_came(
    hub: Hub, vectors: WordVectors, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["pull", vectors.key]) == 0
    assert "3 words x 4, PDDL 1.0" in capsys.readouterr().out


def test_zoo_lists_and_pulls_them_as_well(
    hub: Hub, vectors: WordVectors, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert zoo_command_line.main(["pull", vectors.key]) == 0
    assert path_of(vectors).name in capsys.readouterr().out


def test_the_catalog_states_what_is_known_and_pins_whole_hashes() -> None:
    assert word_vectors("words.google-news-300").count == 3_000_000
    for key in vector_keys():
        one = word_vectors(key)
        assert (one.key, one.repo.partition("/")[0]) == (key, "fse")
        first, second = one.files
        assert second.name == first.name + ".vectors.npy" and first.name == os.path.basename(one.repo) + ".model"
        assert one.revision == "main" or len(bytes.fromhex(one.revision)) == 20
        assert all(len(bytes.fromhex(file.sha256)) in (0, 32) for file in one.files)
    with pytest.raises(UnknownModel, match=r"did you mean words.glove-300\?"):
        word_vectors("words.glove-30")
