"""The Upscale tab: four times larger, with bicubic beside it and a figure for how true the result is."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import FunctionType

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.settings import Settings
from demo.upscale.options import (
    Detail,
    UpscaleOptions,
    UpscaleWidgets,
    has_detail,
    offered,
    read_options,
    upscale_widgets,
)
from demo.web.compare import Compared, comparison, most_detailed
from demo.web.downloads import (
    deliver,
    fingerprint,
    reduced,
    result_buttons,
    save_result,
)  # fmt: skip
from demo.web.endpoints import register_endpoint
from demo.web.engine import run_job
from demo.web.events import Scale, Updates, Values, Width
from demo.web.examples import kept_picture, served_copy
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.layout import column, given_picture, run_button, run_row, stop_button, work
from demo.web.picture_fields import keep_over_reload, own_picture, served_sample
from demo.web.served_files import served_url
from demo.web.several import Made, SeveralPictures, saved_each, several_field, several_results
from demo.web.uploads import Payload, Upload, frames_note, open_upload, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.errors import BadPicture
from zoo.images.decode import open_picture
from zoo.images.tensors import alpha_of, to_picture, to_tensor, with_alpha
from zoo.progress import Progress, run_to_end
from zoo.superres.consistency import shrink_back_db
from zoo.superres.input_quality import choice_sentence, measure_quality
from zoo.superres.networks import AUTOMATIC, DEFAULT_DETAIL, PHOTO
from zoo.superres.upscale import SCALE, upscale

SAMPLES = ("cheetah", "lion", "coins", "cat", "tower")
OPENING = SAMPLES[0]
LARGEST_SHOWN = 4096  # pixels of a side: browsers draw no more on small machines
TRUE_DB = 40  # from here on the eye finds no difference between the input and the result shrunk back
TRUE = "True to your picture: made small again, it looks the same"
CHANGED = "Detail was added or noise removed: made small again, it no longer looks quite like your picture"


@dataclass(frozen=True, eq=False)
class UpscaleTab:
    """The widgets of the tab, and what they do."""

    settings: Settings
    line: WaitingLine
    picture: gr.Image
    options: UpscaleWidgets
    compared: gr.HTML
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make an enlargement."""
        return {self.picture} | self.options.inputs()

    def enlarge(self, values: Values) -> Iterator[Updates]:
        """Enlarge the picture of the field as the widgets say."""
        options, begun = self.options.read(values), perf_counter()
        upload = open_upload(values[self.picture], self.settings, max_pixels=self.settings.upscale_pixels)
        quality = measure_quality(upload.picture) if options.key == AUTOMATIC else None
        choice = choice_sentence(quality) if quality else ""

        def result(large: Image.Image) -> Updates:
            told = facts(upload.picture, large, perf_counter() - begun), choice, frames_note(upload.picture)
            words = " ".join(filter(None, told))
            path = save_result(large, upload.name, options.name, str(options), ending=".png")
            shown = self._shown(upload.picture, large, path, words)
            return shown | self.job.buttons.show(path, self._source(values, options))

        steps = options.steps(upload.picture, self.settings, quality)
        yield from self.job.follow(self.line.run(steps), result=result)

    def enlarge_each(self, values: Values, upload: Upload) -> Generator[Progress[Made]]:
        """Enlarge one of several pictures as the widgets say; raises BadPicture for one that is too large."""
        options, most = self.options.read(values), self.settings.upscale_pixels
        if upload.picture.width * upload.picture.height > most:
            raise BadPicture(f"it has more than {most / 1e6:g} million pixels")
        steps = options.steps(upload.picture, self.settings)
        yield from saved_each(steps, upload, options.name, str(options), ending=".png")

    def check(self, values: Values) -> str | None:
        """Say how large the picture will be; raises BadPicture for one that cannot be used."""
        if not values[self.picture]:
            return None
        small = open_upload(values[self.picture], self.settings, max_pixels=self.settings.upscale_pixels).picture
        options = self.options.read(values)
        if self.job.shows(values, self._source(values, options)):
            return None
        width, height = options.size_of(small)
        factor = f"{width / small.width:.3g} times as wide"
        return f"{small.width} x {small.height} becomes {width} x {height} pixels, {factor}."

    def open(self, given: Payload) -> Updates:
        """Show a sample enlarged, once and for all visitors, or the picture that was given before a reload."""
        own = own_picture(given, OPENING, self.settings)
        if own:
            return {self.picture: str(own)}
        photo, detail = samples()[OPENING], DEFAULT_DETAIL if has_detail(AUTOMATIC) else None
        options = UpscaleOptions(AUTOMATIC, detail, None, SCALE)
        plain, ours = (served_copy(file) for file in enlarged_sample(self.settings.device))
        small, large = open_picture(photo.path), open_picture(ours)
        words = "{} x {} became {} x {} pixels. Choose a picture of your own.".format(*small.size, *large.size)
        shown = self._compared(plain, ours, large) | {self.job.status: status_html(words)}
        buttons = self.job.buttons.show(ours, fingerprint(photo.path, options), example=True)
        return {self.picture: str(served_sample(OPENING))} | shown | buttons

    def _shown(self, small: Image.Image, large: Image.Image, path: Path, words: str) -> Updates:
        """Give the updates that show an enlargement beside bicubic."""
        plain, ours = compared(small, large)
        before, after = (save_result(side, path.name, "shown", ending=".png") for side in (plain, ours))
        return self._compared(before, after, ours) | {self.job.status: status_html(words)}

    def _compared(self, before: Path, after: Path, picture: Image.Image) -> Updates:
        """Give the updates that show two files over each other, of which `picture` is the latter."""
        value = Compared(served_url(before), served_url(after), picture.size, most_detailed(picture)).value()
        return {self.compared: bright(self.compared, value)}

    def _source(self, values: Values, options: UpscaleOptions) -> str:
        path, _ = uploaded_file(values[self.picture], self.settings)
        return fingerprint(path, options)


def build(settings: Settings, page: gr.Blocks) -> UpscaleTab:
    """Lay out and wire the tab."""
    line = WaitingLine(settings.jobs, settings.queue_size)
    with work():
        with column("input"):
            picture = given_picture(SAMPLES, OPENING)
            options = upscale_widgets(settings)
            with run_row():
                run, stop = run_button("Enlarge"), stop_button()
        with column("result"):
            status, several = status_box("The result appears here, beside a plain resize."), several_results()
            shown = comparison("Plain resize and Iris", "Plain resize", "Iris")
            buttons = result_buttons("upscale", "style", "describe", "find", download="Save", formats=True)
        with column("more"):
            options.detail.render()
            options.self_ensemble.render()
            files, run_each = several_field("Enlarge them all")
    job = JobPanel(status, buttons, (shown,), stop, cover=several.cover())
    tab = UpscaleTab(settings, line, picture, options, shown, job)
    job.wire([run.click], tab.enlarge, tab.inputs())
    job.wire_changes([picture.change, *options.changes()], tab.check, tab.inputs())
    job.wire_removal([picture.clear], f"Choose a picture of up to {settings.upscale_pixels / 1e6:g} million pixels.")
    job.wire_refusals()
    SeveralPictures(settings, files, run_each, several, tab.enlarge_each).wire(job, picture, tab.inputs())
    keep_over_reload(picture, "upscale", page, tab.open, [picture, *job.outputs()])
    keys = [key for _, key in offered(settings)]
    register_endpoint(_endpoint(settings, line), choices={"model": keys})
    return tab


def compared(small: Image.Image, large: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Bicubic and ours at equal size, as they are shown."""
    ours = _eight_bits(reduced(large, LARGEST_SHOWN))
    return _eight_bits(small).resize(ours.size, Image.Resampling.BICUBIC), ours


def enlarged_sample(device: str) -> tuple[Path, Path]:
    """Give the first sample photo enlarged by bicubic interpolation and by the default network."""
    photo = samples()[OPENING].path

    def enlarge() -> Image.Image:
        return run_to_end(run_job(upscale, open_picture(photo), device=device))

    def plain() -> Image.Image:
        return compared(open_picture(photo), open_picture(ours))[0]

    ours = kept_picture(f"{OPENING}-x{SCALE}-{DEFAULT_DETAIL:g}.webp", PHOTO, enlarge)
    return kept_picture(f"{OPENING}-bicubic.webp", PHOTO, plain), ours


def facts(small: Image.Image, large: Image.Image, seconds: float) -> str:
    """Say of the result: exact sizes, time, and whether it is the picture again when it is shrunk back."""
    true = shrink_back_db(small, large) if large.width > small.width else None
    back = "" if true is None else f" {TRUE if true >= TRUE_DB else CHANGED} (PSNR {true:.0f} dB)."
    shown = "" if max(large.size) <= LARGEST_SHOWN else " Shown reduced; the saved file is complete."
    return (
        f"{small.width} x {small.height} became {large.width} x {large.height} pixels in {seconds:.1f} s.{back}{shown}"
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Give a picture of any mode as browsers show it, in RGB with its transparency."""
    rgb, alpha = to_picture(to_tensor(picture)), alpha_of(picture)
    return rgb if alpha is None else with_alpha(rgb, alpha)


def _endpoint(settings: Settings, line: WaitingLine) -> FunctionType:
    def upscale(  # noqa: PLR0913 - what callers of the web API may say
        picture: gr.FileData,
        model: str | None = None,
        detail: Detail | None = None,
        width: Width | None = None,
        scale: Scale | None = None,
        self_ensemble: bool = False,
    ) -> Iterator[gr.FileData | None]:
        """Enlarge a picture, four times where nothing else is asked for; gives a PNG with the same colour profile.

        Args:
            picture: an uploaded picture; with the Python client, handle_file("photo.jpg").
            model: A key of those that /models lists with the task sr; without it, by how clean the picture is.
            detail: From 0 (true to the picture) to 1 (sharp) and 2 (crisp), for models that have a sharp variant.
            width: Of the result in pixels, in place of a scale.
            scale: How many times as wide and as high.
            self_ensemble: Take the mean of eight turned and mirrored passes, truer and eight times as long.
        """
        options = read_options(model, detail, width, scale, self_ensemble=self_ensemble)
        upload = open_upload(picture, settings, max_pixels=settings.upscale_pixels)
        steps = line.run(options.steps(upload.picture, settings))
        yield from deliver(steps, upload.name, options.name, str(options), ending=".png")

    return upscale
