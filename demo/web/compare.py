"""Two pictures of one size over each other, with a line between them that mouse, finger and keys can move."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

SCRIPT = Path(__file__).with_name("compare.js").read_text()
WINDOW = 24  # parts of the longer side: how fine the search for detail is
FRAME = """
<figure class="iris-compare iris-compare-empty">
  <div class="iris-compare-view" role="group" tabindex="0"
    aria-label="{label}. Plus and minus zoom, arrow keys move the picture.">
    <img class="iris-compare-before" alt="{before}"><img class="iris-compare-after" alt="{after}"><i></i>
    <b class="iris-compare-left">{before}</b><b class="iris-compare-right">{after}</b>
  </div>
  <div class="iris-compare-tools">
    <input type="range" min="0" max="100" value="50" aria-label="Line between {before} and {after}">
    <button type="button" name="whole">Whole</button>
    <button type="button" name="full">100 %</button>
    <button type="button" name="screen">Full screen</button>
  </div>
  <figcaption>Scroll or pinch to zoom, then drag to move.</figcaption>
</figure>
"""


@dataclass(frozen=True)
class Compared:
    """Two pictures of one size that are served, their size, and where they are looked at first, in shares of it."""

    before: str
    after: str
    size: tuple[int, int]
    focus: tuple[float, float] = (0.5, 0.5)

    def value(self) -> dict[str, object]:
        """Give the value of a comparison that shows them."""
        return {"before": self.before, "after": self.after, "size": list(self.size), "focus": list(self.focus)}


def comparison(label: str, before: str, after: str) -> gr.HTML:
    """Lay out a comparison of two pictures; its value is that of `Compared`.

    Gradio's slider cannot be moved by keys, and begins with the whole picture, where four times as many pixels show
    nothing.
    """
    frame = FRAME.replace("{label}", label).replace("{before}", before).replace("{after}", after)
    return gr.HTML(
        None, label=label, html_template=frame, js_on_load=SCRIPT, padding=False, apply_default_css=False,
        elem_classes="iris-compare-box",
    )  # fmt: skip


def most_detailed(picture: Image.Image) -> tuple[float, float]:
    """Find where a picture has the most detail, as shares of width and height: where light is steepest."""
    small = picture.convert("L")
    small.thumbnail((256, 256))
    light = np.asarray(small, np.float32)
    if min(light.shape) < 3:
        return 0.5, 0.5
    down, across = np.gradient(light)
    steep = np.abs(down) + np.abs(across)
    half = max(1, max(steep.shape) // WINDOW * 3)
    sums = np.pad(steep, ((half + 1, half), (half + 1, half))).cumsum(0).cumsum(1)
    span = 2 * half + 1
    around = sums[span:, span:] - sums[:-span, span:] - sums[span:, :-span] + sums[:-span, :-span]
    row, column = np.unravel_index(int(around.argmax()), around.shape)
    return (column + 0.5) / light.shape[1], (row + 0.5) / light.shape[0]
