"""Small plain clips in any container, made on the spot."""

from io import BytesIO

import av
import numpy as np


def clip_of(form: str, codec: str, pixels: str, *, frames: int, tracks: int = 0, sound: str = "pcm_s16le") -> bytes:
    """A clip of black frames of 32 pixels a side, and tracks of silence."""
    file = BytesIO()
    with av.open(file, "w", format=form) as film:
        video = film.add_stream(codec, rate=25)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = 32, 32, pixels
        for _ in range(tracks):
            film.add_stream(sound, rate=8000, layout="mono")
        for _ in range(frames):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            film.mux(video.encode(frame.reformat(format=pixels)))
        film.mux(video.encode(None))
    return file.getvalue()
