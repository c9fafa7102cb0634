"""Any artwork: a photo painted after it by optimisation, growing before one's eyes."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import gradio as gr
from PIL import Image

from demo.settings import Settings
from demo.style.mask_options import choose_part
from demo.style.optimization_options import choose_recipe, recipe_of
from demo.style.result import painted, result_panel
from demo.web.downloads import Actions, delivered, reduced
from demo.web.events import Rounds, Side, Updates, portions, publish
from demo.web.uploads import Upload, open_upload, optional_picture, picture_field, sample_strip
from zoo.errors import BadInput
from zoo.style.compositing import finished
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE
from zoo.style.optimize import stylize_from_artwork as optimise

KIND = "style"
MAPPED = ("the artwork", "your picture")
DONE = "after-artwork"
DOODLE = (
    "Say with flat colours what goes where: one map of the artwork, one of your picture. "
    "What has a colour in your picture's map is painted like what has that colour in the artwork's. "
    "Without a picture, the map alone is painted out."
)


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the panel; gives the field for a picture and the actions under the result."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320) as controls:
            with gr.Row():
                picture = picture_field("Your picture", height=220, min_width=150)
                artwork = picture_field("The artwork", height=220, min_width=150)
            sample_strip(picture, "pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
            recipe = choose_recipe()
            colors = gr.Checkbox(label="Keep the colours of the picture")
            part = choose_part(picture)
            with gr.Accordion("Two maps: what goes where", open=False):
                gr.HTML(f'<p class="iris-label">{DOODLE}</p>', padding=False)
                with gr.Row():
                    maps = [picture_field(f"Map of {whose}", height=160, min_width=150) for whose in MAPPED]
        with gr.Column(scale=6, min_width=320):
            panel = result_panel(charted=True)

    def start(photo: dict | None, art: dict | None, keep: bool, *values: object) -> Iterator[Updates]:
        drawn, covering, cooked = portions(values, maps, part.inputs(), recipe.inputs())
        model, areas = _artwork(art, settings), _maps(drawn, settings)
        upload = Upload(areas[1], "doodle.png") if areas and not photo else open_upload(photo, settings)
        size, rounds, chosen = recipe.read(cooked)
        finishing = {"keep_colors": keep, "mask": part.read(covering, upload.picture, settings)}
        given = finishing | {"maps": areas, "recipe": chosen, "size": size, "iterations": rounds}
        steps = optimise(upload.picture if photo else None, model.picture, **given, device=settings.device)
        as_result = partial(finished, picture=reduced(upload.picture), **finishing)
        yield from painted(steps, panel, upload, DONE, _words(model, rounds), as_result=as_result)

    with controls:
        inputs = [picture, artwork, colors, *maps, *part.inputs(), *recipe.inputs()]
        panel.wire("Paint like this", start, inputs, kind=KIND, jobs=settings.jobs)
    publish(_endpoint(settings), kind=KIND, jobs=settings.jobs)
    return picture, panel.under


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


def _endpoint(settings: Settings) -> Callable:
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

        size: the longer side while painting, in pixels. iterations: more are closer to the artwork.
        recipe: such as {"style_weight": 5, "start": "noise"}; it may also have content_weight, smoothness,
        layer_weights, optimizer ("lbfgs", "adam"), pooling ("max", "average") and scales.
        mask: white is painted, black stays. artwork_map, picture_map: flat colours that say what is painted like what.
        """
        upload, model = open_upload(picture, settings), _artwork(artwork, settings)
        given = {
            "size": size,
            "iterations": iterations,
            "keep_colors": keep_colors,
            "recipe": recipe_of({"seed": seed} | (recipe or {})),
            "mask": optional_picture(mask, settings),
            "maps": _maps([artwork_map, picture_map], settings),
        }
        steps = optimise(upload.picture, model.picture, **given, device=settings.device)
        yield from delivered(steps, upload.name, DONE, _words(model, iterations))

    return stylize_from_artwork
