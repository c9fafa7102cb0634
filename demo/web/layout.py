"""How a panel is laid out: what is given, the buttons that run, the result beside it, and what else may be said."""

from collections.abc import Sequence
from typing import Literal

import gradio as gr

from demo.web.picture_fields import picture_field, sample_strip

Part = Literal["input", "result", "more"]


def work() -> gr.Row:
    """Lay out a panel, which holds one column of each part."""
    return gr.Row(elem_classes="iris-work")


def column(part: Part) -> gr.Column:
    """Lay out a column of a panel."""
    return gr.Column(elem_classes=f"iris-{part}")


def given_picture(samples: Sequence[str], opening: str) -> gr.Image:
    """Lay out a field for a picture with sample photos beside it."""
    with gr.Row(elem_classes="iris-give"):
        picture = picture_field("Your picture")
        sample_strip(picture, samples, opening)
    return picture


def run_row() -> gr.Row:
    """Lay out the row of the buttons that run a job and stop it."""
    return gr.Row(elem_classes="iris-run")


def run_button(label: str) -> gr.Button:
    """Lay out the button that runs a panel's job."""
    return gr.Button(label, size="md", variant="primary", min_width=80)


def stop_button() -> gr.Button:
    """Lay out the button that stops a job."""
    return gr.Button("Stop", size="md", interactive=False, min_width=64, elem_classes="iris-stop")
