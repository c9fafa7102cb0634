"""The Upscale tab: four times larger, with bicubic beside it and a figure for how true the result is."""

from collections.abc import Callable, Iterator
from time import perf_counter

import gradio as gr
from PIL import Image

from demo.settings import Settings
from demo.upscale.options import choose_enlargement, enlargement
from demo.web.downloads import Actions, actions, delivered, reduced, save_result
from demo.web.events import Share, Updates, Width, publish
from demo.web.job_panel import Panel, followed, said
from demo.web.uploads import open_upload, picture_field, sample_strip
from zoo.images.tensors import alpha_of, to_picture, to_tensor, with_alpha
from zoo.progress import Progress
from zoo.superres.consistency import shrink_back_db
from zoo.superres.networks import DEFAULT_MODEL, SHARP

KIND = "upscale"
TRUE_DB = 40  # from here on the eye finds no difference between the input and the result shrunk back
TRUE = "nothing that one could see was made up or lost"
CHANGED = "below 40 it differs to the eye: detail was made up, or noise taken away"


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions under the result."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320) as controls:
            picture = picture_field("Your picture")
            sample_strip(picture, "cheetah", "lion", "coins", "cat", "tower")
            choice = choose_enlargement()
        with gr.Column(scale=6, min_width=320):
            slider = gr.ImageSlider(
                label="Bicubic on the left, Iris on the right", interactive=False, height=460, max_height=460,
                buttons=["fullscreen"], format="png",
            )  # fmt: skip
            limit = f"Pictures of up to {settings.upscale_pixels / 1e6:g} million pixels."
            invitation = said(f"The result appears here, beside plain bicubic. {limit}")
            status = gr.HTML(invitation, elem_classes="iris-status", padding=False)
            under = actions("style", "describe", "find", download="Save as PNG")

    def start(photo: dict | None, *values: object) -> Iterator[Updates]:
        asked, begun = choice.read(values), perf_counter()
        upload = open_upload(photo, settings, max_pixels=settings.upscale_pixels)

        def result(step: Progress) -> Updates:
            seconds = perf_counter() - begun
            path = save_result(step.result, upload.name, asked.name, str(asked), ending=".png")
            words = facts(upload.picture, step.result, seconds)
            return {slider: compared(upload.picture, step.result), status: said(words)} | under.offer(path)

        yield from followed(asked.steps(upload.picture, settings), panel, result=result)

    panel = Panel(slider, status, under)
    with controls:
        panel.wire("Enlarge", start, [picture, *choice.inputs()], kind=KIND, jobs=settings.jobs)
    publish(_endpoint(settings), kind=KIND, jobs=settings.jobs)
    return picture, under


def compared(small: Image.Image, large: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Bicubic and ours at equal size, as the slider shows them."""
    ours = _eight_bits(reduced(large))
    return _eight_bits(small).resize(ours.size, Image.Resampling.BICUBIC), ours


def facts(small: Image.Image, large: Image.Image, seconds: float) -> str:
    """The result in numbers: exact sizes, time, and how near the result is to the input when it is shrunk back."""
    true = shrink_back_db(small, large)
    shown = "" if reduced(large) is large else " Shown reduced; the saved file is whole."
    return (
        f"{small.width} x {small.height} became {large.width} x {large.height} pixels in {seconds:.1f} s. Shrunk back "
        f"it agrees with your picture to {true:.1f} dB ({TRUE if true >= TRUE_DB else CHANGED}).{shown}"
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A picture of any mode as browsers show it, in RGB with its transparency."""
    rgb, alpha = to_picture(to_tensor(picture)), alpha_of(picture)
    return rgb if alpha is None else with_alpha(rgb, alpha)


def _endpoint(settings: Settings) -> Callable:
    def upscale(
        picture: gr.FileData, model: str | None = None, detail: Share | None = None, width: Width | None = None
    ) -> Iterator[gr.FileData | None]:
        """Make a picture exactly four times as wide and as high; gives a PNG with the same colour profile.

        model: a key that /models lists with the task sr. detail: from 0, as sr.fidelity-x4, to 1, as sr.sharp-x4.
        width: of the result in pixels, where it is not to be four times as wide.
        """
        asked = enlargement(model or (DEFAULT_MODEL if detail is None else SHARP), detail, width)
        upload = open_upload(picture, settings, max_pixels=settings.upscale_pixels)
        yield from delivered(asked.steps(upload.picture, settings), upload.name, asked.name, str(asked), ending=".png")

    return upscale
