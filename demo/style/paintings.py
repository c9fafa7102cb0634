"""Paintings that the network knows: a photo repainted in one pass, blended, in part, stronger or weaker."""

from collections.abc import Callable, Iterator

import gradio as gr

from demo.settings import Settings
from demo.style.mask_options import choose_part
from demo.style.result import painted, result_panel
from demo.style.style_options import Manner, choose_style, manner_of, title
from demo.web.downloads import Actions, delivered
from demo.web.events import Share, Updates, portions, publish
from demo.web.uploads import open_upload, optional_picture, picture_field, sample_strip
from zoo.style.fast import DEFAULT_STRENGTH, styles
from zoo.style.fast import stylize as paint

KIND = "style"  # every way of painting waits in one queue
THE_PHOTO = "The photo"


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the panel; gives the field for a picture and the actions under the result."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320) as controls:
            picture = picture_field("Your picture")
            sample_strip(picture, "pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
            style = choose_style(settings.device)
            around = [(THE_PHOTO, "")] + [(title(name), name) for name in styles()]
            outside = gr.Dropdown(around, value="", label="Outside it", min_width=150, render=False)
            part = choose_part(picture, beside=outside)
        with gr.Column(scale=6, min_width=320):
            panel = result_panel()

    def start(photo: dict | None, around: str, *values: object) -> Iterator[Updates]:
        upload = open_upload(photo, settings)
        covering, manner = portions(values, part.inputs(), style.inputs())
        chosen = manner_of(manner, upload.picture.size)
        mask = part.read(covering, upload.picture, settings)
        given = chosen.arguments() | {"mask": mask, "outside": {around: 1.0} if around and mask else None}
        steps = paint(upload.picture, chosen.weights, **given, device=settings.device)
        yield from painted(steps, panel, upload, chosen.name, str(chosen))

    with controls:
        inputs = [picture, outside, *part.inputs(), *style.inputs()]
        panel.wire("Paint", start, inputs, kind=KIND, jobs=settings.jobs)
    publish(_endpoint(settings), kind=KIND, jobs=settings.jobs)
    return picture, panel.under


def _endpoint(settings: Settings) -> Callable:
    def stylize(
        picture: gr.FileData,
        blend: dict[str, Share] | None = None,
        strength: Share = DEFAULT_STRENGTH,
        keep_colors: bool = False,
        mask: gr.FileData | None = None,
        size: int | None = None,
        outside: dict[str, Share] | None = None,
    ) -> Iterator[gr.FileData | None]:
        """Paint a picture in one pass after paintings that the network knows; width and height stay.

        blend: styles and their shares, such as {"starry-night": 0.6, "great-wave": 0.4}; /models lists the styles, and
        without it the first one is taken. strength: 0 (the picture as it is) to 1.
        mask: white is painted, black stays, or is painted after the styles and shares of outside.
        size: the longer side in pixels at which it is painted; smaller makes broader strokes.
        """
        upload, covered = open_upload(picture, settings), optional_picture(mask, settings)
        manner = Manner(blend or {styles()[0]: 1.0}, strength, keep_colors, size)
        given = manner.arguments() | {"mask": covered, "outside": outside or None}
        steps = paint(upload.picture, manner.weights, **given, device=settings.device)
        yield from delivered(steps, upload.name, manner.name, str(manner))

    return stylize
