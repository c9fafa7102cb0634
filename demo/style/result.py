"""A picture while it is painted and after: where it appears, what is said of it, and what can be done with it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import gradio as gr
from PIL import Image

from demo.web.downloads import actions, as_shown, save_result
from demo.web.events import Updates
from demo.web.job_panel import Panel, followed, said
from demo.web.uploads import Upload
from zoo.progress import Progress


def result_panel(*, charted: bool = False) -> Panel:
    """Lay out the place for a painted picture, with a place for a curve where one is `charted`."""
    shown = gr.Image(label="Result", height=460, interactive=False, buttons=["fullscreen"], alt_text="Result")
    status = gr.HTML(said("The painted picture appears here."), elem_classes="iris-status", padding=False)
    chart = gr.HTML(elem_classes="iris-chart", padding=False) if charted else None
    return Panel(shown, status, actions("upscale", "describe", "find", download="Save"), chart)


def painted(
    steps: Iterator[Progress],
    panel: Panel,
    upload: Upload,
    *named: str,
    as_result: Callable[[Image.Image], Image.Image] | None = None,
) -> Iterator[Updates]:
    """The updates of the page for a job that paints an upload.

    `named` is how the file's name ends, and what is written into it; `as_result` makes of a preview what would be the
    result if the job were stopped there.
    """
    begun = perf_counter()

    def result(step: Progress) -> Updates:
        path = save_result(step.result, upload.name, *named)
        words = f"{step.result.width} x {step.result.height} pixels in {perf_counter() - begun:.1f} s"
        return {panel.shown: as_shown(step.result, path), panel.status: said(words)} | panel.under.offer(path)

    def preview(step: Progress) -> Path:
        return save_result(as_result(step.preview), upload.name, *named)

    return followed(steps, panel, preview=as_result and preview, result=result)
