"""The Style tab: a photo painted in one pass after known paintings, or by optimisation after any artwork."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import gradio as gr
from PIL import Image

from demo.downloads import Actions, actions, as_shown, delivered, save_result, shown_size
from demo.handlers import Rounds, Share, Side, Updates, listen, publish
from demo.image_input import Upload, open_upload, picture_field, sample_strip, thumbnail
from demo.jobs import Panel, followed, said
from demo.samples import samples
from demo.settings import Settings
from zoo.errors import BadInput
from zoo.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE
from zoo.optimize import stylize_from_artwork as optimise
from zoo.steps import Step, finish
from zoo.stylize import DEFAULT_STRENGTH, styles
from zoo.stylize import stylize as paint

KIND = "style"  # both ways wait in one queue
PREVIEWED, PREVIEW_SIDE = "pagoda", 192  # each style's preview is the network's own work on this sample


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions under the result."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320):
            picture = picture_field("Your picture")
            sample_strip(picture, "pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
            with gr.Tabs():
                paintings, artwork = gr.Tab("Paintings it knows"), gr.Tab("Any artwork")
        with gr.Column(scale=6, min_width=320):
            shown = gr.Image(label="Result", height=460, interactive=False, buttons=["fullscreen"], alt_text="Result")
            status = gr.HTML(said("The painted picture appears here."), elem_classes="iris-status", padding=False)
            panel = Panel(shown, status, actions("upscale", "describe", "find", download="Save"))
    with paintings:
        _paintings(settings, picture, panel)
    with artwork:
        _artwork(settings, picture, panel)
    return picture, panel.under


def _paintings(settings: Settings, picture: gr.Image, panel: Panel) -> None:
    names = styles()
    gallery = gr.Gallery(
        _previews(settings.device), label="Style", show_label=False, columns=5, allow_preview=False, selected_index=0,
        interactive=False, buttons=[], object_fit="cover", elem_classes="iris-styles",
    )  # fmt: skip
    chosen = gr.CheckboxGroup([(title(name), name) for name in names], value=names[:1], label="Blend several")
    weights = [gr.Slider(0, 1, 1, step=0.05, label=f"Share of {title(name)}", visible=False) for name in names]
    strength = gr.Slider(0, 1, DEFAULT_STRENGTH, step=0.05, label="Strength")
    colors = gr.Checkbox(label="Keep the colours of the picture")
    with gr.Accordion("Only a part of the picture", open=False):
        mask = picture_field("Mask: white is painted, black stays", height=180)

    def one(event: gr.SelectData) -> list[str]:
        return [names[event.index]]

    def shares(picked: list[str]) -> list[object]:
        return [gr.update(visible=len(picked) > 1 and name in picked) for name in names]

    def start(
        photo: dict, picked: list[str], strong: float, keep: bool, part: dict | None, *shared: float
    ) -> Iterator[Updates]:
        upload = open_upload(photo, settings)
        blend = {name: shared[names.index(name)] for name in picked} if len(picked) > 1 else dict.fromkeys(picked, 1.0)
        covered = _mask(part, settings)
        steps = paint(upload.picture, blend, strength=strong, keep_colors=keep, mask=covered, device=settings.device)
        yield from _followed(steps, panel, upload, "-".join(picked), _words(blend, strong, keep))

    gallery.select(one, None, chosen, api_visibility="private", show_progress="hidden", queue=False)
    listen(chosen.change, shares, chosen, weights, queue=False)
    inputs = [picture, chosen, strength, colors, mask, *weights]
    panel.wire("Paint", start, inputs, kind=KIND, jobs=settings.jobs)
    publish(_stylize_endpoint(settings), kind=KIND, jobs=settings.jobs)


def _artwork(settings: Settings, picture: gr.Image, panel: Panel) -> None:
    artwork = picture_field("The artwork", height=220)
    size = gr.Slider(128, 768, DEFAULT_SIZE, step=64, label="Detail: longer side while painting, pixels")
    iterations = gr.Slider(10, 500, DEFAULT_ITERATIONS, step=10, label="Iterations")
    colors = gr.Checkbox(label="Keep the colours of the picture")

    def start(photo: dict, art: dict, side: int, rounds: int, keep: bool) -> Iterator[Updates]:
        upload, model = open_upload(photo, settings), _artwork_of(art, settings)
        steps = optimise(
            upload.picture,
            model.picture,
            size=int(side),
            iterations=int(rounds),
            keep_colors=keep,
            device=settings.device,
        )
        yield from _followed(steps, panel, upload, "after-artwork", f"after {model.name}, {rounds} iterations")

    inputs = [picture, artwork, size, iterations, colors]
    panel.wire("Paint after the artwork", start, inputs, kind=KIND, jobs=settings.jobs)
    publish(_artwork_endpoint(settings), kind=KIND, jobs=settings.jobs)


def title(style: str) -> str:
    """A style's name as a person writes it: "starry-night" is "Starry night"."""
    return style.replace("-", " ").capitalize()


def _followed(steps: Iterator[Step], panel: Panel, upload: Upload, done: str, settings: str) -> Iterator[Updates]:
    begun = perf_counter()

    def saved(picture: Image.Image) -> Path:
        return save_result(picture, upload.name, done, settings)

    def result(step: Step) -> Updates:
        path = saved(step.result)
        words = f"{step.result.width} x {step.result.height} pixels in {perf_counter() - begun:.1f} s"
        return {panel.shown: as_shown(step.result, path), panel.status: said(words)} | panel.under.offer(path)

    def preview(step: Step) -> str:
        return str(saved(step.preview.resize(shown_size(upload.picture), Image.Resampling.BICUBIC)))

    return followed(steps, panel, preview=preview, result=result)


def _previews(device: str) -> list[tuple[Image.Image, str]]:
    photo = thumbnail(samples()[PREVIEWED].path, PREVIEW_SIDE)
    return [(finish(paint(photo, {name: 1.0}, device=device)), title(name)) for name in styles()]


def _mask(payload: dict | gr.FileData | None, settings: Settings) -> Image.Image | None:
    return None if payload is None else open_upload(payload, settings).picture


def _artwork_of(payload: dict | gr.FileData | None, settings: Settings) -> Upload:
    if payload is None:
        raise BadInput("there is no artwork yet; choose, drop or paste one beside the picture")
    return open_upload(payload, settings)


def _words(blend: dict[str, float], strength: float, keep: bool) -> str:
    mixed = ", ".join(f"{name} {weight:g}" for name, weight in blend.items())
    return f"Iris style.paintings: {mixed}; strength {strength:g}{'; colours kept' if keep else ''}"


def _stylize_endpoint(settings: Settings) -> Callable:
    def stylize(
        picture: gr.FileData,
        blend: dict[str, Share] | None = None,
        strength: Share = DEFAULT_STRENGTH,
        keep_colors: bool = False,
        mask: gr.FileData | None = None,
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture in one pass after paintings that the network knows; width and height stay.

        blend: styles and their shares, such as {"starry-night": 0.6, "great-wave": 0.4}; /models lists the styles, and
        without it the first one is taken.
        strength: 0 (the picture as it is) to 1. mask: white is painted, black stays.
        """
        upload, covered = open_upload(picture, settings), _mask(mask, settings)
        blend = blend or {styles()[0]: 1.0}
        given = {"strength": strength, "keep_colors": keep_colors, "mask": covered, "device": settings.device}
        yield from delivered(
            paint(upload.picture, blend, **given),
            upload.name,
            "-".join(blend),
            _words(blend, strength, keep_colors),
        )

    return stylize


def _artwork_endpoint(settings: Settings) -> Callable:
    def stylize_from_artwork(
        picture: gr.FileData,
        artwork: gr.FileData,
        size: Side = DEFAULT_SIZE,
        iterations: Rounds = DEFAULT_ITERATIONS,
        keep_colors: bool = False,
        seed: int = 0,
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture after any artwork by optimisation (Gatys et al. 2015); takes seconds to minutes.

        size: the longer side while painting, in pixels. iterations: more are closer to the artwork.
        """
        upload, model = open_upload(picture, settings), _artwork_of(artwork, settings)
        given = {
            "size": size,
            "iterations": iterations,
            "keep_colors": keep_colors,
            "seed": seed,
            "device": settings.device,
        }
        steps = optimise(upload.picture, model.picture, **given)
        yield from delivered(steps, upload.name, "after-artwork", f"Iris: after {model.name}, {iterations} iterations")

    return stylize_from_artwork
