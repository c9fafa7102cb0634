"""Where pictures lie among the bundled nouns: the one encoder of the page, which Describe and Find share."""

from functools import cache

import numpy as np
from PIL import Image

from demo.web.engine import call
from embeddings.words.table import data_sha256
from zoo.encoder.encode import encode, words_sha256
from zoo.errors import Refused

MODEL = "devise.nouns"


def encode_picture(picture: Image.Image, device: str) -> np.ndarray:
    """Encode a picture as the unit vector (D,) that is indexed, searched by, and drawn among its nouns."""
    check_space()
    return call(encode, [picture], key=MODEL, device=device)[0]


@cache
def check_space() -> None:
    """Raise Refused where the encoder was trained on other noun vectors than the bundled ones."""
    if words_sha256(MODEL) != data_sha256():
        raise Refused(f"{MODEL} was trained on other noun vectors than embeddings/data holds; get Iris anew")
