"""The image model of the commands: workers elsewhere encode as the command itself does."""

from argparse import Namespace
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from embeddings.cli.image_encoder import MODEL, worker_setup
from zoo.encoder import encode
from zoo.errors import IrisError
from zoo.precision import use_precision


@pytest.fixture(autouse=True)
def _auto() -> Iterator[None]:
    yield
    use_precision("auto")


def test_a_worker_encodes_as_the_command_does() -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(256, size=(300, 300, 3), dtype=np.uint8))
    here = encode.encode([picture])
    setup = worker_setup(Namespace(engine="ray", model=MODEL, device="cpu"))
    assert setup is not None
    setup()
    assert np.array_equal(encode.encode([picture]), here)


def test_a_worker_that_cannot_encode_in_8_bits_says_what_to_do() -> None:
    use_precision("float32")
    with pytest.raises(IrisError, match="--precision float32"):
        encode.check_eight_bit()
