"""The Upscale tab: four times larger, with bicubic beside it and a figure for how true the result is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.settings import Settings
from demo.upscale.options import UpscaleOptions, UpscaleWidgets, choose_model, has_detail, read_options, upscale_widgets
from demo.web.compare import Compared, comparison, most_detailed
from demo.web.downloads import ResultButtons, deliver, fingerprint, reduced, result_buttons, save_result
from demo.web.engine import run_job
from demo.web.events import Share, Updates, Values, Width, on_event, register_endpoint
from demo.web.examples import kept_picture, served_copy
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.served_files import served_url
from demo.web.uploads import open_upload, picture_field, sample_strip, served_sample, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.images.decode import open_picture
from zoo.images.tensors import alpha_of, to_picture, to_tensor, with_alpha
from zoo.progress import Progress, run_to_end
from zoo.superres.consistency import shrink_back_db
from zoo.superres.networks import DEFAULT_DETAIL, DEFAULT_MODEL
from zoo.superres.upscale import upscale

SAMPLES = ("cheetah", "lion", "coins", "cat", "tower")
OPENING = SAMPLES[0]
LARGEST_SHOWN = 4096  # pixels of a side: browsers draw no more on small machines
TRUE_DB = 40  # from here on the eye finds no difference between the input and the result shrunk back
TRUE = "shrunk back, it is your picture again: nothing that one could see was made up or lost"
CHANGED = "shrunk back, it differs from your picture to the eye: detail was made up, or noise taken away"


@dataclass(frozen=True, eq=False)
class UpscaleTab:
    """The widgets of the tab, and what they do."""

    settings: Settings
    line: WaitingLine
    picture: gr.Image
    options: UpscaleWidgets
    compared: gr.HTML
    job: JobPanel

    @property
    def buttons(self) -> ResultButtons:
        """The buttons under the result."""
        return self.job.buttons

    def inputs(self) -> set[Block]:
        """What an enlargement is made of."""
        return {self.picture} | self.options.inputs()

    def enlarge(self, values: Values) -> Iterator[Updates]:
        """Enlarge the picture of the field as the widgets say."""
        options, begun = self.options.read(values), perf_counter()
        upload = open_upload(values[self.picture], self.settings, max_pixels=self.settings.upscale_pixels)

        def result(step: Progress) -> Updates:
            seconds = perf_counter() - begun
            path = save_result(step.result, upload.name, options.name, str(options), ending=".png")
            source = self._source(values, options)
            return self._shown(upload.picture, step.result, path, facts(upload.picture, step.result, seconds), source)

        yield from self.job.follow(self.line.run(options.steps(upload.picture, self.settings)), result=result)

    def check(self, values: Values) -> str | None:
        """Say how large the picture will be; raises BadPicture for one that cannot be used."""
        if not values[self.picture]:
            return f"Choose a picture of up to {self.settings.upscale_pixels / 1e6:g} million pixels."
        small = open_upload(values[self.picture], self.settings, max_pixels=self.settings.upscale_pixels).picture
        options, saved = self.options.read(values), values[self.job.buttons.saved]
        if saved and saved.source == self._source(values, options):
            return None
        width, height = options.size_of(small)
        factor = f"{width / small.width:.3g} times as wide"
        return f"{small.width} x {small.height} becomes {width} x {height} pixels, {factor}."

    def open(self) -> Updates:
        """Show a sample enlarged, once and for all visitors."""
        photo, options = (
            samples()[OPENING],
            UpscaleOptions(DEFAULT_MODEL, DEFAULT_DETAIL if has_detail(DEFAULT_MODEL) else None, None),
        )
        small = open_picture(photo.path)

        def enlarge_sample() -> Image.Image:
            return run_to_end(run_job(upscale, small, device=self.settings.device))

        path = served_copy(kept_picture(f"{OPENING}-{options.name}.png", DEFAULT_MODEL, enlarge_sample))
        words = f"{small.width} x {small.height} became {{}} x {{}} pixels. Choose a picture of yours."
        large, source = open_picture(path), fingerprint(photo.path, options)
        shown = self._shown(small, large, path, words.format(*large.size), source)
        return {self.picture: str(served_sample(OPENING))} | shown

    def _shown(self, small: Image.Image, large: Image.Image, path: Path, words: str, source: str) -> Updates:
        """The updates that show an enlargement beside bicubic, and offer its file."""
        plain, ours = compared(small, large)
        before, after = (save_result(side, path.name, "shown", ending=".png") for side in (plain, ours))
        value = Compared(served_url(before), served_url(after), ours.size, most_detailed(ours)).value()
        shown = {self.compared: bright(self.compared, value)}
        return shown | {self.job.status: status_html(words)} | self.job.buttons.show(path, source)

    def _source(self, values: Values, options: UpscaleOptions) -> str:
        path, _ = uploaded_file(values[self.picture], self.settings)
        return fingerprint(path, options)


def build(settings: Settings, page: gr.Blocks) -> UpscaleTab:
    """Lay out and wire the tab."""
    line = WaitingLine(settings.jobs, settings.queue_size)
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(elem_classes="iris-input"):
            with gr.Row(elem_classes="iris-give"):
                picture = picture_field("Your picture")
                sample_strip(picture, SAMPLES, OPENING)
            model = choose_model(settings)
            with gr.Row(elem_classes="iris-run"):
                run = gr.Button("Enlarge", size="md", variant="primary", min_width=120)
                stop = gr.Button("Stop", size="md", interactive=False, min_width=64, elem_classes="iris-stop")
        with gr.Column(elem_classes="iris-result"):
            status = status_box("The result appears here, beside plain bicubic.")
            shown = comparison("Bicubic and Iris", "Bicubic", "Iris")
            buttons = result_buttons("upscale", "style", "describe", "find", download="Save as PNG", formats=True)
        with gr.Column(elem_classes="iris-more"):
            options = upscale_widgets(model)
    job = JobPanel(status, buttons, (shown,), stop)
    tab = UpscaleTab(settings, line, picture, options, shown, job)
    job.wire([run.click], tab.enlarge, tab.inputs())
    changes = [picture.change, model.input, options.detail.release, options.width.change]
    job.wire_changes(changes, tab.check, tab.inputs())
    on_event(page.load, tab.open, None, [picture, *job.outputs()])
    register_endpoint(_endpoint(settings, line))
    return tab


def compared(small: Image.Image, large: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Bicubic and ours at equal size, as they are shown."""
    ours = _eight_bits(reduced(large, LARGEST_SHOWN))
    return _eight_bits(small).resize(ours.size, Image.Resampling.BICUBIC), ours


def facts(small: Image.Image, large: Image.Image, seconds: float) -> str:
    """The result in words: exact sizes, time, and whether it is the picture again when it is shrunk back."""
    true = shrink_back_db(small, large) if large.width > small.width else None
    back = "" if true is None else f" {(TRUE if true >= TRUE_DB else CHANGED).capitalize()} ({true:.1f} dB)."
    shown = "" if max(large.size) <= LARGEST_SHOWN else " Shown reduced; the saved file is complete."
    return (
        f"{small.width} x {small.height} became {large.width} x {large.height} pixels in {seconds:.1f} s.{back}{shown}"
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A picture of any mode as browsers show it, in RGB with its transparency."""
    rgb, alpha = to_picture(to_tensor(picture)), alpha_of(picture)
    return rgb if alpha is None else with_alpha(rgb, alpha)


def _endpoint(settings: Settings, line: WaitingLine) -> Callable:
    def upscale(
        picture: gr.FileData, model: str | None = None, detail: Share | None = None, width: Width | None = None
    ) -> Iterator[gr.FileData | None]:
        """Make a picture exactly four times as wide and as high; gives a PNG with the same colour profile.

        picture: an uploaded file; with the Python client, handle_file("photo.jpg").
        model: a key that /models lists with the task sr. detail: from 0 (true to the picture) to 1 (sharp), for models
        that have a sharp variant.
        width: of the result in pixels, where it is not to be four times as wide.
        """
        options = read_options(model, detail, width)
        upload = open_upload(picture, settings, max_pixels=settings.upscale_pixels)
        steps = line.run(options.steps(upload.picture, settings))
        yield from deliver(steps, upload.name, options.name, str(options), ending=".png")

    return upscale
