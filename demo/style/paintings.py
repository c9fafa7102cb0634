"""Paintings that the network knows: a photo repainted in one pass, blended, in part, stronger or weaker."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from types import FunctionType

import gradio as gr
from gradio.blocks import Block

from demo.samples import samples
from demo.settings import Settings
from demo.style.all_paintings import AllPaintings
from demo.style.mask_options import MaskWidgets, mask_widgets
from demo.style.result import APPEARS, result_panel, shown_result, style_result
from demo.style.style_options import (
    StyleOptions,
    StyleWidgets,
    choose_painting,
    opening_style,
    painted_sample,
    style_widgets,
)
from demo.web.choices import picture_grid
from demo.web.downloads import deliver, fingerprint
from demo.web.endpoints import register_endpoint
from demo.web.events import Share, Updates, Values, on_event
from demo.web.examples import served_copy
from demo.web.job_panel import JobPanel, status_box
from demo.web.layout import column, given_picture, run_button, run_row, stop_button, work
from demo.web.picture_fields import own_picture, served_sample
from demo.web.several import Made, SeveralPictures, saved_each, several_field, several_results
from demo.web.uploads import Payload, Upload, open_upload, optional_picture, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.images.decode import open_picture
from zoo.progress import Progress
from zoo.style.fast import styles
from zoo.style.settings import DEFAULT_STRENGTH
from zoo.style.titles import painting_of

THE_PHOTO = "The photo"
SAMPLES = ("pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
OPENING = SAMPLES[0]


@dataclass(frozen=True, eq=False)
class PaintingsPanel:
    """The widgets of the panel, and what they do."""

    settings: Settings
    line: WaitingLine
    picture: gr.Image
    style: StyleWidgets
    mask: MaskWidgets
    outside: gr.Dropdown
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make a painting."""
        return {self.picture, self.outside} | self.mask.inputs() | self.style.inputs()

    def paint(self, values: Values) -> Iterator[Updates]:
        """Paint the picture of the field as the widgets say."""
        upload = open_upload(values[self.picture], self.settings)
        options = self.style.read(values, upload.picture.size)
        mask = self.mask.read(values, upload.picture, self.settings)
        around = {values[self.outside]: 1.0} if values[self.outside] and mask else None
        steps = options.steps(upload.picture, self.settings.device, mask, around)
        named = (options.name, str(options))
        result = style_result(self.job, upload, *named, source=self._source(values), hint=options.title)
        yield from self.job.follow(self.line.run(steps), result=result)

    def paint_each(self, values: Values, upload: Upload) -> Generator[Progress[Made]]:
        """Paint one of several pictures as the widgets say."""
        options = self.style.read(values, upload.picture.size)
        steps = options.steps(upload.picture, self.settings.device)
        yield from saved_each(steps, upload, options.name, str(options))

    def repaint(self, values: Values) -> Iterator[Updates]:
        """Paint anew where something has changed; without a picture there is nothing to paint."""
        if not values[self.picture] or self.job.shows(values, self._source(values)):
            yield {self.job.status: gr.skip()}
        else:
            yield from self.paint(values)

    def open(self, given: Payload) -> Updates:
        """Show a sample in the first painting, made once and kept, or the picture that was given before a reload."""
        own = own_picture(given, OPENING, self.settings)
        if own:
            return {self.picture: str(own)}
        photo, options = samples()[OPENING], StyleOptions({opening_style(): 1.0})
        path = served_copy(painted_sample(OPENING, self.settings.device))
        painting = painting_of(options.name)
        words = f"{photo.title.capitalize()} like {painting}. Choose another painting, or a picture of your own."
        source = fingerprint(photo.path, str(options), None)
        result = shown_result(self.job, open_picture(path), path, words)
        return {self.picture: str(served_sample(OPENING))} | result | self.job.buttons.show(path, source, example=True)

    def _source(self, values: Values) -> str:
        """Give what tells a result of these values from others."""
        path, _ = uploaded_file(values[self.picture], self.settings)
        options = self.style.read(values, (1, 1))
        strokes = (values[self.mask.brush] or {}).get("strokes") or []
        part = (strokes, values[self.mask.softness], values[self.mask.file], values[self.outside])
        return fingerprint(path, str(options), part if strokes or values[self.mask.file] else None)


def build(settings: Settings, line: WaitingLine) -> PaintingsPanel:
    """Lay out and wire the panel."""
    with work():
        with column("input"):
            picture = given_picture(SAMPLES, OPENING)
            painting = choose_painting(settings.device)
            with run_row():
                run, all_paintings = run_button("Paint"), gr.Button("In all paintings", size="md", min_width=120)
                stop = stop_button()
        with column("result"):
            status, grid = status_box(APPEARS), picture_grid("Your picture in all paintings", visible=False)
            several = several_results()
            job = result_panel(status, stop, (grid, *several.cover()))
        with column("more"):
            style = style_widgets(painting)
            around = [(THE_PHOTO, "")] + [(str(painting_of(name)), name) for name in styles()]
            outside = gr.Dropdown(around, value="", label="Outside it", min_width=150, render=False)
            mask = mask_widgets(picture, beside=outside)
            files, run_each = several_field("Paint them all")
    panel = PaintingsPanel(settings, line, picture, style, mask, outside, job)
    everywhere = AllPaintings(settings, line, picture, painting, grid, job)
    job.wire([run.click], panel.paint, panel.inputs())
    job.wire([*style.changes(), picture.change], panel.repaint, panel.inputs(), newest_only=True)
    job.wire_removal([picture.clear], "Choose a picture; it is painted at once.")
    job.wire_refusals()
    job.wire([all_paintings.click], everywhere.show, {picture})
    taken = on_event(grid.select, everywhere.take, grid, [painting, grid], queue=False)
    job.wire([taken.then], panel.paint, panel.inputs())
    SeveralPictures(settings, files, run_each, several, panel.paint_each).wire(job, picture, panel.inputs())
    register_endpoint(_endpoint(settings, line), choices={"blend": styles(), "outside": styles()})
    return panel


def _endpoint(settings: Settings, line: WaitingLine) -> FunctionType:
    def stylize(  # noqa: PLR0913 - the arguments of the web API
        picture: gr.FileData,
        blend: dict[str, Share] | None = None,
        strength: Share = DEFAULT_STRENGTH,
        keep_colors: bool = False,
        mask: gr.FileData | None = None,
        size: int | None = None,
        outside: dict[str, Share] | None = None,
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture in one pass after paintings that the network knows; width and height stay.

        Args:
            picture: an uploaded picture; with the Python client, handle_file("photo.jpg").
            blend: Styles with their shares, such as {"starry-night": 0.6, "great-wave": 0.4}; without it, one style.
            strength: 0 gives the picture as it is, 1 the full style.
            keep_colors: Whether the picture keeps its own colours.
            mask: An uploaded picture: what is white there is painted, what is black stays.
            size: The longer side in pixels at which it is painted; smaller makes broader strokes.
            outside: Styles with their shares for what is black in the mask.
        """
        upload, covered = open_upload(picture, settings), optional_picture(mask, settings)
        options = StyleOptions(blend or {opening_style(): 1.0}, strength, keep_colors, size)
        steps = options.steps(upload.picture, settings.device, covered, outside or None)
        yield from deliver(line.run(steps), upload.name, options.name, str(options))

    return stylize
