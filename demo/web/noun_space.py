"""The picture encoder that the page uses, and that it fits the bundled nouns."""

from functools import cache

from embeddings.words.table import data_sha256
from zoo.encoder.encode import words_sha256
from zoo.errors import Refused

MODEL = "devise.nouns"


@cache
def check_space() -> None:
    if words_sha256(MODEL) != data_sha256():
        raise Refused(f"{MODEL} was trained on other noun vectors than embeddings/data holds; get Iris anew")
