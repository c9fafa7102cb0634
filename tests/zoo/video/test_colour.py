"""Frames have the colours that players show."""

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace, ColorTrc

from zoo.video.colour import rgb_of

RED = (220, 40, 30)


def frame_of(matrix: Colorspace, lines: int, tag: int) -> av.VideoFrame:
    """A red frame of so many lines, its colours by one matrix, which another may be said to be."""
    rgb = np.full((lines, 32, 3), RED, np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv444p", dst_colorspace=matrix)
    frame.colorspace = tag
    return frame


def lit(signal: float, transfer: ColorTrc, colour: tuple[float, float, float] = (1, 1, 1)) -> np.ndarray:
    """The pixel that a frame of high dynamic range shows where each channel has so much of the signal."""
    rgb = np.full((16, 16, 3), np.rint(65535 * signal * np.array(colour)), np.uint16)
    frame = av.VideoFrame.from_ndarray(rgb, "rgb48le")
    frame.color_trc = transfer
    return rgb_of(frame)[8, 8].astype(int)


@pytest.mark.parametrize(
    ("lines", "matrix"), [(576, Colorspace.ITU601), (718, Colorspace.ITU601), (720, Colorspace.ITU709)]
)
def test_an_untagged_frame_is_of_the_matrix_that_players_take(lines: int, matrix: Colorspace) -> None:
    assert np.abs(rgb_of(frame_of(matrix, lines, tag=2))[8, 8].astype(int) - RED).max() <= 3


@pytest.mark.parametrize("lines", [576, 720])
@pytest.mark.parametrize(("matrix", "tag"), [(Colorspace.ITU601, 6), (Colorspace.ITU709, 1)])
def test_a_tag_counts_more_than_the_size(lines: int, matrix: Colorspace, tag: int) -> None:
    assert np.abs(rgb_of(frame_of(matrix, lines, tag))[8, 8].astype(int) - RED).max() <= 3


@pytest.mark.parametrize(("transfer", "paper"), [(ColorTrc.SMPTE2084, 0.5807), (ColorTrc.ARIB_STD_B67, 0.75)])
def test_paper_white_of_high_dynamic_range_is_bright_on_a_screen_and_not_the_brightest(
    transfer: ColorTrc, paper: float
) -> None:
    white, highlight = lit(paper, transfer), lit(1.0, transfer)
    assert white.max() - white.min() <= 1 and 225 <= white.min() <= 240
    assert highlight.min() >= 250
    steps = [lit(part * paper, transfer)[0] for part in (0.2, 0.4, 0.6, 0.8, 1)]
    assert steps == sorted(set(steps)) and steps[0] < 60


def test_a_hue_of_high_dynamic_range_stays_that_hue() -> None:
    red, _, blue = lit(0.6, ColorTrc.SMPTE2084, (1, 0.5, 0.5))
    assert red > 200 and red > 2 * blue
