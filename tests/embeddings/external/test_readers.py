"""Word vectors of others are read, and none of their code is run."""

import os
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.keyedvectors import CompatVocab
from gensim.test.utils import datapath

from embeddings.external.readers import read_vectors, read_word_list
from zoo.errors import BadQuery, Refused

WORDS = ["the", "New_York", "caf\u00e9", "\u732b", "index_to_key", *(f"word{i}" for i in range(1200))]
MATRIX = np.random.default_rng(0).normal(size=(len(WORDS), 8)).astype(np.float32)


def keyed() -> KeyedVectors:
    made = KeyedVectors(8)
    made.add_vectors(WORDS, MATRIX)
    return made


def saved(folder: Path) -> Path:
    keyed().save(str(folder / "some.model"), sep_limit=0)
    return folder / "some.model"


def saved_long_ago(folder: Path, protocol: int) -> Path:
    """As gensim 3 wrote it: a dictionary of Vocab objects first, and then the list, which recalls its words."""
    vectors = KeyedVectors.__new__(KeyedVectors)
    vocab = {word: CompatVocab(index=row, count=9) for row, word in enumerate(WORDS)}
    vectors.__dict__ = {"vocab": vocab, "vector_size": 8, "index2word": list(vocab), "__numpys": ["vectors"]}
    (folder / "old.model").write_bytes(pickle.dumps(vectors, protocol=protocol))
    np.save(folder / "old.model.vectors.npy", MATRIX)
    return folder / "old.model"


def agrees(read: tuple[list[str], np.ndarray]) -> bool:
    words, matrix = read
    return words == WORDS and np.allclose(matrix, MATRIX, atol=1e-6)


def test_what_gensim_saves_is_read_without_unpickling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path)
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, None)
    words, matrix = read_vectors(path)
    assert agrees((words, matrix))
    assert isinstance(matrix, np.memmap)  # three million words need no memory before they are asked for


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_what_gensim_saved_before_version_4_is_read(tmp_path: Path, protocol: int) -> None:
    assert agrees(read_vectors(saved_long_ago(tmp_path, protocol)))


def test_a_file_of_gensim_3_is_read_as_gensim_reads_it() -> None:
    path = Path(datapath("old_w2v_models/w2v_3.4.0.mdl"))  # it comes with gensim
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = Word2Vec.load(str(path)).wv
    assert read_word_list(path) == loaded.index_to_key


def test_a_file_too_old_for_gensim_itself_is_read() -> None:
    words, matrix = read_vectors(Path(datapath("word2vec_pre_kv_sep_py3")))
    assert words[:3] == ["the", "to", "of"]
    assert len(words) == len(matrix) == 9


def test_a_whole_word2vec_model_is_read(tmp_path: Path) -> None:
    model = Word2Vec([["red", "dog"], ["red", "cat"]] * 5, vector_size=8, min_count=1, workers=1, seed=1)
    model.save(str(tmp_path / "w.model"), sep_limit=0)
    words, matrix = read_vectors(tmp_path / "w.model")
    assert words == model.wv.index_to_key
    assert np.array_equal(matrix, model.wv.vectors)


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.vec", "v.bin.gz", "v.txt.gz"])
def test_the_formats_of_word2vec_are_read(tmp_path: Path, name: str) -> None:
    keyed().save_word2vec_format(str(tmp_path / name), binary=".bin" in name)
    assert agrees(read_vectors(tmp_path / name))


def test_glove_text_without_a_first_line_is_read(tmp_path: Path) -> None:
    keyed().save_word2vec_format(str(tmp_path / "glove.txt"), write_header=False)
    assert agrees(read_vectors(tmp_path / "glove.txt"))


def test_an_array_beside_a_list_of_words_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", MATRIX)
    (tmp_path / "v.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    assert agrees(read_vectors(tmp_path / "v.npy"))


@pytest.mark.parametrize("name", ["some.model", "v.bin"])
def test_a_limit_takes_the_first_words(tmp_path: Path, name: str) -> None:
    saved(tmp_path)
    keyed().save_word2vec_format(str(tmp_path / "v.bin"), binary=True)
    words, matrix = read_vectors(tmp_path / name, 10)
    assert words == WORDS[:10]
    assert np.allclose(matrix, MATRIX[:10], atol=1e-6)


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_code_in_a_file_is_never_run_and_the_file_is_refused(tmp_path: Path, protocol: int) -> None:
    state = {"index_to_key": WORDS, "extra": Evil(tmp_path / "made")}
    (tmp_path / "evil.model").write_bytes(pickle.dumps(state, protocol=protocol))
    np.save(tmp_path / "evil.model.vectors.npy", MATRIX)
    with pytest.raises(Refused, match=r"evil.model asks for posix.system.*nothing of it was run"):
        read_vectors(tmp_path / "evil.model")
    assert not (tmp_path / "made").exists()
    pickle.loads((tmp_path / "evil.model").read_bytes())
    assert (tmp_path / "made").exists()  # the file would have done it


def test_a_matrix_of_pickled_objects_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    np.save(tmp_path / "some.model.vectors.npy", np.array([Evil(tmp_path / "made")], dtype=object), allow_pickle=True)
    with pytest.raises(Refused, match="no array of numbers"):
        read_vectors(path)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("data", [b"", b"no pickle", pickle.dumps({"index_to_key": WORDS})[:-9], pickle.dumps([1])])
def test_a_file_that_gensim_did_not_save_is_refused(tmp_path: Path, data: bytes) -> None:
    path = saved(tmp_path)
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"some.model (is no file|holds no list)"):
        read_word_list(path)


def test_a_matrix_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    for wrong in (np.vstack([MATRIX, MATRIX]), MATRIX[:-1], MATRIX[0], np.ones((len(WORDS), 8), dtype=int)):
        np.save(tmp_path / "some.model.vectors.npy", wrong)
        with pytest.raises(Refused, match=r"matrix of some.model is .* for 1,205 words"):
            read_vectors(path)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="no file"):
        read_vectors(tmp_path / "absent.model")
    path = saved(tmp_path)
    (tmp_path / "some.model.vectors.npy").unlink()
    with pytest.raises(BadQuery, match=r"no some.model.vectors.npy beside it"):
        read_vectors(path)
    np.save(tmp_path / "v.npy", MATRIX)
    with pytest.raises(BadQuery, match=r"no v.txt beside it"):
        read_vectors(tmp_path / "v.npy")
    with pytest.raises(BadQuery, match="at least 1"):
        read_vectors(path, 0)
