"""Clips that come in: looked at within the limits before anything is painted."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from demo.image_input import uploaded_file
from demo.settings import Settings
from zoo.clips import ClipFacts, facts_of
from zoo.errors import BadInput

MOST_PIXELS = 1920 * 1088  # of a frame
MOST_RATE = 60  # frames a second


@dataclass(frozen=True)
class Clip:
    """A clip that a user gave, with its name and what it says of itself."""

    path: Path
    name: str
    facts: ClipFacts


def open_clip(payload: gr.FileData | dict[str, object] | None, limits: Settings) -> Clip:
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
