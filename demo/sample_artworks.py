"""Artworks of the project's own making, drawn by the code here, to paint after where a visitor has none at hand."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import KDTree

SIDE = 512
VIOLETS = ((58, 43, 96), (105, 75, 176), (157, 132, 216), (233, 180, 76), (242, 226, 186), (34, 87, 122))
STONES = ((20, 33, 61), (252, 163, 17), (229, 229, 229), (191, 67, 66), (87, 117, 144), (67, 170, 139))


@cache
def sample_artworks() -> dict[str, Image.Image]:
    """Give the artworks by their titles."""
    drawn: dict[str, Callable[[], Image.Image]] = {"violet wind": _wind, "stone mosaic": _mosaic, "rings": _rings}
    return {title: draw() for title, draw in drawn.items()}


def _wind() -> Image.Image:
    """Short strokes that follow a smooth field of directions, coarse ones first."""
    chance = np.random.default_rng(3)
    picture = Image.new("RGB", (SIDE, SIDE), VIOLETS[0])
    pen = ImageDraw.Draw(picture)
    for width, count in ((14, 900), (8, 2200), (4, 3600)):
        for x, y in chance.uniform(0, SIDE, (count, 2)):
            angle = 2.2 * np.sin(x / 95) + 1.7 * np.cos(y / 70) + 0.9 * np.sin((x + y) / 130)
            height = 0.5 + 0.5 * np.sin(x / 120 + y / 80) + chance.normal(0, 0.16)
            ink = VIOLETS[int(np.clip(height * len(VIOLETS), 0, len(VIOLETS) - 1))]
            reach = 3.2 * width
            pen.line((x, y, x + reach * np.cos(angle), y + reach * np.sin(angle)), ink, width)
    return picture


def _mosaic() -> Image.Image:
    """Stones, each around a point of its own, with dark joints between them."""
    chance = np.random.default_rng(5)
    points, inks = chance.uniform(0, SIDE, (420, 2)), chance.integers(0, len(STONES), 420)
    places = np.moveaxis(np.mgrid[:SIDE, :SIDE][::-1], 0, -1)
    distances, owners = KDTree(points).query(places, k=2)
    light = (0.85 + 0.3 * chance.random(420))[owners[..., 0]]
    pixels = np.array(STONES)[inks[owners[..., 0]]] * light[..., None]
    pixels[distances[..., 1] - distances[..., 0] < 2.5] = (25, 22, 28)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _rings() -> Image.Image:
    """Coloured rings that lie over each other."""
    chance = np.random.default_rng(11)
    picture = Image.new("RGB", (SIDE, SIDE), STONES[2])
    pen = ImageDraw.Draw(picture)
    for x, y, radius in chance.uniform((0, 0, 30), (SIDE, SIDE, 130), (46, 3)):
        for share in np.linspace(1, 0.15, 6):
            ink = (*STONES, *VIOLETS)[chance.integers(0, len(STONES) + len(VIOLETS))]
            reach = radius * share
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
    return picture
