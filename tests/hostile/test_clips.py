"""Small clips that ask for far more than they are: refused, with little memory, and soon."""

import re
import struct
from collections import deque
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hostile.small_clips import clip_of
from PIL import Image

from zoo.errors import BadInput
from zoo.video.container import MAX_FRAMES, frames_of, read_facts
from zoo.video.rewriting import rewritten

SIDE = 60_000


def huge_gif() -> bytes:
    """A GIF that says it is of 60,000 pixels a side, of which one is drawn."""
    file = BytesIO()
    Image.new("P", (1, 1)).save(file, "GIF", save_all=True, append_images=[Image.new("P", (1, 1), 1)])
    whole = file.getvalue()
    return whole[:6] + struct.pack("<HH", SIDE, SIDE) + whole[10:]


def huge_jpegs() -> bytes:
    """An AVI of JPEGs whose headers say that they are of 60,000 pixels a side."""
    size = re.compile(rb"(?<=\xff\xc0\x00\x11\x08).{4}", re.DOTALL)
    return size.sub(struct.pack(">HH", SIDE, SIDE), clip_of("avi", "mjpeg", "yuvj420p", frames=3))


def long_gif() -> bytes:
    """A GIF of more frames than a clip may have, each of one pixel."""
    file = BytesIO()
    Image.new("P", (1, 1)).save(file, "GIF", save_all=True, append_images=[Image.new("P", (1, 1), 1)])
    whole = file.getvalue()
    return whole[:-1] + whole[whole.rindex(b",") : -1] * MAX_FRAMES + b";"


def crowded() -> bytes:
    """A Matroska file of one small picture and 300 tracks of sound."""
    return clip_of("matroska", "mpeg4", "yuv420p", frames=2, tracks=300)


@pytest.mark.parametrize("make", [huge_gif, huge_jpegs])
def test_a_clip_that_says_it_is_huge_is_refused_before_it_is_decoded(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / ("in.gif" if make is huge_gif else "in.avi")
    path.write_bytes(make())
    with pytest.raises(BadInput, match=r"is damaged|too large"):
        read_facts(path)


def test_a_clip_of_too_many_frames_is_refused_when_they_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    path.write_bytes(long_gif())
    with pytest.raises(BadInput, match="too long"):
        deque(frames_of(path), maxlen=1)


def test_hundreds_of_tracks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.mkv"
    path.write_bytes(crowded())
    with pytest.raises(BadInput, match="more than 32 tracks"), rewritten(path, tmp_path / "out.mp4"):
        pass
