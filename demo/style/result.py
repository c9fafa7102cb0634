"""A painted picture: where it appears, what is said of it, and what can be done with it."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import gradio as gr
from PIL import Image

from demo.web.downloads import as_shown, result_buttons, save_result
from demo.web.events import Updates
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.uploads import Upload
from zoo.progress import Progress


def result_panel(stop: gr.Button, *, charted: bool = False, grid: gr.HTML | None = None) -> JobPanel:
    """Lay out the place for a painted picture: with a curve of the loss if `charted`, a `grid` is updated as well."""
    status = status_box("The painted picture appears here.")
    if grid:
        grid.render()
    shown = gr.Image(
        label="Result", height=440, interactive=False, buttons=["fullscreen"], alt_text="The painted picture",
        elem_classes="iris-picture",
    )  # fmt: skip
    buttons = result_buttons("upscale", "describe", "find", download="Save", formats=True)
    chart = None
    if charted:
        with gr.Accordion("How the loss falls", open=False):
            chart = gr.HTML(elem_classes="iris-chart", padding=False)
    return JobPanel(status, buttons, (shown,), stop, chart, (grid,) if grid else ())


def style_result(
    panel: JobPanel, upload: Upload, *named: str, source: str = "", hint: str = ""
) -> Callable[[Progress], Updates]:
    """The updates that show the result of a job which paints an upload.

    `named` is how the file's name ends, and what is written into it; `source` tells what it was made of, and
    `hint` what may be done next.
    """
    begun = perf_counter()

    def result(step: Progress) -> Updates:
        path = save_result(step.result, upload.name, *named)
        words = f"{step.result.width} x {step.result.height} pixels in {perf_counter() - begun:.1f} s" + (
            f". {hint}" if hint else ""
        )
        return shown_result(panel, step.result, path, words, source)

    return result


def shown_result(panel: JobPanel, picture: Image.Image, path: Path, words: str, source: str = "") -> Updates:
    """The updates that show a painted picture and offer its file."""
    shown = {panel.shown[0]: bright(panel.shown[0], as_shown(picture, path))}
    return shown | {panel.status: status_html(words)} | panel.buttons.show(path, source)
