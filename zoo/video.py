"""Clips painted frame by frame, steadily: what only moves in the scene keeps its strokes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import cv2
import numpy as np
from PIL import Image

from zoo.clips import frames_of, rewriting, sound_of
from zoo.flow import motion
from zoo.folders import finish_with_bar
from zoo.steps import Step, finish
from zoo.stylize import DEFAULT_STRENGTH, checked, checked_strength, styles, stylize

MEMORY = 0.6  # share of the last result where the motion holds; more is steadier still, and softer
CUT = 0.2  # where motion holds on less of the picture, a new scene begins
EDGE = 5  # pixels over which the memory fades towards what does not hold


class SteadyPainter:
    """Paints the frames of one clip or one camera, each in one pass and held to the one before.

    The last result, moved as the scene moved, is mixed into the new one where the motion holds, so that strokes go with
    the things they are on; what was hidden, what the motion does not explain and a new scene or size is painted afresh.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        *,
        strength: float = DEFAULT_STRENGTH,
        keep_colors: bool = False,
        size: int | None = None,
        steady: bool = True,
        device: str = "cpu",
    ) -> None:
        """The settings are those of `stylize`; ``steady`` False paints every frame by itself."""
        self._weights = checked(weights, tuple(styles()))
        self._settings = {"strength": checked_strength(strength), "keep_colors": keep_colors, "size": size}
        self._settings["device"] = device
        self._steady = steady
        self._last: tuple[np.ndarray, np.ndarray] | None = None  # the last frame (uint8) and its result (float32)

    def paint(self, frame: Image.Image) -> Image.Image:
        """The next frame, painted, RGB in its own size."""
        frame = frame.convert("RGB")
        painted = finish(stylize(frame, self._weights, **self._settings)).convert("RGB")
        if not self._steady:
            return painted
        now, result = np.asarray(frame), np.asarray(painted, np.float32)
        if self._last is not None and self._last[0].shape == now.shape:
            result = _held(result, now, *self._last)
        self._last = now, result
        return Image.fromarray(np.rint(result).astype(np.uint8))


def stylize_video(
    source: str | Path,
    target: str | Path,
    weights: Mapping[str, float],
    *,
    strength: float = DEFAULT_STRENGTH,
    keep_colors: bool = False,
    size: int | None = None,
    steady: bool = True,
    device: str = "cpu",
) -> Iterator[Step]:
    """Paint a clip into another of the same size, times and sound, yielding every frame as `preview`.

    ``target`` ends in .mp4 or .mov and appears whole, at the end. The last step's result is the last frame. Raises
    BadInput for wrong settings and for a clip that is damaged or over the limits, IrisError where it cannot be saved.
    """
    painter = SteadyPainter(
        weights, strength=strength, keep_colors=keep_colors, size=size, steady=steady, device=device
    )
    with rewriting(Path(source), Path(target)) as film:
        done, preview = 0, None
        yield Step(0, max(1, film.facts.frames))
        for done, frame in enumerate(film.frames(), 1):
            preview = painter.paint(frame.picture)
            film.add(preview, frame)
            yield Step(done, max(done, film.facts.frames), preview=preview)
    yield Step(done, done, result=preview)


def flicker(frames: Iterable[Image.Image], originals: Iterable[Image.Image]) -> float:
    """How much painted frames change beyond their motion, in levels 0..255.

    The mean over all pixels where the motion of the originals holds of |frame - the frame before, moved|; it is nought
    for frames that only move.
    """
    total, count = 0.0, 0
    pairs = zip(frames, originals, strict=True)
    for (before, scene_before), (now, scene) in pairwise((np.asarray(a), np.asarray(b)) for a, b in pairs):
        moved = motion(scene_before, scene)
        change = cv2.absdiff(now, moved.carried(before))[moved.holds]
        total, count = total + float(change.sum()), count + change.size
    return total / max(count, 1)


@dataclass(frozen=True)
class Steadiness:
    """Flicker of a clip painted steadily and frame by frame, in levels 0..255; seconds a frame, for the steady one."""

    frames: int
    steady: float
    frame_by_frame: float
    ratio: float
    seconds: float
    kept: bool  # whether sound and times are the clip's own


def score_video(clip: str | Path, weights: Mapping[str, float]) -> Steadiness:
    """Paint a clip both ways and compare the finished files with it."""
    with TemporaryDirectory() as folder:
        steady, plain = Path(folder, "steady.mp4"), Path(folder, "frame-by-frame.mp4")
        start = perf_counter()
        finish_with_bar(stylize_video(clip, steady, weights), "steady")
        seconds = perf_counter() - start
        finish_with_bar(stylize_video(clip, plain, weights, steady=False), "frame by frame")
        found = [flicker(_pictures(film), _pictures(clip)) for film in (steady, plain)]
        times, ours = ([frame.time for frame in frames_of(film)] for film in (clip, steady))
        kept = times == ours and sound_of(clip) == sound_of(steady)
    ratio = found[0] / max(found[1], 1e-9)
    return Steadiness(len(ours), *found, ratio, seconds / len(ours), kept)


def _pictures(clip: str | Path) -> Iterator[Image.Image]:
    return (frame.picture for frame in frames_of(clip))


def _held(fresh: np.ndarray, now: np.ndarray, before: np.ndarray, result: np.ndarray) -> np.ndarray:
    """The fresh painting of this frame, mixed with the last result where the motion holds."""
    moved = motion(before, now)
    if moved.holds.mean() < CUT:
        return fresh
    inner = cv2.erode(moved.holds.astype(np.float32), np.ones((EDGE, EDGE)))
    share = MEMORY * cv2.blur(inner, (EDGE, EDGE))[..., None]  # (H, W, 1)
    return np.clip(fresh + share * (moved.carried(result) - fresh), 0, 255)  # sharp moving overshoots
