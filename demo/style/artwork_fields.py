"""The artwork that a photo is painted after: its samples, and the two maps that say what is painted like what."""

from collections.abc import Sequence

import gradio as gr
from PIL import Image

from demo.sample_artworks import sample_artworks
from demo.settings import Settings
from demo.web.choices import Choice, picture_radio
from demo.web.events import on_event
from demo.web.picture_fields import ARTWORKS, mark_sample, picture_field
from demo.web.served_files import served_folder
from demo.web.uploads import Payload, Upload, open_upload, optional_picture
from zoo.errors import BadInput
from zoo.images.saving import save_picture

MAPPED = ("the artwork", "your picture")
DOODLE = (
    "Say with flat colours what goes where: one map of the artwork, one of your picture. "
    "What has a colour in your picture's map is painted like what has that colour in the artwork's. "
    "Without a picture, the map alone is painted out."
)


def artwork_strip(field: gr.Image) -> None:
    """Lay out the sample artworks as a radio group; a choice puts the artwork into the field."""
    choices = [Choice(title, title.capitalize(), picture) for title, picture in sample_artworks().items()]
    strip = picture_radio("Sample artworks", choices, classes="iris-strip", shown_titles=False)
    on_event(strip.input, served_artwork, strip, field, queue=False)
    mark_sample(strip, field, ARTWORKS)


def served_artwork(title: str) -> str:
    """Give a sample artwork as a file that the page may serve; raises BadInput for a title that none has."""
    artworks = sample_artworks()
    if title not in artworks:
        raise BadInput(f"no sample artwork {str(title)[:40]!r}; choose one of {', '.join(artworks)}")
    file = served_folder(ARTWORKS) / f"{title.replace(' ', '-')}.png"
    if not file.exists():
        save_picture(artworks[title], file)
    return str(file)


def open_artwork(payload: Payload, settings: Settings) -> Upload:
    """Open the artwork of a field; raises BadInput where there is none."""
    if payload is None:
        raise BadInput("there is no artwork yet; choose, drop or paste one beside the picture")
    return open_upload(payload, settings)


def map_fields() -> list[gr.Image]:
    """Lay out the fields for the two maps, folded away."""
    with gr.Accordion("Two maps: what goes where", open=False):
        gr.HTML(f'<p class="iris-label">{DOODLE}</p>', padding=False)
        with gr.Row():
            return [picture_field(f"Map of {whose}", height=160, min_width=150) for whose in MAPPED]


def both_maps(payloads: Sequence[Payload], settings: Settings) -> tuple[Image.Image, Image.Image] | None:
    """Give both maps or none; raises BadInput where one is missing."""
    ours, theirs = (optional_picture(payload, settings) for payload in payloads)
    if ours and theirs:
        return ours, theirs
    if ours or theirs:
        raise BadInput("one of the two maps is missing; give the artwork's and the picture's, or none")
    return None
