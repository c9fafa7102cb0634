"""Which part of a picture to paint: a brush over it, or a mask file."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.settings import Settings
from demo.style.brush import brush_over, painted_mask
from demo.web.uploads import optional_picture, picture_field

SOFTNESS, SOFTEST = 0.02, 0.2  # how wide the edge fades, as a share of the longer side


@dataclass(frozen=True)
class PartChoice:
    """The brush, its edge, and the field for a mask file."""

    brush: gr.HTML
    softness: gr.Slider
    file: gr.Image

    def inputs(self) -> list[Block]:
        """The components whose values `read` takes."""
        return [self.brush, self.softness, self.file]

    def read(self, values: Sequence[object], picture: Image.Image, settings: Settings) -> Image.Image | None:
        """The mask that the values of `inputs` make for a picture; a painted one goes before a file."""
        strokes, softness, file = values
        painted = painted_mask(strokes, picture.size, softness=softness)
        return painted or optional_picture(file, settings)


def choose_part(field: gr.Image, *, beside: gr.Dropdown | None = None) -> PartChoice:
    """Lay out the brush over the picture of a field, folded away; `beside` is what else belongs to a part."""
    with gr.Accordion("Only a part of the picture", open=False):
        brush = brush_over(field)
        with gr.Row():
            softness = gr.Slider(0, SOFTEST, SOFTNESS, step=0.01, label="Soft edge", min_width=150)
            if beside:
                beside.render()
        file = picture_field("Or a mask file: white is painted", height=130, sources=["upload", "clipboard"])
    return PartChoice(brush, softness, file)
