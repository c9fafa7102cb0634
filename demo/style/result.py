"""A painted picture: where it appears, what is said of it, and what can be done with it."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.web.downloads import as_shown, result_buttons, save_result
from demo.web.events import Updates
from demo.web.job_panel import JobPanel, bright, status_html
from demo.web.uploads import Upload, frames_note

APPEARS = "The painted picture appears here."


def result_panel(status: gr.HTML, stop: gr.Button, cover: tuple[Block, ...], *, charted: bool = False) -> JobPanel:
    """Lay out the place for a painted picture, or for its `cover`; `charted` with a curve of the loss."""
    shown = gr.Image(
        label="Result", show_label=False, height=440, interactive=False, buttons=["fullscreen"],
        alt_text="The painted picture", elem_classes="iris-picture",
    )  # fmt: skip
    buttons = result_buttons("upscale", "describe", "find", download="Save", formats=True)
    chart = None
    if charted:
        with gr.Accordion("How the loss falls", open=False):
            chart = gr.HTML(elem_classes="iris-chart", padding=False)
    return JobPanel(status, buttons, (shown,), stop, chart, cover=cover)


def style_result(
    panel: JobPanel, upload: Upload, *named: str, source: str = "", hint: str = ""
) -> Callable[[Image.Image], Updates]:
    """Give the updates that show the result of a job which paints an upload.

    `named` is how the file's name ends, and what is written into it; `source` tells what it was made of, and
    `hint` what may be done next.
    """
    begun = perf_counter()

    def result(painted: Image.Image) -> Updates:
        path = save_result(painted, upload.name, *named)
        size = f"{painted.width} x {painted.height} pixels in {perf_counter() - begun:.1f} s"
        told = " ".join(filter(None, (hint, frames_note(upload.picture))))
        words = f"{size}. {told}" if told else size
        return shown_result(panel, painted, path, words) | panel.buttons.show(path, source)

    return result


def shown_result(panel: JobPanel, picture: Image.Image, path: Path, words: str) -> Updates:
    """Give the updates that show a painted picture, which is saved at `path`."""
    return {panel.shown[0]: bright(panel.shown[0], as_shown(picture, path)), panel.status: status_html(words)}
