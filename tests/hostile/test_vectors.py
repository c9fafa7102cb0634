"""Word vectors whose first line lies, or that unpack to far more than they are, are refused by name."""

import gzip
from pathlib import Path

import pytest

from embeddings.external import readers
from embeddings.external.readers import read_vectors
from zoo.errors import Refused


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("one_column.txt", b"cat\ndog\n"),
        ("one_number.txt", b"cat 1\ndog 2\n"),
        ("wide_header.bin", b"10 1000000\ncat "),
        ("long_header.bin", b"500000 300\ncat "),
        ("long_header.txt", b"500000 300\ncat 1 2 3\n"),
        ("nothing.txt", b""),
        ("negative.bin", b"-5 -5\n"),
        ("bomb.txt.gz", gzip.compress(bytes(2**22), mtime=0)),
        ("endless_line.txt.gz", gzip.compress(b"1 3\ncat " + b"0.123456 " * 400_000, mtime=0)),
        ("cut.txt.gz", gzip.compress(b"2 3\ncat 1 2 3\ndog 1 2 3\n", mtime=0)[:-12]),
    ],
)
def test_vectors_that_lie_are_refused_before_any_are_read(
    name: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gensim.models.KeyedVectors.load_word2vec_format", lambda *_, **__: pytest.fail("it was read"))
    monkeypatch.setattr(readers, "SMALL", 2**16)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=f"{name} is not in word2vec's format"):
        read_vectors(tmp_path / name)


@pytest.mark.parametrize("name", ["plain.txt", "packed.txt.gz"])
def test_vectors_that_are_what_they_say_are_read(name: str, tmp_path: Path) -> None:
    content = b"2 3\ncat 1 2 3\ndog 4 5 6\n"
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    words, matrix = read_vectors(tmp_path / name)
    assert words == ["cat", "dog"] and matrix.tolist() == [[1, 2, 3], [4, 5, 6]]
