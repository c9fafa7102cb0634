"""What a clip is: its facts and its frames, and who reads the clips that are given by strangers."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from PIL import Image


@dataclass(frozen=True)
class ClipFacts:
    """Width and height as shown, how many frames and seconds (0 where the file does not tell), frames a second."""

    size: tuple[int, int]
    frames: int
    seconds: float
    rate: Fraction
    time_base: Fraction
    shape: Fraction | None  # of a pixel, width to height


@dataclass(frozen=True)
class Frame:
    """One upright RGB picture, shown from `time` for `duration`, in units of the clip's time base."""

    picture: Image.Image
    time: int
    duration: int


class Elsewhere(Protocol):
    """What reads clips in another process."""

    def facts_of(self, path: Path) -> ClipFacts: ...

    def rewriting(self, source: Path, target: Path) -> AbstractContextManager["Film"]: ...


class Film(Protocol):
    """A clip on its way into another."""

    facts: ClipFacts

    def frames(self) -> Iterator[Frame]: ...

    def add(self, picture: Image.Image, place: Frame) -> None: ...


_elsewhere: Elsewhere | None = None


def read_clips_by(elsewhere: Elsewhere | None) -> None:
    """Let `facts_of` and `rewriting` work in another process; None for this one."""
    global _elsewhere
    _elsewhere = elsewhere


def elsewhere() -> Elsewhere | None:
    """Give what reads clips in place of this process."""
    return _elsewhere
