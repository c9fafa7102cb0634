"""Clips in and out: the frames of hostile files, upright and in time, and H.264 beside the sound as it was."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.files import written_beside

MAX_SIDE = 4096
MAX_FRAMES = 18_000  # ten minutes at 30 a second
READABLE = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif")  # the last may be a picture as well
WRITABLE = {".mp4": "mp4", ".mov": "mov"}
# Playlists and scripts that name other files are no clips, and nothing but the file itself is opened.
CONTAINERS = {"format_whitelist": "mov,mp4,matroska,webm,avi,gif", "protocol_whitelist": "file"}
PIXELS = {"max_pixels": str(MAX_SIDE**2)}  # before a frame is decoded
QUALITY = {"crf": "18", "preset": "fast"}


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


def is_clip(source: str | Path, target: str | Path) -> bool:
    """Whether these names ask for a clip; a GIF alone may be a picture."""
    return Path(target).suffix.lower() in WRITABLE or Path(source).suffix.lower() in READABLE[:-1]


def facts_of(path: str | Path) -> ClipFacts:
    """What a clip says of itself, its first frame decoded; raises BadInput for what is no clip or over the limits."""
    with _opened(Path(path)) as container:
        video = _video_of(container)
        first = _first(container, video)
        rate = video.average_rate or video.guessed_rate or Fraction(25)
        base = video.time_base or Fraction(1, av.time_base)
        length = video.duration * base if video.duration else Fraction(container.duration or 0, av.time_base)
        frames, sideways = video.frames or round(length * rate), first.rotation % 180 == 90
        _check(Path(path).name, first.width, first.height, frames)
        size = (first.height, first.width) if sideways else (first.width, first.height)
        shape = video.codec_context.sample_aspect_ratio or None
        return ClipFacts(size, frames, float(length), rate, base, 1 / shape if shape and sideways else shape)


def frames_of(path: str | Path) -> Iterator[Frame]:
    """All frames of a clip, one at a time; raises BadInput where the file is damaged or goes on too long."""
    facts = facts_of(path)
    with _opened(Path(path)) as container:
        for piece in _pieces(container, facts, with_sound=False):
            if isinstance(piece, Frame):
                yield piece


def sound_of(path: str | Path) -> list[str]:
    """The SHA-256 of each track of sound of a clip, as it is stored."""
    with _opened(Path(path)) as container:
        tracks = container.streams.audio
        digests = [sha256() for _ in tracks]
        for packet in container.demux(*tracks) if tracks else ():
            digests[tracks.index(packet.stream)].update(bytes(packet))
        return [digest.hexdigest() for digest in digests]


def check_writable(target: Path) -> None:
    """Raise BadInput where a clip cannot be saved under this name."""
    if target.suffix.lower() not in WRITABLE:
        raise BadInput(f"cannot save a clip as {target.name or target}; end the name in {' or '.join(WRITABLE)}")
    if not target.parent.is_dir():
        raise BadInput(f"there is no folder {target.parent} to save {target.name} in; make it first")


@contextmanager
def rewriting(source: Path, target: Path) -> Generator["Rewriting"]:
    """Open a clip to write another beside it: H.264 in the same times, the sound as it was, whole or not at all.

    Sides that are even are written in 4:2:0, which everything plays; odd ones in 4:4:4, which keeps the size exact.
    Raises BadInput for a source that cannot be read or a target that cannot hold it, IrisError where the disk cannot.
    """
    check_writable(target)
    facts = facts_of(source)
    units = {"video_track_timescale": str(facts.time_base.denominator)}
    try:
        with (
            written_beside(target) as part,
            _opened(source) as container,
            av.open(str(part), "w", format=WRITABLE[target.suffix.lower()], options=units) as film,
        ):
            work = Rewriting(facts, container, film)
            yield work
            work.finish()
    except (OSError, FFmpegError) as error:
        raise IrisError(f"cannot save {target} ({error.strerror or error}); save it elsewhere or as .mov") from error


class Rewriting:
    """One clip on its way into another: its frames to read, and `add` for each in its place."""

    def __init__(self, facts: ClipFacts, source: InputContainer, film: OutputContainer) -> None:
        self.facts, self._source, self._film = facts, source, film
        self._video = _h264(film, facts)
        self._sound = {track.index: film.add_stream_from_template(track) for track in source.streams.audio}

    def frames(self) -> Iterator[Frame]:
        """The frames of the source, one at a time; sound goes past on its own."""
        for piece in _pieces(self._source, self.facts, with_sound=True):
            if isinstance(piece, Frame):
                yield piece
                continue
            piece.stream = self._sound[piece.stream.index]
            self._film.mux(piece)

    def add(self, picture: Image.Image, place: Frame) -> None:
        """Write one picture of the clip's size in the place of a frame; times must grow."""
        frame = av.VideoFrame.from_ndarray(np.asarray(picture.convert("RGB")), "rgb24").reformat(
            format=self._video.pix_fmt, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts, frame.duration, frame.time_base = place.time, place.duration, self.facts.time_base
        self._film.mux(self._video.encode(frame))

    def finish(self) -> None:
        """Write what the codec still holds."""
        self._film.mux(self._video.encode(None))


def _h264(film: OutputContainer, facts: ClipFacts) -> VideoStream:
    video = film.add_stream("libx264", rate=facts.rate, options=QUALITY)
    video.width, video.height = facts.size
    video.pix_fmt = "yuv444p" if any(side % 2 for side in facts.size) else "yuv420p"
    context = video.codec_context
    context.time_base = facts.time_base
    context.flags |= Flags.frame_duration
    if facts.shape:
        context.sample_aspect_ratio = facts.shape
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return video


@contextmanager
def _opened(path: Path) -> Generator[InputContainer]:
    """An open clip; what goes wrong in reading it becomes BadInput."""
    if not path.is_file():
        raise BadInput(f"there is no clip {path}; check the name")
    try:
        container = av.open(str(path.absolute()), options=PIXELS, container_options=CONTAINERS)
    except FFmpegError as error:
        names = ", ".join(READABLE)
        raise BadInput(f"{path.name} is damaged or no clip that can be read here; send {names}") from error
    with container:
        yield container


def _first(container: InputContainer, video: VideoStream) -> av.VideoFrame:
    try:
        return next(container.decode(video))
    except (FFmpegError, StopIteration) as error:
        raise _damaged(Path(container.name).name) from error


def _video_of(container: InputContainer) -> VideoStream:
    moving = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not moving:
        raise BadInput(f"{Path(container.name).name} has no moving pictures in it; send a clip")
    moving[0].codec_context.options = PIXELS
    moving[0].thread_type = "AUTO"
    return moving[0]


def _pieces(container: InputContainer, facts: ClipFacts, *, with_sound: bool) -> Iterator[Frame | Packet]:
    """Frames and packets of sound as they lie in the file; a frame that does not come after the last is left out."""
    video, name = _video_of(container), Path(container.name).name
    tracks = container.streams.audio if with_sound else ()
    count, last = 0, None
    try:
        for packet in container.demux(video, *tracks):
            if packet.is_corrupt:
                raise _damaged(name)
            if packet.stream is not video:
                if packet.size:
                    yield packet
                continue
            for frame in packet.decode():
                if (
                    not isinstance(frame, av.VideoFrame)
                    or frame.pts is None
                    or (last is not None and frame.pts <= last)
                ):
                    continue
                count, last = count + 1, frame.pts
                _check(name, frame.width, frame.height, count)
                yield Frame(_upright(frame, facts.size), frame.pts, frame.duration)
    except FFmpegError as error:
        raise _damaged(name) from error
    if not count:
        raise _damaged(name)


def _upright(frame: av.VideoFrame, size: tuple[int, int]) -> Image.Image:
    """The frame as it is shown, turned by what the file says; a stream that changes its size is brought to one."""
    pixels = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _check(name: str, width: int, height: int, frames: int) -> None:
    if max(width, height) > MAX_SIDE:
        raise BadInput(
            f"{name} is too large: {width} x {height}, the limit is {MAX_SIDE} a side; make it smaller first"
        )
    if frames > MAX_FRAMES:
        raise BadInput(f"{name} is too long: it has more than {MAX_FRAMES} frames; cut it first")


def _damaged(name: str) -> BadInput:
    return BadInput(f"{name} is damaged or cut short and cannot be read; send the whole file again")
