"""Which part of a picture to paint: a brush over it, or a mask file."""

from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.settings import Settings
from demo.style.brush import brush_over, painted_mask
from demo.web.events import Values
from demo.web.picture_fields import picture_field
from demo.web.uploads import optional_picture

SOFTNESS, SOFTEST = 0.02, 0.2  # how wide the edge fades, as a share of the longer side


@dataclass(frozen=True)
class MaskWidgets:
    """The brush, its edge, and the field for a mask file."""

    brush: gr.HTML
    softness: gr.Slider
    file: gr.Image

    def inputs(self) -> set[Block]:
        """List the components whose values `read` takes."""
        return {self.brush, self.softness, self.file}

    def read(self, values: Values, picture: Image.Image, settings: Settings) -> Image.Image | None:
        """Read the mask that the widgets' values make for a picture; a painted one goes before a file."""
        painted = painted_mask(values[self.brush], picture.size, softness=values[self.softness])
        return painted or optional_picture(values[self.file], settings)


def mask_widgets(field: gr.Image, *, beside: gr.Dropdown | None = None) -> MaskWidgets:
    """Lay out the brush over the picture of a field, folded away; `beside` is what else belongs to a part."""
    with gr.Accordion("Only a part of the picture", open=False):
        brush = brush_over(field)
        with gr.Row():
            softness = gr.Slider(0, SOFTEST, SOFTNESS, step=0.01, label="Soft edge", min_width=150)
            if beside:
                beside.render()
        file = picture_field("Or a mask file: white is painted", height=130, sources=["upload", "clipboard"])
    return MaskWidgets(brush, softness, file)
