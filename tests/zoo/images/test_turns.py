"""The eight turns of EXIF, on pictures of any shape, against plain turning and mirroring of arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from picture_files import encoded, remarks
from PIL import Image

from zoo.images.decode import open_picture

# What a viewer does to the stored rows and columns, by the number of the tag (EXIF 2.32, section 4.6.4).
TURNED = {
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1),
    6: lambda x: np.rot90(x, -1),
    7: lambda x: x.swapaxes(0, 1)[::-1, ::-1],
    8: lambda x: np.rot90(x),
}
SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))


@pytest.mark.parametrize("turn", TURNED)
@settings(max_examples=25)
@given(pixels=SHAPES.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_a_picture_is_turned_as_its_exif_says(turn: int, pixels: np.ndarray) -> None:
    opened = open_picture(encoded(Image.fromarray(pixels), "PNG", exif=remarks(Orientation=turn)))
    assert np.array_equal(np.asarray(opened), TURNED[turn](pixels))
    assert opened.getexif().get(Image.ExifTags.Base.Orientation, 1) == 1
