"""A brush over a picture, and the mask that its strokes make.

Gradio's own ImageEditor sends masks as pictures that its server keeps undecoded, without a limit, under names that any
visitor may choose. Strokes are a few numbers, are checked as such, and are as sharp at any size.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import gradio as gr
from PIL import Image, ImageDraw, ImageFilter
from pydantic import Field, TypeAdapter, ValidationError

from demo.web.events import IN_BROWSER
from zoo.errors import BadInput

MASK_SIDE = 1024  # pixels: a brush is never finer than this shows
MOST_STROKES, MOST_POINTS = 500, 5000
SCRIPT = Path(__file__).with_name("brush.js")
FIELD = """
<p class="iris-brush-empty">Choose a picture first; then paint here over what is to change.</p>
<div class="iris-brush-field"><img alt="Your picture, to paint on"><canvas></canvas></div>
<div class="iris-brush-tools">
  <label>Brush <input type="range" min="1" max="30" value="10" aria-label="Width of the brush"></label>
  <button type="button" aria-pressed="false">Erase</button>
  <button type="button" disabled>Undo</button>
  <button type="button" disabled>Clear</button>
</div>
"""

Place = Annotated[float, Field(ge=0, le=1)]  # a share of the width or the height


@dataclass(frozen=True)
class Stroke:
    """A line of the brush, or of its eraser; its width is a share of the picture's longer side."""

    points: Annotated[list[tuple[Place, Place]], Field(min_length=1, max_length=MOST_POINTS)]
    width: Annotated[float, Field(gt=0, le=1)]
    erase: bool = False


@dataclass(frozen=True)
class Painted:
    """What a brush sends: the picture's address, and what was painted on it."""

    strokes: Annotated[list[Stroke], Field(max_length=MOST_STROKES)]


PAINTED = TypeAdapter(Painted)


def brush_over(field: gr.Image) -> gr.HTML:
    """Draw a canvas that shows the picture of a field and is painted on; its value is for `painted_mask`."""
    script = SCRIPT.read_text()
    brush = gr.HTML(html_template=FIELD, js_on_load=script, elem_classes="iris-brush", apply_default_css=False)
    anew = "(photo) => ({photo: photo ? photo.url : '', strokes: []})"
    field.change(None, field, brush, js=anew, **IN_BROWSER)
    return brush


def painted_mask(value: object, size: tuple[int, int], *, softness: float = 0.0) -> Image.Image | None:
    """Draw the mask of a brush: white where it painted, as large as the picture or reduced; None where it did not.

    `softness` is how wide the edge fades, as a share of the longer side. Raises BadInput for a value no brush makes.
    """
    try:
        strokes = PAINTED.validate_python(value).strokes if value else []
    except ValidationError as error:
        raise BadInput("the painted mask cannot be read; clear it and paint again") from error
    if not strokes:
        return None
    scale = min(1.0, MASK_SIDE / max(size))
    mask = Image.new("L", (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    for stroke in strokes:
        _draw(ImageDraw.Draw(mask), stroke, mask.size)
    return mask.filter(ImageFilter.GaussianBlur(softness * max(mask.size) / 2))


def _draw(pen: ImageDraw.ImageDraw, stroke: Stroke, size: tuple[int, int]) -> None:
    ink, radius = 0 if stroke.erase else 255, max(0.5, stroke.width * max(size) / 2)
    points = [(x * size[0], y * size[1]) for x, y in stroke.points]
    pen.line(points, ink, round(2 * radius))
    for point in points:  # round ends and joints
        pen.circle(point, radius, ink)
