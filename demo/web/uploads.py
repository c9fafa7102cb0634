"""Uploads of pictures and clips, looked at safely and within the limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from PIL import Image

from demo.settings import Settings
from demo.web.served_files import served_folder
from zoo.errors import BadInput, BadPicture
from zoo.images.decode import FIRST_OF_SEVERAL, open_picture
from zoo.video.clip import ClipFacts
from zoo.video.container import facts_of

Payload = gr.FileData | Mapping[str, object] | None  # a file as the page or a caller of the web API names it


@dataclass(frozen=True)
class Upload:
    """A picture that a user gave, with its name."""

    picture: Image.Image
    name: str


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
