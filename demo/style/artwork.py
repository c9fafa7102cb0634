"""Any artwork: a photo painted after it in one pass at once, and by optimisation, growing before one's eyes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.sample_artworks import sample_artworks
from demo.samples import samples
from demo.settings import Settings
from demo.style.mask_options import MaskWidgets, mask_widgets
from demo.style.optimization_options import OptimizationWidgets, choose_quality, optimization_widgets, recipe_of
from demo.style.result import result_panel, shown_result, style_result
from demo.web.choices import Choice, picture_radio
from demo.web.downloads import deliver, fingerprint, reduced, save_result
from demo.web.engine import run_job, run_long_job
from demo.web.events import Rounds, Side, Updates, Values, on_event, register_endpoint
from demo.web.examples import kept_picture, served_copy
from demo.web.job_panel import JobPanel, status_html
from demo.web.uploads import (
    Upload,
    open_upload,
    optional_picture,
    picture_field,
    sample_strip,
    served_sample,
    uploaded_file,
)  # fmt: skip
from demo.web.waiting import WaitingLine
from zoo.errors import BadInput
from zoo.images.decode import open_picture
from zoo.progress import run_to_end
from zoo.style import optimize
from zoo.style.any_artwork import MODEL as ONE_PASS
from zoo.style.any_artwork import stylize_like
from zoo.style.compositing import finished
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE

MAPPED = ("the artwork", "your picture")
DONE = "after-artwork"
SAMPLES = ("pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
OPENING = "cat"
REFINE_HINT = '"Refine" brings it nearer to the artwork.'
DOODLE = (
    "Say with flat colours what goes where: one map of the artwork, one of your picture. "
    "What has a colour in your picture's map is painted like what has that colour in the artwork's. "
    "Without a picture, the map alone is painted out."
)


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
        """What a painting is made of."""
        given = {self.picture, self.artwork, self.colors, *self.maps}
        return given | self.optimization.inputs() | self.mask.inputs()

    def paint(self, values: Values) -> Iterator[Updates]:
        """Paint the picture of the field after the artwork beside it."""
        photo, artwork = values[self.picture], _artwork(values[self.artwork], self.settings)
        areas = _maps([values[field] for field in self.maps], self.settings)
        upload = Upload(areas[1], "doodle.png") if areas and not photo else open_upload(photo, self.settings)
        options = self.optimization.read(values)
        mask = self.mask.read(values, upload.picture, self.settings)
        finishing = {"keep_colors": values[self.colors], "mask": mask}
        steps = run_long_job(
            optimize.stylize_from_artwork, upload.picture if photo else None, artwork.picture, maps=areas,
            recipe=options.recipe, size=options.size,
            iterations=options.iterations, device=self.settings.device, **finishing,
        )  # fmt: skip
        named = (DONE, _words(artwork, options.iterations))
        as_result = partial(finished, picture=reduced(upload.picture), **finishing)
        yield from self.job.follow(
            self.line.run(steps),
            preview=lambda step: save_result(as_result(step.preview), upload.name, *named),
            result=style_result(self.job, upload, *named, source=self._source(values)),
        )

    def paint_at_once(self, values: Values) -> Iterator[Updates]:
        """Paint in one pass after the artwork as soon as there are both, and where one has changed."""
        if not values[self.picture] or not values[self.artwork]:
            yield self.job.stale() | {self.job.status: status_html("Give a picture and an artwork to paint it after.")}
            return
        saved, source = values[self.job.buttons.saved], self._source(values)
        if saved and saved.path and saved.source == source:
            yield {self.job.status: gr.skip()}
            return
        upload, artwork = (
            open_upload(values[self.picture], self.settings),
            _artwork(values[self.artwork], self.settings),
        )
        mask, keep_colors = self.mask.read(values, upload.picture, self.settings), values[self.colors]
        given = {"keep_colors": keep_colors, "mask": mask, "device": self.settings.device}
        steps = run_job(stylize_like, upload.picture, artwork.picture, **given)
        named = (DONE, f"Iris {ONE_PASS}: after {artwork.name}")
        result = style_result(self.job, upload, *named, source=source, hint=REFINE_HINT)
        yield from self.job.follow(self.one_pass.run(steps), result=result)

    def open(self, values: Values) -> Iterator[Updates]:
        """Show a sample painted after an artwork, made once and kept, where nothing is given yet."""
        if values[self.artwork] or values[self.job.buttons.saved]:
            yield {self.job.status: gr.skip()}
            return
        photo, (title, artwork) = samples()[OPENING], next(iter(sample_artworks().items()))
        file = served_artwork(title)
        if values[self.picture]:  # handed over from another panel
            yield {self.artwork: file}
            yield from self.paint_at_once({**values, self.artwork: {"path": file, "orig_name": f"{title}.png"}})
            return

        def paint_sample() -> Image.Image:
            given = open_picture(photo.path), artwork
            return run_to_end(run_job(stylize_like, *given, device=self.settings.device))

        path = served_copy(kept_picture(f"{OPENING}-{DONE}.png", ONE_PASS, paint_sample))
        shown = str(served_sample(OPENING))
        words = f"{photo.title.capitalize()} after an artwork. Give a picture and an artwork of yours."
        result = shown_result(self.job, open_picture(path), path, words, fingerprint(shown, fingerprint(file), False))
        yield result | {self.artwork: file, self.picture: shown}

    def opening_inputs(self) -> set[Block]:
        """What `open` looks at."""
        return self.inputs() | {self.job.buttons.saved}

    def opening_outputs(self) -> list[Block]:
        """What `open` updates."""
        return [self.picture, self.artwork, *self.job.outputs()]

    def _source(self, values: Values) -> str:
        """What tells a result of this picture and artwork from others; a doodle has no picture."""
        files = [
            uploaded_file(values[field], self.settings)[0] for field in (self.picture, self.artwork) if values[field]
        ]
        return fingerprint(files[0], *(fingerprint(file) for file in files[1:]), values[self.colors])


def build(settings: Settings, line: WaitingLine, one_pass: WaitingLine) -> ArtworkPanel:
    """Lay out and wire the panel."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(elem_classes="iris-input"):
            with gr.Row(elem_classes="iris-give"):
                picture = picture_field("Your picture", height=180, min_width=120)
                artwork = picture_field("The artwork", height=180, min_width=120)
            with gr.Row(elem_classes="iris-give iris-pair"):
                sample_strip(picture, SAMPLES)
                _artwork_strip(artwork)
            quality = choose_quality()
            with gr.Row(elem_classes="iris-run"):
                run = gr.Button("Refine", size="md", variant="primary", min_width=120)
                stop = gr.Button("Stop", size="md", interactive=False, min_width=64, elem_classes="iris-stop")
        with gr.Column(elem_classes="iris-result"):
            job = result_panel(stop, charted=True)
        with gr.Column(elem_classes="iris-more"):
            colors = gr.Checkbox(label="Keep the colours of the picture")
            optimization = optimization_widgets(quality)
            mask = mask_widgets(picture)
            with gr.Accordion("Two maps: what goes where", open=False):
                gr.HTML(f'<p class="iris-label">{DOODLE}</p>', padding=False)
                with gr.Row():
                    maps = [picture_field(f"Map of {whose}", height=160, min_width=150) for whose in MAPPED]
    panel = ArtworkPanel(settings, line, one_pass, picture, artwork, maps, colors, optimization, mask, job)
    job.wire([run.click], panel.paint, panel.inputs())
    changes = [picture.change, artwork.change, colors.input]
    job.wire(changes, panel.paint_at_once, panel.inputs(), newest_only=True)
    register_endpoint(_endpoint(settings, line))
    return panel


def served_artwork(title: str) -> str:
    """A sample artwork as a file that the page may serve; raises BadInput for a title that none has."""
    artworks = sample_artworks()
    if title not in artworks:
        raise BadInput(f"no sample artwork {str(title)[:40]!r}; choose one of {', '.join(artworks)}")
    return str(save_result(artworks[title], f"{title}.png", "artwork"))


def _artwork_strip(field: gr.Image) -> None:
    choices = [Choice(title, title.capitalize(), picture) for title, picture in sample_artworks().items()]
    strip = picture_radio("Sample artworks", choices, classes="iris-strip", shown_titles=False)
    on_event(strip.input, served_artwork, strip, field, queue=False)


def _artwork(payload: dict | gr.FileData | None, settings: Settings) -> Upload:
    if payload is None:
        raise BadInput("there is no artwork yet; choose, drop or paste one beside the picture")
    return open_upload(payload, settings)


def _maps(payloads: Sequence, settings: Settings) -> tuple[Image.Image, Image.Image] | None:
    """Both maps or none; raises BadInput where one is missing."""
    maps = [optional_picture(payload, settings) for payload in payloads]
    if None not in maps:
        return tuple(maps)
    if any(maps):
        raise BadInput("one of the two maps is missing; give the artwork's and the picture's, or none")
    return None


def _words(model: Upload, iterations: int) -> str:
    return f"Iris: after {model.name}, {iterations} iterations"


def _endpoint(settings: Settings, line: WaitingLine) -> Callable:
    def stylize_from_artwork(
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
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture after any artwork by optimisation (Gatys et al. 2015); takes seconds to minutes.

        picture, artwork: uploaded files; with the Python client, handle_file("photo.jpg").
        size: the longer side while painting, in pixels. iterations: more are closer to the artwork.
        recipe: such as {"style_weight": 5, "start": "noise"}; it may also have content_weight, smoothness,
        layer_weights, optimizer ("lbfgs", "adam"), pooling ("max", "average") and scales.
        mask: white is painted, black stays. artwork_map, picture_map: flat colours that say what is painted like what.
        """
        upload, model = open_upload(picture, settings), _artwork(artwork, settings)
        steps = run_long_job(
            optimize.stylize_from_artwork, upload.picture, model.picture, size=size, iterations=iterations,
            keep_colors=keep_colors, recipe=recipe_of({"seed": seed} | (recipe or {})),
            mask=optional_picture(mask, settings), maps=_maps([artwork_map, picture_map], settings),
            device=settings.device,
        )  # fmt: skip
        yield from deliver(line.run(steps), upload.name, DONE, _words(model, iterations))

    return stylize_from_artwork
