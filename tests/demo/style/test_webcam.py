"""Frames of a webcam: what is taken, and what comes back."""

from base64 import b64encode

import pytest
from picture_files import bomb, encoded, quarters

from demo.style.webcam import FRAME_SIDE, decoded
from demo.style.webcam import encoded as sent
from zoo.errors import BadPicture


def address(data: bytes) -> str:
    """A data address, as browsers make them."""
    return f"data:image/jpeg;base64,{b64encode(data).decode()}"


def test_a_frame_comes_as_it_was_and_no_larger_than_is_painted() -> None:
    assert decoded(address(encoded(quarters(), "JPEG"))).size == quarters().size
    large = quarters().resize((1280, 720))
    assert decoded(address(encoded(large, "JPEG"))).size == (FRAME_SIDE, FRAME_SIDE * 9 // 16)


def test_a_painted_frame_goes_back_as_a_picture_in_an_address() -> None:
    assert decoded(sent(quarters())).size == quarters().size


@pytest.mark.parametrize("hostile", [None, "", "http://127.0.0.1/a.png", "data:image/jpeg;base64,@@@", 7])
def test_what_is_no_frame_is_refused(hostile: object) -> None:
    with pytest.raises(BadPicture):
        decoded(hostile)


def test_a_frame_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(BadPicture, match="too large"):
        decoded(address(bomb()))
