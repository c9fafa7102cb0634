"""What comes in: picture fields, and uploads of pictures and clips looked at safely within the limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.settings import Settings
from demo.web.choices import Choice, picture_radio
from demo.web.events import IN_BROWSER, on_event
from demo.web.served_files import new_served_folder, served_folder
from zoo.errors import BadInput, BadPicture, IrisError
from zoo.files import READ_ONLY, result_name
from zoo.images.decode import FIRST_OF_SEVERAL, open_picture
from zoo.images.saving import save_picture
from zoo.video.clip import ClipFacts
from zoo.video.container import facts_of

SAMPLE_SIDE = 128  # pixels of a sample's thumbnail
Source = Literal["upload", "clipboard", "webcam"]
SOURCES: tuple[Source, ...] = ("upload", "clipboard", "webcam")
SAMPLES, ARTWORKS = "samples", "sample-artworks"  # served folders of what strips offer
PLACEHOLDER = "Drop or paste a picture here\nor click to choose one"
Payload = gr.FileData | Mapping[str, object] | None  # a file as the page or a caller of the web API names it


@dataclass(frozen=True)
class Upload:
    """A picture that a user gave, with its name."""

    picture: Image.Image
    name: str


def picture_field(
    label: str, *, height: int = 168, sources: Sequence[Source] = SOURCES, min_width: int = 160
) -> gr.Image:
    """Lay out a field to drop, paste or photograph a picture into; HEIC is shown as the JPEG that is made of it."""
    field = gr.Image(
        label=label, type="filepath", image_mode=None, alt_text=label, height=height, sources=list(sources),
        min_width=min_width, buttons=["fullscreen"], placeholder=PLACEHOLDER, elem_classes="iris-photo",
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


def thumbnail(source: Path | bytes, side: int) -> Image.Image:
    """Make a small upright copy of a picture file or of its bytes."""
    picture = open_picture(source)
    picture.thumbnail((side, side))
    return picture.convert("RGBA" if picture.mode in ("LA", "RGBA") else "RGB")


def open_upload(payload: Payload, limits: Settings, *, max_pixels: int = 0) -> Upload:
    """Decode an uploaded file; raises BadPicture for everything that cannot or should not be decoded."""
    path, name = uploaded_file(payload, limits)
    return Upload(open_picture(path, max_pixels=max_pixels or limits.max_pixels), name)


def frames_note(picture: Image.Image) -> str:
    """Say where a picture is not all that its file holds; nothing where it is."""
    return "Of its frames or pages only the first was taken." if FIRST_OF_SEVERAL in picture.info else ""


def optional_picture(payload: Payload, limits: Settings) -> Image.Image | None:
    """Give the picture of a field that may stay empty."""
    return None if payload is None else open_upload(payload, limits).picture


def uploaded_file(payload: Payload, limits: Settings, *, kind: str = "picture", max_bytes: int = 0) -> tuple[Path, str]:
    """Tell where an upload lies and the name it had; raises BadPicture for no upload and for one over the limit."""
    given = payload.model_dump() if isinstance(payload, gr.FileData) else payload or {}
    place, name = given.get("path"), given.get("orig_name")
    if not place:
        raise BadPicture(f"there is no {kind} yet; choose, drop or paste one first")
    path = Path(str(place)).resolve()
    if not path.is_relative_to(served_folder()) or not path.is_file():
        raise BadPicture(f"this is not an uploaded file; upload the {kind} first")  # and no other file of this machine
    most = max_bytes or limits.max_bytes
    if path.stat().st_size > most:
        raise BadPicture(f"the file has more than {most / 2**20:g} MiB; make it smaller first")
    return path, str(name or path.name)


MOST_PIXELS = 1920 * 1088  # of a frame
MOST_RATE = 60  # frames a second


@dataclass(frozen=True)
class Clip:
    """A clip that a user gave, with its name and what it says of itself."""

    path: Path
    name: str
    facts: ClipFacts


def open_clip(payload: Payload, limits: Settings) -> Clip:
    """Look at an uploaded clip; raises BadInput for what is none, and for one that is too large or too long."""
    path, name = uploaded_file(payload, limits, kind="clip")
    facts = facts_of(path)
    width, height = facts.size
    if width * height > MOST_PIXELS:
        raise BadInput(f"{name} is too large: {width} x {height}, the limit is 1920 x 1080; make it smaller first")
    check_length(name, facts.frames, facts.seconds, limits)
    return Clip(path, name, facts)


def check_length(name: str, frames: int, seconds: float, limits: Settings) -> None:
    """Raise BadInput where a clip is too long, by what it says of itself or by the frames that it turns out to have."""
    if seconds > limits.clip_seconds or frames > limits.clip_seconds * MOST_RATE:
        raise BadInput(f"{name} is too long; the limit is {limits.clip_seconds:g} seconds, cut it first")
