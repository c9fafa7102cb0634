"""Any artwork: a photo painted after it in one pass at once, and by optimisation, growing before one's eyes."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.sample_artworks import sample_artworks
from demo.samples import samples
from demo.settings import Settings
from demo.style.artwork_fields import artwork_strip, both_maps, map_fields, open_artwork, served_artwork
from demo.style.mask_options import MaskWidgets, mask_widgets
from demo.style.optimization_options import OptimizationWidgets, choose_quality, optimization_widgets, recipe_of
from demo.style.result import APPEARS, result_panel, shown_result, style_result
from demo.web.downloads import deliver, fingerprint, reduced, save_result
from demo.web.endpoints import register_endpoint
from demo.web.engine import run_job, run_long_job
from demo.web.events import Rounds, Side, Updates, Values
from demo.web.examples import kept_picture, served_copy
from demo.web.job_panel import JobPanel, status_box
from demo.web.layout import column, run_button, run_row, stop_button, work
from demo.web.picture_fields import own_picture, picture_field, sample_strip, served_sample
from demo.web.several import Made, SeveralPictures, saved_each, several_field, several_results
from demo.web.uploads import Upload, open_upload, optional_picture, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.images.decode import open_picture
from zoo.progress import Progress, run_to_end
from zoo.style import optimize
from zoo.style.any_artwork import MODEL as ONE_PASS
from zoo.style.any_artwork import stylize_like
from zoo.style.compositing import finished
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE

DONE = "after-artwork"
SAMPLES = ("pagoda", "cat", "dahlia")
OPENING, OPENING_ARTWORK = "pagoda", "violet wind"
REFINE_HINT = '"Refine" brings it nearer to the artwork.'


@dataclass(frozen=True, eq=False)
class ArtworkPanel:
    """The widgets of the panel, and what they do."""

    settings: Settings
    line: WaitingLine
    one_pass: WaitingLine
    picture: gr.Image
    artwork: gr.Image
    maps: Sequence[gr.Image]
    colors: gr.Checkbox
    optimization: OptimizationWidgets
    mask: MaskWidgets
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make a painting."""
        given = {self.picture, self.artwork, self.colors, *self.maps}
        return given | self.optimization.inputs() | self.mask.inputs()

    def paint(self, values: Values) -> Iterator[Updates]:
        """Paint the picture of the field after the artwork beside it."""
        photo, artwork = values[self.picture], open_artwork(values[self.artwork], self.settings)
        areas = both_maps([values[field] for field in self.maps], self.settings)
        upload = Upload(areas[1], "doodle.png") if areas and not photo else open_upload(photo, self.settings)
        options = self.optimization.read(values)
        mask, keep_colors = self.mask.read(values, upload.picture, self.settings), values[self.colors]
        steps = run_long_job(
            optimize.stylize_from_artwork,
            upload.picture if photo else None, artwork.picture, maps=areas, recipe=options.recipe, size=options.size,
            iterations=options.iterations, full_size=options.full_size and not areas, device=self.settings.device,
            keep_colors=keep_colors, mask=mask,
        )  # fmt: skip
        named = (DONE, _words(artwork, options.iterations))
        small = reduced(upload.picture)

        def preview(stage: Image.Image) -> Path:
            return save_result(finished(stage, small, keep_colors=keep_colors, mask=mask), upload.name, *named)

        result = style_result(self.job, upload, *named, source=self._source(values))
        yield from self.job.follow(self.line.run(steps), preview=preview, result=result)

    def paint_each(self, values: Values, upload: Upload) -> Generator[Progress[Made]]:
        """Paint one of several pictures after the artwork, in one pass."""
        artwork = open_artwork(values[self.artwork], self.settings)
        steps = self._one_pass(upload, artwork, values[self.colors])
        yield from saved_each(steps, upload, DONE, _one_pass_words(artwork))

    def paint_at_once(self, values: Values) -> Iterator[Updates]:
        """Paint in one pass after the artwork as soon as there are both, and where one has changed."""
        given = values[self.picture] and values[self.artwork]
        if not given or self.job.shows(values, self._source(values)):
            yield {self.job.status: gr.skip()}
            return
        upload = open_upload(values[self.picture], self.settings)
        artwork = open_artwork(values[self.artwork], self.settings)
        mask = self.mask.read(values, upload.picture, self.settings)
        steps = self._one_pass(upload, artwork, values[self.colors], mask)
        named = (DONE, _one_pass_words(artwork))
        result = style_result(self.job, upload, *named, source=self._source(values), hint=REFINE_HINT)
        yield from self.job.follow(self.one_pass.run(steps), result=result)

    def open(self, handed: gr.Image, values: Values) -> Updates:
        """Take over the picture of another panel; where that is the first sample, show it painted after an artwork."""
        own = own_picture(values[self.picture] or values[handed], OPENING, self.settings)
        photo, file = own or served_sample(OPENING), served_artwork(OPENING_ARTWORK)
        if values[self.artwork] or values[self.job.buttons.saved]:  # it was open before
            return {self.picture: str(own) if own and not values[self.picture] else gr.skip()}
        fields = {self.picture: str(photo), self.artwork: file}
        if own:
            return fields  # painted at this change
        path = served_copy(painted_sample(self.settings.device))
        words = f"{OPENING.capitalize()} after an artwork. Give a picture and an artwork of your own."
        result = shown_result(self.job, open_picture(path), path, words)
        source = fingerprint(photo, fingerprint(file), False)
        return result | self.job.buttons.show(path, source, example=True) | fields

    def opening_inputs(self) -> set[Block]:
        """List the components that `open` looks at."""
        return self.inputs() | {self.job.buttons.saved}

    def opening_outputs(self) -> list[Block]:
        """List the components that `open` updates."""
        return [self.picture, self.artwork, *self.job.outputs()]

    def _one_pass(
        self, upload: Upload, artwork: Upload, keep_colors: bool, mask: Image.Image | None = None
    ) -> Generator[Progress[Image.Image]]:
        device = self.settings.device
        pictures = upload.picture, artwork.picture
        return run_job(stylize_like, *pictures, keep_colors=keep_colors, mask=mask, device=device)

    def _source(self, values: Values) -> str:
        """Give what tells a result of this picture and artwork from others; a doodle has no picture."""
        given = [values[field] for field in (self.picture, self.artwork) if values[field]]
        files = [uploaded_file(payload, self.settings)[0] for payload in given]
        return fingerprint(files[0], *(fingerprint(file) for file in files[1:]), values[self.colors])


def build(settings: Settings, line: WaitingLine, one_pass: WaitingLine) -> ArtworkPanel:
    """Lay out and wire the panel."""
    with work():
        with column("input"):
            with gr.Row(elem_classes="iris-give"):
                picture = picture_field("Your picture", height=180, min_width=120)
                artwork = picture_field("The artwork", height=180, min_width=120)
            with gr.Row(elem_classes="iris-give iris-pair"):
                sample_strip(picture, SAMPLES)
                artwork_strip(artwork)
            quality = choose_quality()
            with run_row():
                run, stop = run_button("Refine"), stop_button()
        with column("result"):
            status, several = status_box(APPEARS), several_results()
            job = result_panel(status, stop, several.cover(), charted=True)
        with column("more"):
            colors = gr.Checkbox(label="Keep the colours of the picture")
            optimization = optimization_widgets(quality)
            mask = mask_widgets(picture)
            maps = map_fields()
            files, run_each = several_field("Paint them all after the artwork")
    panel = ArtworkPanel(settings, line, one_pass, picture, artwork, maps, colors, optimization, mask, job)
    job.wire([run.click], panel.paint, panel.inputs())
    changes = [picture.change, artwork.change, colors.input]
    job.wire(changes, panel.paint_at_once, panel.inputs(), newest_only=True)
    job.wire_removal([picture.clear, artwork.clear], "Give both a picture and an artwork.")
    job.wire_refusals()
    SeveralPictures(settings, files, run_each, several, panel.paint_each).wire(job, picture, panel.inputs())
    register_endpoint(_endpoint(settings, line))
    return panel


def painted_sample(device: str) -> Path:
    """Give the first sample photo after the first sample artwork, in one pass."""

    def paint() -> Image.Image:
        given = open_picture(samples()[OPENING].path), sample_artworks()[OPENING_ARTWORK]
        return run_to_end(run_job(stylize_like, *given, device=device))

    return kept_picture(f"{OPENING}-{DONE}.webp", ONE_PASS, paint)


def _words(model: Upload, iterations: int) -> str:
    return f"Iris: after {model.name}, {iterations} iterations"


def _one_pass_words(model: Upload) -> str:
    return f"Iris {ONE_PASS}: after {model.name}"


def _endpoint(settings: Settings, line: WaitingLine) -> FunctionType:
    def stylize_from_artwork(  # noqa: PLR0913 - the arguments of the web API
        picture: gr.FileData,
        artwork: gr.FileData,
        size: Side = DEFAULT_SIZE,
        iterations: Rounds = DEFAULT_ITERATIONS,
        keep_colors: bool = False,
        seed: int = 0,
        recipe: dict[str, Any] | None = None,
        mask: gr.FileData | None = None,
        artwork_map: gr.FileData | None = None,
        picture_map: gr.FileData | None = None,
        full_size: bool = False,
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture after any artwork by optimisation (Gatys et al. 2015); takes seconds to minutes.

        Args:
            picture: an uploaded picture; with the Python client, handle_file("photo.jpg").
            artwork: Another uploaded picture, whose manner is taken over.
            size: The longer side while painting, in pixels; more is finer and slower.
            iterations: More are closer to the artwork, and slower.
            keep_colors: Whether the picture keeps its own colours.
            seed: Of the noise, where the recipe starts from noise.
            recipe: Such as {"style_weight": 5, "start": "noise"}; also content_weight, smoothness, scales and more.
            mask: An uploaded picture: what is white there is painted, what is black stays.
            artwork_map: Flat colours that say what is what in the artwork; goes with picture_map.
            picture_map: Flat colours that say what is painted like what in the artwork.
            full_size: Whether it is painted on, tile by tile, up to the picture's own size; takes minutes.
        """
        upload, model = open_upload(picture, settings), open_artwork(artwork, settings)
        steps = run_long_job(
            optimize.stylize_from_artwork,
            upload.picture, model.picture, size=size, iterations=iterations, keep_colors=keep_colors,
            recipe=recipe_of({"seed": seed} | (recipe or {})), mask=optional_picture(mask, settings),
            maps=both_maps([artwork_map, picture_map], settings), full_size=full_size, device=settings.device,
        )  # fmt: skip
        yield from deliver(line.run(steps), upload.name, DONE, _words(model, iterations))

    return stylize_from_artwork
