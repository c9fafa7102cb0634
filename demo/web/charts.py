"""Scores as bars, and a picture among its nearest words as a map: HTML and SVG in the colours of the page."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 460, 350  # units of the map
REACH = 150  # from the middle of the map to the word that lies farthest
LETTER, LINE = 7.4, 16  # about how wide a letter of a label is, and how high a line
LONGEST = 22  # letters of a label on the map
FULL = 0.1  # the least score that fills the chart: where no noun fits, no bar looks as if one did
LEGEND = (
    '<p><i class="iris-key"></i>trained on photos of it '
    '<i class="iris-key iris-unseen"></i>never seen under that name, known from words</p>'
)

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Word:
    """A noun near a picture: its label, how well it fits, its sense, its meaning, whether training had it."""

    label: str
    score: float
    sense: str
    gloss: str
    seen: bool


def bar_chart(words: Sequence[Word]) -> str:
    """Draw the scores as bars beside their nouns, the best one as long as the chart is wide if it is worth anything."""
    full = max([FULL, *(word.score for word in words)])
    rows = "".join(_bar(word, max(0.0, word.score / full)) for word in words)
    head = '<thead class="iris-aside"><tr><th>noun</th><th>score</th></tr></thead>'
    caption = f"<figcaption>The nouns that fit best{LEGEND}</figcaption>"
    return f'<figure class="iris-bars">{caption}<table>{head}<tbody>{rows}</tbody></table></figure>'


def word_map(picture: np.ndarray, words: Sequence[Word], vectors: np.ndarray) -> str:
    """Draw the unit vectors of words (N, D) around that of a picture (D,), each word once."""
    first = [row for row, word in enumerate(words) if word.label not in [other.label for other in words[:row]]]
    if not first:
        return ""
    shown, places = [words[row] for row in first], around(picture, vectors[first])
    points = places * REACH / max(1e-6, np.linalg.norm(places, axis=1).max())
    points += (WIDTH / 2, HEIGHT / 2)
    marks = "".join(_mark(*drawn) for drawn in zip(shown, points, _labels(shown, points), strict=True))
    told = "A map of the picture among its nearest nouns, the nearest first: " + ", ".join(w.label for w in shown)
    middle = f'transform="translate({WIDTH / 2:g} {HEIGHT / 2:g})"'
    rings = "".join(f'<circle class="iris-ring" r="{REACH * share:g}"/>' for share in (0.5, 1))
    centre = f'<g {middle}>{rings}<rect class="iris-here" x="-9" y="-9" width="18" height="18" rx="3"/></g>'
    return (
        '<figure class="iris-map"><figcaption>Your picture among its nearest nouns'
        "<p>The nearer to the frame in the middle, the nearer to the picture; what lies in one direction is alike.</p>"
        f'</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(told, quote=True)}">'
        f"{centre}{marks}</svg></figure>"
    )


def around(picture: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Place words around a picture at the origin. (N, 2)

    How far is the angle between the vectors, without error. In which direction is classical scaling: the words' own
    first two principal components, so that neighbours point the same way.
    """
    spread = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    flat = np.zeros((len(vectors), 2))
    flat[:, : len(axes[:2])] = spread @ axes[:2].T
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    direction = np.where(length > 1e-6, flat / np.maximum(length, 1e-6), (1.0, 0.0))
    return direction * np.arccos(np.clip(vectors @ picture, -1, 1))[:, None]


def _bar(word: Word, share: float) -> str:
    seen, aside = ("", "") if word.seen else (' class="iris-unseen"', '<span class="iris-aside">, never seen</span>')
    noun = f'<th scope="row" title="{html.escape(word.gloss, quote=True)}">{html.escape(word.label)}{aside}'
    bar = f'<div class="iris-meter"><span><i{seen} style="width:{100 * share:.0f}%"></i></span>{word.score:.2f}</div>'
    return f'<tr>{noun}<small class="iris-path">{html.escape(word.sense)}</small></th><td>{bar}</td></tr>'


def _mark(word: Word, point: np.ndarray, label: tuple[float, float, str]) -> str:
    x, y, anchor = label
    seen = "" if word.seen else ' class="iris-unseen"'
    text = f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{html.escape(_short(word.label))}</text>'
    told = html.escape(f"{word.label}: {word.gloss}" if word.gloss else word.label)
    return f'<g{seen}><title>{told}</title><circle cx="{point[0]:.0f}" cy="{point[1]:.0f}" r="4.5"/>{text}</g>'


def _labels(words: Sequence[Word], points: np.ndarray) -> list[tuple[float, float, str]]:
    """Choose where to write each label and how to align it: beside, over or under its point, where there is room."""
    taken = [(x - 6.0, y - 6.0, x + 6.0, y + 6.0) for x, y in (*points, (WIDTH / 2, HEIGHT / 2))]
    placed = []
    for word, (x, y) in zip(words, points, strict=True):
        width = LETTER * len(_short(word.label))
        right = [(x + 9, y + down, "start", x + 8) for down in (4, -4, 13)]
        left = [(x - 9, y + down, "end", x - 8 - width) for down in (4, -4, 13)]
        over = [(x, y + down, "middle", x - width / 2) for down in (-10, 19)]
        options = [
            ((start, low - LINE + 3, start + width, low + 3), (at, low, anchor))
            for at, low, anchor, start in (*(right if x >= WIDTH / 2 else left), *over, *right, *left)
        ]
        box, label = min(options, key=lambda option: _crowded(option[0], taken))
        taken.append(box)
        placed.append(label)
    return placed


def _crowded(box: Box, taken: Sequence[Box]) -> float:
    """Measure how much of a box is already taken or lies outside the map, in square units."""
    left, top, right, bottom = box
    outside = max(0, -left) + max(0, right - WIDTH) + max(0, -top) + max(0, bottom - HEIGHT)
    return 2 * LINE * outside + sum(
        max(0, min(right, r) - max(left, x)) * max(0, min(bottom, b) - max(top, y)) for x, y, r, b in taken
    )


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
