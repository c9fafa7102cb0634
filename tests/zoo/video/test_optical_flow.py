"""Motion is found where a scene only moved, and not believed elsewhere."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.video.optical_flow import motion

SCENE = np.asarray(Image.fromarray(data.astronaut()).resize((300, 300)))


def test_a_moved_scene_is_carried_to_where_it_is() -> None:
    before, now = SCENE[20:220, 20:260], SCENE[25:225, 13:253]
    moved = motion(before, now)
    inner = moved.holds[20:-20, 20:-20]
    assert inner.mean() > 0.9
    difference = np.abs(moved.carried(before).astype(int) - now)[20:-20, 20:-20]
    assert difference[inner].mean() < 4
    assert np.abs(before.astype(int) - now)[20:-20, 20:-20].mean() > 20


def test_what_comes_into_the_picture_or_from_behind_does_not_hold() -> None:
    before, now = SCENE[:200, 40:280].copy(), SCENE[:200, 28:268].copy()
    before[60:140, 100:160] = now[60:140, 150:210] = SCENE[200:280, 100:160]  # it moves the other way
    moved = motion(before, now)
    assert moved.holds[:, :8].mean() < 0.1
    assert moved.holds[70:130, 115:145].mean() < 0.5
    assert moved.holds[:40, 30:-30].mean() > 0.8


def test_another_scene_does_not_hold() -> None:
    other = np.asarray(Image.fromarray(data.coffee()).resize((300, 300)))
    assert motion(SCENE, other).holds.mean() < 0.2


@pytest.mark.parametrize("size", [(1, 1), (5, 90), (700, 30)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    frame = np.asarray(Image.fromarray(SCENE).resize(size))
    moved = motion(frame, frame)
    assert moved.holds.shape == frame.shape[:2] and moved.holds.all()
    assert np.abs(moved.carried(frame).astype(int) - frame).max() <= 1
