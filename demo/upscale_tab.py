"""The Upscale tab: four times larger, with bicubic beside it and a figure for how true the result is."""

from collections.abc import Callable, Iterator
from time import perf_counter

import gradio as gr
from PIL import Image

from demo.downloads import Actions, actions, delivered, reduced, save_result
from demo.handlers import Updates, publish
from demo.image_input import open_upload, picture_field, sample_strip
from demo.jobs import Panel, followed, said
from demo.settings import Settings
from zoo.steps import Step
from zoo.upscale import enlarge_bicubic, shrink_back_db
from zoo.upscale import upscale as enlarge

KIND = "upscale"


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions under the result."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320) as controls:
            picture = picture_field("Your picture")
            sample_strip(picture, "cheetah", "lion", "coins", "cat", "tower")
        with gr.Column(scale=6, min_width=320):
            slider = gr.ImageSlider(
                label="Bicubic on the left, Iris on the right", interactive=False, height=460, max_height=460,
                buttons=["fullscreen"], format="png",
            )  # fmt: skip
            limit = f"Pictures of up to {settings.upscale_pixels / 1e6:g} million pixels."
            invitation = said(f"The result appears here, beside plain bicubic. {limit}")
            status = gr.HTML(invitation, elem_classes="iris-status", padding=False)
            under = actions("style", "describe", "find", download="Save as PNG")

    def start(photo: dict | None) -> Iterator[Updates]:
        upload = open_upload(photo, settings, max_pixels=settings.upscale_pixels)
        begun = perf_counter()

        def result(step: Step) -> Updates:
            path = save_result(step.result, upload.name, "x4", ending=".png")
            words = facts(upload.picture, step.result, perf_counter() - begun)
            return {slider: compared(upload.picture, step.result), status: said(words)} | under.offer(path)

        yield from followed(enlarge(upload.picture, device=settings.device), panel, result=result)

    panel = Panel(slider, status, under)
    with controls:
        panel.wire("Upscale 4x", start, picture, kind=KIND, jobs=settings.jobs)
    publish(_endpoint(settings), kind=KIND, jobs=settings.jobs)
    return picture, under


def compared(small: Image.Image, large: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Bicubic and ours at equal size, as the slider shows them."""
    ours = reduced(large.convert("RGBA" if large.mode in ("LA", "RGBA") else "RGB"))
    plain = enlarge_bicubic(small).convert(ours.mode)
    return reduced(plain), ours


def facts(small: Image.Image, large: Image.Image, seconds: float) -> str:
    """The result in numbers: exact sizes, time, and how near the result is to the input when it is shrunk back."""
    reduced_note = "" if reduced(large) is large else " Shown reduced; the saved file is whole."
    return (
        f"{small.width} x {small.height} became {large.width} x {large.height} pixels in {seconds:.1f} s. "
        f"Shrunk back it agrees with your picture to {shrink_back_db(small, large):.1f} dB "
        f"(above 40 nothing visible was made up or lost).{reduced_note}"
    )


def _endpoint(settings: Settings) -> Callable:
    def upscale(picture: gr.FileData) -> Iterator[gr.FileData | None]:
        """Make a picture exactly four times as wide and as high; gives a PNG with the same colour profile."""
        upload = open_upload(picture, settings, max_pixels=settings.upscale_pixels)
        yield from delivered(enlarge(upload.picture, device=settings.device), upload.name, "x4", ending=".png")

    return upscale
