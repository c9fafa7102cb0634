"""How steadily a clip is painted: what changes beyond the motion of the scene."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import cv2
import numpy as np
from PIL import Image

from zoo.progress import run_to_end, with_bar
from zoo.style.video import SteadyPainter, stylize_video
from zoo.video.container import frames_of, sound_of
from zoo.video.optical_flow import motion


def flicker(frames: Iterable[Image.Image], originals: Iterable[Image.Image]) -> float:
    """Measure how much painted frames change beyond their motion, in levels 0..255.

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
        run_to_end(with_bar(stylize_video(clip, steady, SteadyPainter(weights)), "steady"))
        seconds = perf_counter() - start
        run_to_end(with_bar(stylize_video(clip, plain, SteadyPainter(weights, steady=False)), "frame by frame"))
        found = [flicker(_pictures(film), _pictures(clip)) for film in (steady, plain)]
        times, ours = ([frame.time for frame in frames_of(film)] for film in (clip, steady))
        kept = times == ours and sound_of(clip) == sound_of(steady)
    ratio = found[0] / max(found[1], 1e-9)
    return Steadiness(len(ours), *found, ratio, seconds / len(ours), kept)


def _pictures(clip: str | Path) -> Iterator[Image.Image]:
    return (frame.picture for frame in frames_of(clip))
