"""A made clip to measure on: a camera that moves over a photo, something that passes before it, noise, a tone."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image
from skimage import data

RATE = 25
SOUND_RATE = 44_100
NOISE = 4.0  # levels, as of a small camera indoors: it is what makes painted frames flicker


def make_sample_clip(path: Path) -> None:
    """Make the clip that is measured where none is given: 5 seconds of 640 x 360 from scikit-image's photos."""
    make_clip(path, Image.fromarray(data.astronaut()), Image.fromarray(data.chelsea()))


def make_clip(
    path: Path,
    scene: Image.Image,
    passing: Image.Image,
    *,
    size: tuple[int, int] = (640, 360),
    frames: int = 125,
) -> None:
    """Write an H.264 clip with an AAC tone; the same arguments give the same frames."""
    with av.open(str(path), "w", format="mp4") as film:
        video = film.add_stream("libx264", rate=RATE, options={"crf": "16", "preset": "fast"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        sound = film.add_stream("aac", rate=SOUND_RATE)
        for picture in moving(scene, passing, size, frames):
            film.mux(video.encode(av.VideoFrame.from_image(picture)))
        film.mux(video.encode(None))
        for piece in _tone(frames / RATE):
            film.mux(sound.encode(piece))
        film.mux(sound.encode(None))


def moving(
    scene: Image.Image, passing: Image.Image, size: tuple[int, int], frames: int, noise: float = NOISE
) -> Iterator[Image.Image]:
    """Draw the frames: the scene panned, zoomed and turned, a round cut of another photo crossing it, sensor noise."""
    width, height = size
    still, disc = np.array(scene.convert("RGB")), _disc(passing, round(0.45 * height))
    side, random = disc.shape[0], np.random.default_rng(0)
    for phase in np.linspace(0, 1, frames):
        camera = _camera(scene.size, size, phase)
        frame = cv2.warpAffine(still, camera, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        frame = frame.astype(np.float32)
        place = (width + side) * phase - side, height * (0.5 + 0.15 * np.sin(4 * np.pi * phase)) - side / 2
        moved = cv2.warpAffine(disc, np.array([[1, 0, place[0]], [0, 1, place[1]]], np.float32), size)
        frame = frame * (1 - moved[..., 3:]) + moved[..., :3] * moved[..., 3:]
        frame += random.normal(0, noise, frame.shape)
        yield Image.fromarray(np.clip(np.rint(frame), 0, 255).astype(np.uint8))


def _camera(scene: tuple[int, int], size: tuple[int, int], phase: float) -> np.ndarray:
    """Give the affine map from the scene to the frame at a phase in 0..1."""
    turn = 2 * np.pi * phase
    zoom = max(size[0] / scene[0], size[1] / scene[1]) * (1.35 + 0.2 * np.sin(turn))
    centre = np.array(scene) * (0.5 + 0.06 * np.sin(turn), 0.5 + 0.05 * np.cos(0.7 * turn))
    angle = np.radians(4 * np.sin(1.5 * turn))
    linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([linear, np.array(size) / 2 - linear @ centre])


def _disc(photo: Image.Image, side: int) -> np.ndarray:
    """Cut the middle of a photo round, (side, side, 4), with its cover 0..1 as the fourth channel."""
    least = min(photo.size)
    left, top = (photo.width - least) // 2, (photo.height - least) // 2
    square = photo.convert("RGB").crop((left, top, left + least, top + least)).resize((side, side))
    across = np.arange(side) - (side - 1) / 2
    cover = np.clip(side / 2 - 2 - np.hypot(across[:, None], across), 0, 1)
    return np.dstack([np.array(square), cover]).astype(np.float32)


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    """Make a tone of 440 Hz that swells and fades, in mono."""
    time = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wave = (0.3 * np.sin(2 * np.pi * 440 * time) * np.sin(np.pi * time) ** 2).astype(np.float32)
    for start in range(0, len(wave), 1024):
        piece = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        piece.sample_rate, piece.pts, piece.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        yield piece
