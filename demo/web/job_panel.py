"""A long job in the page: its buttons, its bar, its result, and a Stop that ends it between two steps."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.blocks import Block

from demo.web.downloads import Actions, Kept
from demo.web.events import Updates, listen, queued
from demo.web.loss_curve import loss_curve
from zoo.progress import Progress


@dataclass(frozen=True)
class Panel:
    """Where a job shows its result and says how far it is."""

    shown: Block  # a component that takes pictures
    status: gr.HTML
    under: Actions
    chart: gr.HTML | None = None  # where the loss is drawn, for jobs that have one
    also: tuple[Block, ...] = ()  # more that the job itself updates

    def outputs(self) -> list[Block]:
        """The components that a job updates."""
        charts = [self.chart] if self.chart else []
        return [self.shown, self.status, *self.under.outputs(), *charts, *self.also]

    def drawn(self, losses: list[float], total: int) -> Updates:
        """The update of the chart, where there is one."""
        return {self.chart: loss_curve(losses, total)} if self.chart else {}

    def wire(self, label: str, handler: Callable, inputs: Block | list[Block], *, kind: str, jobs: int) -> None:
        """Lay out the buttons of a job and wire them; jobs of one kind wait in one queue."""
        with gr.Row():
            run = gr.Button(label, variant="primary")
            stop = gr.Button("Stop", interactive=False, scale=0, min_width=96)
        begun = listen(run.click, lambda: gr.update(interactive=True), None, stop, queue=False)
        job = listen(begun.then, handler, inputs, self.outputs(), **queued(kind, jobs, self.status))
        for end in (job.success, job.failure):  # a job that was stopped counts as failed
            listen(end, self._settle, self.under.kept, [stop, self.status, self.under.row], queue=False)
        stop.click(None, cancels=[job], api_visibility="private")

    def _settle(self, kept: Kept | None) -> tuple[object, object, object]:
        """After the last step, after a refusal, or after Stop, which keeps what there is."""
        if kept is None or kept.whole:
            return gr.update(interactive=False), gr.skip(), gr.skip()
        words = "Stopped; this is how far it came." if kept.path else "Stopped; there is nothing to keep yet."
        return gr.update(interactive=False), said(words), gr.update(visible=bool(kept.path))


def followed(
    steps: Iterator[Progress],
    panel: Panel,
    *,
    result: Callable[[Progress], Updates],
    preview: Callable[[Progress], Path] | None = None,
) -> Iterator[Updates]:
    """The updates of the page for every step of a job.

    Each one names all components: Gradio mixes up a picture that one update sets and the next leaves alone.
    """
    latest, losses = None, []
    for step in steps:
        losses += [step.loss] if step.loss is not None else []
        if step.result is not None:
            yield result(step) | panel.drawn(losses, step.total)
            continue
        latest = preview(step) if preview and step.preview else latest
        running = {panel.shown: latest and str(latest), panel.status: bar(step)}
        yield running | panel.under.hold(latest) | panel.drawn(losses, step.total)


def bar(step: Progress) -> str:
    """The progress of a job as HTML."""
    words = html.escape(", ".join(filter(None, (f"{step.done} of {step.total}", step.note))))
    progress = f'<progress max="{step.total}" value="{step.done}"></progress>'
    return f'<div class="iris-bar" role="status">{progress}<span>{words}</span></div>'


def said(sentence: str) -> str:
    """A sentence under a result as HTML."""
    return f'<p class="iris-said" role="status">{html.escape(sentence)}</p>'
