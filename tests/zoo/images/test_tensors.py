"""Pictures to tensors and back."""

import numpy as np
import pytest
import torch
from picture_files import quarters
from PIL import Image

from zoo.images.tensors import like, raw_tensor, to_picture, to_tensor, with_alpha


def test_tensor_and_picture_turn_into_each_other_without_loss() -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (600, 5, 3), dtype=np.uint8))
    image = to_tensor(picture)
    assert image.shape == (1, 3, 600, 5) and image.dtype == torch.float32 and image.is_contiguous()
    assert image.min() >= 0 and image.max() <= 1
    assert to_picture(image).tobytes() == picture.tobytes()
    assert to_picture(image * 3 - 1).getextrema() == ((0, 255),) * 3


def test_grey_is_repeated_and_alpha_dropped() -> None:
    clear = with_alpha(quarters(), Image.new("L", (48, 32), 0))
    assert torch.equal(to_tensor(clear), to_tensor(quarters()))
    grey = to_tensor(with_alpha(quarters("L"), Image.new("L", (48, 32))))
    assert torch.equal(grey[:, 0], grey[:, 2]) and torch.equal(grey[0, 0], to_tensor(quarters("L"))[0, 1])


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_samples_and_picture_turn_into_each_other_without_loss(mode: str) -> None:
    deep = mode == "I;16"
    picture = quarters("L" if deep else mode)
    if deep:
        picture = Image.fromarray(np.arange(48 * 32, dtype=np.uint16).reshape(32, 48) * 42)
    found = raw_tensor(picture)
    assert found.shape == (1, 1 if deep else len(mode), 32, 48)
    assert found.dtype == (torch.uint16 if deep else torch.uint8)
    back = to_picture(found.to(torch.float32) / (65535 if deep else 255), sixteen_bit=deep)
    assert back.mode == mode and back.tobytes() == picture.tobytes()


def test_a_result_goes_the_way_of_its_source() -> None:
    source = quarters("L")
    source.info = {"icc_profile": b"p", "exif": b"e", "dpi": (300, 300), "comment": b"c"}
    result = like(quarters(), source)
    assert result.mode == "L" and result.info == {"icc_profile": b"p", "exif": b"e", "dpi": (300, 300)}
    assert like(with_alpha(quarters(), source), source).mode == "LA"
    assert like(quarters(), quarters()).mode == "RGB"
