"""Fields for pictures: what they say and take, the samples beside them, and what they hold after a reload."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import gradio as gr
from gradio.blocks import Block

from demo.samples import samples
from demo.settings import Settings
from demo.web.choices import Choice, picture_radio, thumbnail
from demo.web.events import IN_BROWSER, on_event
from demo.web.served_files import new_served_folder, served_folder
from demo.web.uploads import Payload, uploaded_file
from zoo.errors import BadInput, IrisError
from zoo.files import READ_ONLY, result_name
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture

SAMPLE_SIDE = 128  # pixels of a sample's thumbnail
Source = Literal["upload", "clipboard", "webcam"]
SOURCES: tuple[Source, ...] = ("upload", "clipboard", "webcam")
SAMPLES, ARTWORKS = "samples", "sample-artworks"  # served folders of what strips offer
PLACEHOLDER = "Drop or paste a picture here\nor click to choose one"


def picture_field(
    label: str, *, height: int = 168, sources: Sequence[Source] = SOURCES, min_width: int = 160
) -> gr.Image:
    """Lay out a field to drop, paste or photograph a picture into; HEIC is shown as the JPEG that is made of it."""
    field = gr.Image(
        label=label, type="filepath", image_mode=None, alt_text=label, height=height, sources=list(sources),
        min_width=min_width, buttons=[], placeholder=PLACEHOLDER, elem_classes="iris-photo",
    )  # fmt: skip
    on_event(field.upload, as_browsers_show, field, field, queue=False)
    return field


def as_browsers_show(payload: Payload) -> object:
    """Give the update that puts a JPEG of a HEIC photo into a field; none for what browsers show by themselves.

    What cannot be read stays, to be refused where it is used.
    """
    given = payload.model_dump() if isinstance(payload, gr.FileData) else payload or {}
    path = Path(str(given.get("path") or "")).resolve()
    if path.suffix.lower() not in READ_ONLY or not path.is_relative_to(served_folder()) or not path.is_file():
        return gr.skip()
    copy = new_served_folder() / result_name(path.name)
    try:
        save_picture(open_picture(path), copy)
    except IrisError:
        return gr.skip()
    return str(copy)


def keep_over_reload(picture: gr.Image, place: str, page: gr.Blocks, open_tab: Callable, outputs: list[Block]) -> None:
    """Let a tab open with the picture that was given before a reload, if the server has it; `open_tab` gets it."""
    remember = f"(file) => iris.remember('{place}', file)"
    picture.change(None, picture, None, js=remember, **IN_BROWSER)
    on_event(page.load, open_tab, picture, outputs, js=f"() => iris.remembered('{place}')")


def sample_strip(field: gr.Image, titles: Sequence[str], chosen: str | None = None) -> gr.HTML:
    """Lay out sample photos as a radio group; a choice puts the photo into the field."""
    shown = [samples()[title] for title in titles if title in samples()]
    choices = [Choice(one.title, one.title.capitalize(), thumbnail(one.path, SAMPLE_SIDE)) for one in shown]
    strip = picture_radio("Samples", choices, chosen, classes="iris-strip", shown_titles=False)
    on_event(strip.input, lambda title: str(served_sample(title)), strip, field, queue=False)
    mark_sample(strip, field, SAMPLES)
    return strip


def mark_sample(strip: gr.HTML, field: gr.Image, folder: str) -> None:
    """Let a strip of samples show which of them lies in the field, and none where the picture is another."""
    field.change(None, field, strip, js=f"(file) => iris.sampleOf(file, '{folder}')", **IN_BROWSER)


def own_picture(payload: Payload, opening: str, limits: Settings) -> Path | None:
    """Give the file of a field, unless it is the sample that a tab opens with."""
    path = uploaded_file(payload, limits)[0] if payload else None
    return None if path == served_sample(opening) else path


def served_sample(title: str) -> Path:
    """Give a copy of a sample photo that the page may serve; raises BadInput for a title that no sample has."""
    if title not in samples():
        raise BadInput(f"no sample {str(title)[:40]!r}; choose one of {', '.join(samples())}")
    return samples()[title].copy_to(served_folder(SAMPLES))
