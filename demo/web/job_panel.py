"""A job in the page: its status and bar, its result, and a Stop that ends it between two steps."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency
from PIL import Image

from demo.web.downloads import ResultButtons, SavedResult
from demo.web.duplicates import Duplicates
from demo.web.events import Updates, Values, on_event, shown_error
from demo.web.loss_curve import loss_curve
from demo.web.waiting import Clock, about
from zoo.errors import BadInput, IrisError
from zoo.progress import Progress

STALE = "iris-stale"  # the class of a result that is not of what the fields hold now
LONGEST_REASON = 200  # characters
WORTH_TELLING = 3  # seconds left from which on they are told
LIVE = "element.setAttribute('role', 'status')"  # the box stays where its words change, so that they are announced
# Called by page.js
REFUSED = "element.refuse = (words) => { props.value = words; trigger('input'); };"
Result = TypeVar("Result")
Job = Callable[[Values], Iterator[Updates]]
Check = Callable[[Values], str | None]
NOTHING: Updates = {}


@dataclass(frozen=True)
class JobPanel:
    """Where a job says how far it is and shows its result."""

    status: gr.HTML
    buttons: ResultButtons
    shown: tuple[Block, ...]  # what shows the result; the first one takes previews
    stop: gr.Button | None = None
    chart: gr.HTML | None = None  # where the loss is drawn, for jobs that have one
    extra: tuple[Block, ...] = ()  # more that the job's result updates
    cover: tuple[Block, ...] = ()  # grids that stand in place of the result until a job runs

    def outputs(self) -> set[Block]:
        """List the components that a job updates."""
        parts = [self.status, self.stop, self.chart, *self.shown, *self.buttons.outputs(), *self.extra, *self.cover]
        return {part for part in parts if part is not None}

    def shows(self, values: Values, source: str) -> bool:
        """Tell whether a finished result is there that was made of this source, as `fingerprint` tells it."""
        saved: SavedResult | None = values[self.buttons.saved]
        return saved is not None and saved.source == source

    def wire(
        self, triggers: Sequence[Callable], job: Job, inputs: set[Block], *, newest_only: bool = False
    ) -> Dependency:
        """Run a job at each trigger; `newest_only` lets a new one of the same visitor wait for the one that runs."""
        mode = "always_last" if newest_only else "once"
        nothing: Updates = {self.status: gr.skip()}
        handler = partial(Duplicates().run, partial(self._watched, job), nothing=nothing)
        given = {"concurrency_limit": None, "trigger_mode": mode}
        running = on_event(triggers, handler, inputs | {self.buttons.saved}, self.outputs(), **given)
        for end in (running.success, running.failure):  # a job that was stopped counts as failed
            settled = [part for part in (self.status, self.buttons.row, self.stop) if part is not None]
            on_event(end, self._settle, {self.buttons.saved}, settled, queue=False)
        if self.stop:
            self.stop.click(None, cancels=[running], api_visibility="private")
        return running

    def wire_changes(self, triggers: Sequence[Callable], check: Check, inputs: set[Block]) -> None:
        """Look at what a visitor gives as soon as it is there: refuse it, or dim the old result and say what is next.

        `check` gives that sentence, or None where the result is still that of the fields; it raises IrisError.
        """

        def changed(values: Values) -> Updates:
            try:
                words = check(values)
            except IrisError as error:
                return self.refused(error)
            if words is None:
                return {self.status: gr.skip()}
            return self.stale() | {self.status: status_html(words)} | self.buttons.clear()

        on_event(triggers, changed, inputs | {self.buttons.saved}, self.outputs(), queue=False)

    def wire_removal(self, triggers: Sequence[Callable], words: str, extra: Updates = NOTHING) -> None:
        """Dim the old result and say what is next once a visitor has taken away what a field held.

        A field that changes without holding anything tells nothing: it may be what the page opens with, on its way.
        """

        def removed(values: Values) -> Updates:
            return self.stale() | {self.status: status_html(words)} | self.buttons.clear() | dict(extra)

        on_event(triggers, removed, {self.status}, self.outputs(), queue=False)

    def wire_refusals(self) -> None:
        """Say why a file did not come through, and dim the old result: its field is empty now.

        Gradio tells the browser alone of an upload that was refused, in a message that goes.
        """
        told = gr.HTML(None, html_template="", js_on_load=REFUSED, padding=False, elem_classes="iris-refusal")

        def refused(values: Values) -> Updates:
            return self.refused(BadInput(str(values[told])[:LONGEST_REASON]))

        on_event(told.input, refused, {told}, self.outputs(), queue=False)

    def follow(
        self,
        steps: Iterator[Progress[Result]],
        *,
        result: Callable[[Result], Updates],
        preview: Callable[[Image.Image], Path] | None = None,
    ) -> Iterator[Updates]:
        """Yield the updates of the page for every step of a job; the one way in which the page runs one.

        What shows the result keeps the old one, dimmed, until there is something to see of the new one, and is named in
        each update from then on: Gradio mixes up a picture that one update sets and the next leaves alone.
        """
        latest, losses, clock = None, [], Clock()
        for step in steps:
            losses += [step.loss] if step.loss is not None else []
            chart = {self.chart: loss_curve(losses, step.total)} if self.chart else {}
            if step.result is not None:
                yield self._uncovered() | self._fresh() | chart | result(step.result) | self._stoppable(False)
                continue
            latest = preview(step.preview) if preview and step.preview else latest
            said = {self.status: progress_html(step, clock.left(step))}
            seen = self.stale() | said | self._previewed(latest) | chart
            yield self._uncovered() | seen | self.buttons.hide(latest) | self._stoppable(True)

    def stale(self) -> Updates:
        """Dim a result which is not of what the fields hold now."""
        return {part: gr.update(elem_classes=[*part.elem_classes, STALE]) for part in self.shown}

    def refused(self, error: IrisError) -> Updates:
        """Give the updates after a refusal: its sentence stays, the old result is dimmed and can no longer be saved."""
        said = {self.status: status_html(_sentence(error), failed=True)}
        return self.stale() | said | self.buttons.clear() | self._stoppable(False)

    def _watched(self, job: Job, values: Values) -> Iterator[Updates]:
        try:
            yield from job(values)
        except IrisError as error:
            yield self.refused(error)
            raise shown_error(error, visible=False) from error  # its sentence stands in the status already

    def _previewed(self, latest: Path | None) -> Updates:
        if latest is None:
            return {}
        return {self.shown[0]: bright(self.shown[0], str(latest))}

    def _uncovered(self) -> Updates:
        return {part: gr.update(visible=False) for part in self.cover}

    def _fresh(self) -> Updates:
        return {part: gr.update(elem_classes=part.elem_classes) for part in self.shown}

    def _stoppable(self, running: bool) -> Updates:
        return {self.stop: gr.update(interactive=running)} if self.stop else {}

    def _settle(self, values: Values) -> Updates:
        """After the last step, after a refusal, or after Stop, which keeps what there is."""
        saved: SavedResult | None = values[self.buttons.saved]
        if saved is None or saved.complete:
            return self._stoppable(False) | {self.status: gr.skip()}
        words = "Stopped; this is how far it came." if saved.path else "Stopped; there is nothing to keep yet."
        row = {self.buttons.row: gr.update(visible=bool(saved.path))}
        return {self.status: status_html(words)} | row | self._stoppable(False)


def bright(part: Block, value: object) -> dict[str, object]:
    """Give the update that shows a new result, after the one before may have been dimmed or hidden."""
    return gr.update(value=value, elem_classes=part.elem_classes, visible=True)


def status_box(words: str) -> gr.HTML:
    """Give the line of a job's words, above its result."""
    return gr.HTML(status_html(words), js_on_load=LIVE, elem_classes="iris-status", padding=False)


def progress_html(step: Progress, left: float | None = None) -> str:
    """Show the progress of a job as HTML."""
    if not step.total:
        waiting = '<progress aria-label="Waiting"></progress>'
        return f'<div class="iris-bar">{waiting}<span>{html.escape(step.note)}</span></div>'
    told = f"{about(left)} left" if left is not None and left >= WORTH_TELLING else ""
    note = "" if step.loss is not None else step.note  # the curve shows the loss to who asks
    words = html.escape(", ".join(filter(None, (f"{step.done} of {step.total}", note, told))))
    bar = f'<progress max="{step.total}" value="{step.done}" aria-label="Progress"></progress>'
    return f'<div class="iris-bar">{bar}<span aria-hidden="true">{words}</span></div>'


def status_html(sentence: str, *, failed: bool = False) -> str:
    """Show a sentence about a result as HTML."""
    return f'<p class="iris-said{" iris-failed" if failed else ""}">{html.escape(sentence)}</p>'


def _sentence(error: Exception) -> str:
    """Write an error as a sentence of its own: with a full stop, and a capital unless it begins with a file's name."""
    words = str(error)
    first = words.partition(" ")[0]
    start = first if "." in first else first[:1].upper() + first[1:]
    return start + words[len(first) :] + ("" if words.endswith((".", "?", "!")) else ".")
