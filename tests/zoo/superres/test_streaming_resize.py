import numpy as np
import pytest
from PIL import Image

from zoo.superres.streaming_resize import StreamingResize


def noise(mode: str, size: tuple[int, int]) -> Image.Image:
    draw, shape = np.random.default_rng(0), size[::-1]
    if mode == "I;16":
        return Image.fromarray(draw.integers(0, 65536, shape).astype(np.uint16))
    channels = [Image.fromarray(draw.integers(0, 256, shape).astype(np.uint8)) for _ in range(len(mode))]
    return Image.merge(mode, channels)


def grown(source: Image.Image, size: tuple[int, int], rows: int) -> Image.Image:
    canvas = StreamingResize(source.size, size)
    for top in range(0, source.height, rows):
        canvas.write_rows(source.crop((0, top, source.width, min(top + rows, source.height))))
    return canvas.picture


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_bands_make_the_picture_they_were_cut_from(mode: str) -> None:
    source = noise(mode, (30, 41))
    assert grown(source, source.size, 7).tobytes() == source.tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16"])
def test_resizing_band_by_band_is_resizing_the_whole(mode: str) -> None:
    source = noise(mode, (20, 91))
    for size in ((1, 1), (7, 11), (29, 90), (31, 92), (50, 150), (80, 720), (90, 5)):
        whole = [np.asarray(channel.resize(size, Image.Resampling.BICUBIC), int) for channel in source.split()]
        for rows in (3, 32, 89):
            found = [np.asarray(channel, int) for channel in grown(source, size, rows).split()]
            assert np.abs(np.subtract(found, whole)).max() <= (1 if mode != "I;16" else 2)


def test_only_the_rows_still_of_use_are_held() -> None:
    canvas, source = StreamingResize((10, 1000), (5, 500)), noise("L", (10, 1000))
    for top in range(0, 1000, 20):
        canvas.write_rows(source.crop((0, top, 10, top + 20)))
        assert canvas._channels[0]._rows.height < 40
