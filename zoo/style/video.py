"""Clips painted frame by frame, steadily: what only moves in the scene keeps its strokes."""

from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np
from PIL import Image

from zoo.files import temporary_folder
from zoo.progress import Progress, run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.fast import styles, stylize
from zoo.style.settings import DEFAULT_STRENGTH, checked_strength, checked_weights
from zoo.video.optical_flow import motion
from zoo.video.rewriting import rewriting

Style = Mapping[str, float] | Image.Image  # weights of the paintings that are known, or any artwork

MEMORY = 0.6  # share of the last result where the motion holds; more is steadier still, and softer
CUT = 0.2  # where motion holds on less of the picture, a new scene begins
PREVIEW_SECONDS = 0.5  # a frame of a clip in memory is shown this often
EDGE = 5  # pixels over which the memory fades towards what does not hold


class SteadyPainter:
    """Paints the frames of one clip or one camera, each in one pass and held to the one before.

    The last result, moved as the scene moved, is mixed into the new one where the motion holds, so that strokes go with
    the things they are on; what was hidden, what the motion does not explain and a new scene or size is painted afresh.
    """

    def __init__(
        self,
        style: Style,
        *,
        strength: float = DEFAULT_STRENGTH,
        keep_colors: bool = False,
        size: int | None = None,
        steady: bool = True,
        device: str = "cpu",
    ) -> None:
        """Take the settings of `stylize` and `stylize_like`; ``steady`` False paints every frame by itself.

        Raises BadInput for wrong ones.
        """
        if isinstance(style, Image.Image):
            painting = partial(stylize_like, artwork=style)
        else:
            painting = partial(stylize, weights=checked_weights(style, tuple(styles())))
        strength = checked_strength(strength)
        self._painted = partial(painting, strength=strength, keep_colors=keep_colors, size=size, device=device)
        self._steady = steady
        self._last: tuple[np.ndarray, np.ndarray] | None = None  # the last frame (uint8) and its result (float32)

    def paint(self, frame: Image.Image) -> Image.Image:
        """Paint the next frame, RGB in its own size."""
        frame = frame.convert("RGB")
        painted = run_to_end(self._painted(frame)).convert("RGB")
        if not self._steady:
            return painted
        now, result = np.asarray(frame), np.asarray(painted, np.float32)
        if self._last is not None and self._last[0].shape == now.shape:
            result = _held(result, now, *self._last)
        self._last = now, result
        return Image.fromarray(np.rint(result).astype(np.uint8))


def paint_frame(painter: SteadyPainter, frame: Image.Image) -> tuple[Image.Image, SteadyPainter]:
    """Paint the next frame; gives it and the painter for the one after, which other processes may go on with."""
    return painter.paint(frame), painter


def stylize_video(source: str | Path, target: str | Path, painter: SteadyPainter) -> Generator[Progress[Image.Image]]:
    """Paint a clip into another of the same size, times and sound, yielding every frame as `preview`.

    ``target`` ends in .mp4 or .mov and appears whole, at the end. The last step's result is the last frame. Raises
    BadInput for a clip that is damaged or over the limits, IrisError where it cannot be saved.
    """
    with rewriting(Path(source), Path(target)) as film:
        done, preview = 0, None
        yield Progress(0, max(1, film.facts.frames))
        for done, frame in enumerate(film.frames(), 1):
            preview = painter.paint(frame.picture)
            film.add(preview, frame)
            yield Progress(done, max(done, film.facts.frames), preview=preview)
    yield Progress(done, done, result=preview)


def stylize_clip(clip: bytes, ending: str, style: Style, **settings: Any) -> Generator[Progress[bytes]]:
    """Paint a clip in memory by a SteadyPainter of these settings, with a preview now and then, to an MP4 file."""
    painter = SteadyPainter(style, **settings)
    with temporary_folder() as folder:
        source, target = folder / f"clip{ending}", folder / "painted.mp4"
        source.write_bytes(clip)
        shown = 0.0
        for step in stylize_video(source, target, painter):
            is_due = perf_counter() - shown > PREVIEW_SECONDS
            if is_due and step.preview:
                shown = perf_counter()
            if step.result is None:
                yield Progress(step.done, step.total, preview=step.preview if is_due else None)
        yield Progress(step.total, step.total, result=target.read_bytes())


def _held(fresh: np.ndarray, now: np.ndarray, before: np.ndarray, result: np.ndarray) -> np.ndarray:
    """Mix the fresh painting of this frame with the last result where the motion holds."""
    moved = motion(before, now)
    if moved.holds.mean() < CUT:
        return fresh
    inner = cv2.erode(moved.holds.astype(np.float32), np.ones((EDGE, EDGE)))
    share = MEMORY * cv2.blur(inner, (EDGE, EDGE))[..., None]  # (H, W, 1)
    return np.clip(fresh + share * (moved.carried(result) - fresh), 0, 255)  # sharp moving overshoots
