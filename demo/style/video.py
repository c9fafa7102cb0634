"""Clips: a video repainted frame by frame, steadily, with its sound and its timing as they were."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import cast

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.settings import Settings
from demo.style.style_options import StyleWidgets, choose_painting, opening_style, style_widgets
from demo.web.downloads import fingerprint, result_buttons, result_path, save_result
from demo.web.engine import run_long_job
from demo.web.events import Updates, Values
from demo.web.examples import kept_example, served_copy
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.layout import column, run_button, run_row, stop_button, work
from demo.web.served_files import count_result
from demo.web.uploads import check_length, open_clip, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.evaluation.sample_clip import make_clip
from zoo.images.decode import open_picture
from zoo.progress import Progress, run_to_end
from zoo.style.fast import MODEL
from zoo.style.titles import painting_of
from zoo.style.video import stylize_clip

SAMPLE_SIZE, SAMPLE_FRAMES = (320, 192), 50


@dataclass(frozen=True, eq=False)
class VideoPanel:
    """The widgets of the panel, and what they do."""

    settings: Settings
    line: WaitingLine
    clip: gr.Video
    style: StyleWidgets
    steady: gr.Checkbox
    frame: gr.Image
    film: gr.Video
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make a painted clip."""
        return {self.clip, self.steady} | self.style.inputs()

    def paint(self, values: Values) -> Iterator[Updates]:
        """Paint the clip of the field as the widgets say, showing a frame now and then."""
        source = open_clip(values[self.clip], self.settings)
        options = self.style.read(values, source.facts.size)
        target, begun = result_path(source.name, options.name, ".mp4"), perf_counter()
        steps = run_long_job(
            stylize_clip, source.path.read_bytes(), source.path.suffix, options.weights, strength=options.strength,
            keep_colors=options.keep_colors, size=options.size, steady=bool(values[self.steady]),
            device=self.settings.device,
        )  # fmt: skip
        steps = self._bounded(source.name, steps)

        def result(painted: bytes) -> Updates:
            target.write_bytes(painted)
            count_result(target)
            words = f"{source.facts.frames} frames painted in {perf_counter() - begun:.0f} s"
            shown = self._finished(target, words)
            return shown | self.job.buttons.show(target, fingerprint(source.path))

        def preview(frame: Image.Image) -> Path:
            return save_result(frame, "frame.jpg", "painted")

        for updates in self.job.follow(self.line.run(steps), preview=preview, result=result):
            yield updates if target.exists() else updates | {self.film: gr.update(visible=False)}

    def check(self, values: Values) -> str | None:
        """Say what comes next where the clip has changed; raises BadInput for one that cannot be used."""
        if not values[self.clip]:
            return None
        facts = open_clip(values[self.clip], self.settings).facts
        path, _ = uploaded_file(values[self.clip], self.settings, kind="clip")
        if self.job.shows(values, fingerprint(path)):
            return None
        length = f"{facts.size[0]} x {facts.size[1]} pixels, {facts.seconds:.0f} s"
        return f'{length}: press "Paint the clip" to begin.'

    def open(self, values: Values) -> Iterator[Updates]:
        """Show a sample clip painted, made once and kept, where nothing is given yet."""
        if values[self.clip] or values[self.job.buttons.saved]:
            yield {self.job.status: gr.skip()}
            return
        yield {self.job.status: status_html("An example is being painted ...")}
        name = opening_style()
        clip, painted = painted_sample(self.settings.device)
        given, made = served_copy(clip), served_copy(painted)
        words = f"A sample clip like {painting_of(name)}. Choose another painting, or a clip of your own."
        buttons = self.job.buttons.show(made, fingerprint(given), example=True)
        yield {self.clip: str(given)} | self._finished(made, words) | buttons

    def opening_inputs(self) -> set[Block]:
        """List the components that `open` looks at."""
        return {self.clip, self.job.buttons.saved}

    def opening_outputs(self) -> list[Block]:
        """List the components that `open` updates."""
        return [self.clip, *self.job.outputs()]

    def invitation(self) -> str:
        """Say what a clip may be, while there is none."""
        limit = f"{self.settings.clip_seconds:g} seconds and {self.settings.max_bytes / 2**20:g} MiB"
        return f"Give a clip of up to {limit}; it is painted with its sound."

    def _bounded(self, name: str, steps: Iterator[Progress[bytes]]) -> Generator[Progress[bytes]]:
        """Give the steps of a clip; raises BadInput once it turns out to be too long."""
        with closing(cast("Generator[Progress[bytes]]", steps)):
            for step in steps:
                check_length(name, step.done, 0.0, self.settings)  # whatever the file says of itself
                yield step

    def _finished(self, film: Path, words: str) -> Updates:
        shown = {self.frame: gr.update(visible=False), self.film: bright(self.film, str(film))}
        return shown | {self.job.status: status_html(words)}


def build(settings: Settings, line: WaitingLine) -> VideoPanel:
    """Lay out and wire the panel."""
    with work():
        with column("input"):
            clip = gr.Video(label="Your clip", sources=["upload"], height=168, elem_classes="iris-photo")
            painting = choose_painting(settings.device)
            with run_row():
                run, stop = run_button("Paint the clip"), stop_button()
        with column("result"):
            status = status_box("The painted clip appears here, with its sound.")
            frame = gr.Image(
                label="Result", show_label=False, height=440, interactive=False, buttons=[],
                alt_text="The frame painted last", format="jpeg", elem_classes="iris-picture",
            )  # fmt: skip
            film = gr.Video(
                label="Result", show_label=False, height=440, interactive=False, visible=False, buttons=[],
                autoplay=True, elem_classes="iris-picture",
            )  # fmt: skip
            buttons = result_buttons(download="Save the clip")
        with column("more"):
            style = style_widgets(painting)
            steady = gr.Checkbox(True, label="Steady: what stays in the scene stays in the painting")
    job = JobPanel(status, buttons, (frame, film), stop)
    panel = VideoPanel(settings, line, clip, style, steady, frame, film, job)
    job.wire([run.click], panel.paint, panel.inputs())
    job.wire_changes([clip.change], panel.check, {clip})
    job.wire_removal([clip.clear], panel.invitation())
    job.wire_refusals()
    return panel


def painted_sample(device: str) -> tuple[Path, Path]:
    """Give the sample clip, and itself in the first painting."""
    clip, style = kept_example("sample.mp4", MODEL, _make_sample), opening_style()

    def paint(target: Path) -> None:
        steps = run_long_job(stylize_clip, clip.read_bytes(), clip.suffix, {style: 1.0}, device=device)
        target.write_bytes(run_to_end(steps))

    return clip, kept_example(f"sample-{style}.mp4", MODEL, paint)


def _make_sample(path: Path) -> None:
    """Write the sample clip: a camera that moves over one sample photo, while another passes before it."""
    scene, passing = (open_picture(samples()[title].path).convert("RGB") for title in ("astronaut", "cat"))
    make_clip(path, scene, passing, size=SAMPLE_SIZE, frames=SAMPLE_FRAMES)
