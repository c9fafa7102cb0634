"""Clips: a video repainted frame by frame, steadily, with its sound and its timing as they were."""

from collections.abc import Iterator
from time import perf_counter

import gradio as gr

from demo.settings import Settings
from demo.style.style_options import choose_style, manner_of
from demo.web.downloads import actions, result_path
from demo.web.events import Updates
from demo.web.job_panel import Panel, bar, said
from demo.web.uploads import check_length, open_clip
from zoo.style.video import stylize_video

KIND = "style"
PREVIEW_SECONDS = 0.5  # a frame is shown this often


def build(settings: Settings) -> None:
    """Lay out and wire the panel."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320) as controls:
            clip = gr.Video(label="Your clip", sources=["upload"], height=270)
            style = choose_style(settings.device)
            steady = gr.Checkbox(True, label="Steady: what stays in the scene stays in the painting")
        with gr.Column(scale=6, min_width=320):
            frame = gr.Image(
                label="Result", height=380, interactive=False, buttons=[], alt_text="The last frame", format="jpeg",
                elem_classes="iris-frame",
            )  # fmt: skip
            film = gr.Video(label="Result", height=380, interactive=False, visible=False, buttons=[], autoplay=True)
            limit = f"Clips of up to {settings.clip_seconds:g} seconds and {settings.max_bytes / 2**20:g} MiB."
            invitation = said(f"The painted clip appears here, with its sound. {limit}")
            status = gr.HTML(invitation, elem_classes="iris-status", padding=False)
            panel = Panel(frame, status, actions(download="Save the clip"), also=(film,))

    def start(upload: dict | None, still: bool, *values: object) -> Iterator[Updates]:
        source = open_clip(upload, settings)
        manner = manner_of(values, source.facts.size)
        target, begun = result_path(source.name, manner.name, ".mp4"), perf_counter()
        given = manner.arguments() | {"steady": still, "device": settings.device}
        latest, shown_at = None, 0.0
        for step in stylize_video(source.path, target, manner.weights, **given):
            check_length(source.name, step.done, 0.0, settings)  # whatever the file says of itself
            if step.preview and perf_counter() - shown_at > PREVIEW_SECONDS:
                latest, shown_at = step.preview, perf_counter()
            running = {frame: gr.update(value=latest, visible=True), film: gr.update(visible=False)}
            yield running | {status: bar(step)} | panel.under.hold(None)
        words = f"{step.total} frames painted in {perf_counter() - begun:.0f} s"
        done = {frame: gr.update(visible=False), film: gr.update(value=str(target), visible=True)}
        yield done | {status: said(words)} | panel.under.offer(target)

    with controls:
        panel.wire("Paint the clip", start, [clip, steady, *style.inputs()], kind=KIND, jobs=settings.jobs)
