"""Small clips made on the spot, in every container, with what a clip can have: sound, turns, uneven times."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image
from skimage import data

from zoo.evaluation.sample_clip import moving

SIZE = (96, 64)
UNEVEN = (0, 33, 80, 81, 200)  # milliseconds
CODECS = {".mp4": ("libx264", "aac"), ".mov": ("libx264", "pcm_s16le"), ".mkv": ("libx264", "aac")}
CODECS |= {".webm": ("libvpx-vp9", "libopus"), ".avi": ("mpeg4", "libmp3lame")}


def scene(frames: int = 5, size: tuple[int, int] = SIZE, noise: float = 4.0) -> list[Image.Image]:
    """Frames of a moving camera with something passing by."""
    photos = (Image.fromarray(photo) for photo in (data.astronaut(), data.chelsea()))
    return list(moving(*photos, size, frames, noise))


def save_clip(
    path: Path,
    pictures: Iterable[Image.Image],
    *,
    times: Iterable[int] = UNEVEN,
    time_base: Fraction = Fraction(1, 1000),
    turn: int = 0,
    sound: bool = True,
) -> Path:
    """Write the pictures at these times with a tone; `turn` is how far a player turns them, in degrees."""
    codecs = CODECS[path.suffix]
    with av.open(str(path), "w") as film:
        video, track = film.add_stream(codecs[0], rate=25), None
        assert isinstance(video, av.VideoStream)
        if sound:
            track = film.add_stream(codecs[1], rate=48_000, layout="mono")
            assert isinstance(track, av.AudioStream)
        for place, (picture, time) in enumerate(zip(pictures, times, strict=True)):
            if place == 0:
                odd = picture.width % 2 or picture.height % 2
                video.width, video.height, video.pix_fmt = *picture.size, "yuv444p" if odd else "yuv420p"
                video.codec_context.time_base = time_base
                video.set_display_rotation(turn) if turn else None
            frame = av.VideoFrame.from_image(picture)
            frame.pts, frame.time_base = time, time_base
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        if track:
            _add_tone(film, track)
    return path


def _add_tone(film: av.container.OutputContainer, track: av.AudioStream) -> None:
    wave = (8000 * np.sin(np.arange(9600) / 20)).astype(np.int16)[None]
    tone = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
    film.mux(track.encode(tone))
    film.mux(track.encode(None))
