"""Clips in: the frames of hostile files, upright and in time, and what lies beside them."""

import logging
from collections.abc import Container, Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream
from PIL import Image

from zoo.errors import BadInput
from zoo.files import CLIP_ENDINGS, is_clip_name
from zoo.video.clip import ClipFacts, Frame, elsewhere
from zoo.video.colour import rgb_of

MAX_SIDE = 4096
MAX_FRAMES = 18_000  # ten minutes at 30 a second
MAX_TRACKS = 32  # of pictures, sound and subtitles; each has a reader of its own
READABLE = (*CLIP_ENDINGS, ".gif")  # the last may be a picture as well
WRITABLE = {".mp4": "mp4", ".mov": "mov"}
# Playlists and scripts that name other files are no clips, and nothing but the file itself is opened.
CONTAINERS = {"format_whitelist": "mov,mp4,matroska,webm,avi,mpegts,gif", "protocol_whitelist": "file"}
PIXELS = {"max_pixels": str(MAX_SIDE**2)}  # before a frame is decoded
BROADCAST = "mpegts"  # whose clock begins anywhere
MISSING_SECONDS, MISSING_SHARE = 0.5, 0.05  # of what a file says it has, at least, to call it cut short

log = logging.getLogger(__name__)


def is_clip(source: str | Path, target: str | Path) -> bool:
    """Tell whether these names ask for a clip; a GIF alone may be a picture."""
    return Path(target).suffix.lower() in WRITABLE or is_clip_name(str(source))


def facts_of(path: str | Path) -> ClipFacts:
    """Read what a clip says of itself, and decode its first frame; raises BadInput for none or one over the limits."""
    other = elsewhere()
    return other.facts_of(Path(path)) if other else read_facts(Path(path))


def read_facts(path: Path) -> ClipFacts:
    """Read what `facts_of` gives, in this process."""
    with opened(path) as container:
        video = video_of(container)
        first = _first(container, video)
        rate = video.average_rate or video.guessed_rate or Fraction(25)
        base = video.time_base or Fraction(1, av.time_base)
        length = video.duration * base if video.duration else Fraction(container.duration or 0, av.time_base)
        frames, sideways = video.frames or round(length * rate), first.rotation % 180 == 90
        _check(path.name, first.width, first.height, frames)
        size = (first.height, first.width) if sideways else (first.width, first.height)
        shape = video.codec_context.sample_aspect_ratio or None
        return ClipFacts(size, frames, float(length), rate, base, 1 / shape if shape and sideways else shape)


def frames_of(path: str | Path) -> Iterator[Frame]:
    """Give all frames of a clip, one at a time; raises BadInput where the file is damaged or goes on too long."""
    facts = facts_of(path)
    with opened(Path(path)) as container:
        for piece in pieces(container, facts):
            if isinstance(piece, Frame):
                yield piece


def sound_of(path: str | Path) -> list[str]:
    """Give the SHA-256 of each track of sound of a clip, as it is stored."""
    with opened(Path(path)) as container:
        tracks = container.streams.audio
        digests = [sha256() for _ in tracks]
        for packet in container.demux(*tracks) if tracks else ():
            digests[tracks.index(packet.stream)].update(bytes(packet))
        return [digest.hexdigest() for digest in digests]


@contextmanager
def opened(path: Path) -> Generator[InputContainer]:
    """Open a clip; what goes wrong in reading it becomes BadInput."""
    if not path.is_file():
        raise BadInput(f"there is no clip {path}; check the name")
    try:
        container = av.open(
            str(path.absolute()), options=PIXELS, container_options=CONTAINERS, metadata_errors="replace"
        )
    except FFmpegError as error:
        names = ", ".join(READABLE)
        raise BadInput(f"{path.name} is damaged or no clip that can be read here; send {names}") from error
    with container:
        if len(container.streams) > MAX_TRACKS:
            raise BadInput(f"{path.name} has more than {MAX_TRACKS} tracks; send it with those that are needed")
        yield container


def _first(container: InputContainer, video: VideoStream) -> av.VideoFrame:
    try:
        return next(container.decode(video))
    except (FFmpegError, StopIteration) as error:
        raise _damaged(Path(container.name).name) from error


def video_of(container: InputContainer) -> VideoStream:
    moving = [stream for stream in container.streams.video if not is_cover(stream)]
    if not moving:
        raise BadInput(f"{Path(container.name).name} has no moving pictures in it; send a clip")
    if moving[0].codec_context is None:
        raise BadInput(f"{Path(container.name).name} has pictures of a kind that is not read; save it anew as H.264")
    moving[0].codec_context.options = PIXELS
    moving[0].thread_type = "AUTO"
    return moving[0]


def pieces(container: InputContainer, facts: ClipFacts, others: Container[int] = ()) -> Iterator[Frame | Packet]:
    """Frames, and the packets of other streams, named by their index, as they lie in the file.

    A frame that does not come after the last has no place in time: it is left out, and how many is logged.
    """
    video, name = video_of(container), Path(container.name).name
    streams = [video, *(stream for stream in container.streams if stream.index in others)]
    count, misplaced, last, begin = 0, 0, None, _beginning(container)
    try:
        for packet in container.demux(*streams):
            if packet.is_corrupt:
                raise _damaged(name)
            if packet.stream is not video:
                if packet.size:
                    yield _moved(packet, begin)
                continue
            for frame in cast(list[av.VideoFrame], packet.decode()):
                if frame.pts is None or (last is not None and frame.pts <= last):
                    misplaced += 1
                    continue
                count, last = count + 1, frame.pts
                _check(name, frame.width, frame.height, count)
                yield Frame(_upright(frame, facts.size), frame.pts - round(begin / facts.time_base), frame.duration)
    except FFmpegError as error:
        raise _damaged(name) from error
    if not count:
        raise _damaged(name)
    if misplaced:
        log.warning("%s: frames without a time of their own that are left out: %d", name, misplaced)


def check_whole(path: Path) -> None:
    """Raise BadInput where a clip ends well before the time that it says it lasts; nothing is decoded."""
    end = Fraction(0)
    try:
        with opened(path) as container:
            stated, begin = Fraction(container.duration or 0, av.time_base), container.start_time or 0
            for packet in container.demux():
                if packet.pts is not None:
                    end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    except FFmpegError as error:
        raise _damaged(path.name) from error
    missing = float(stated - end + Fraction(begin, av.time_base))
    if missing > max(MISSING_SECONDS, MISSING_SHARE * stated):
        raise BadInput(
            f"{path.name} is damaged or cut short: {missing:.1f} of its {float(stated):.1f} seconds are missing; send "
            "the whole file again"
        )


def is_cover(stream: Stream) -> bool:
    """Tell whether a stream is a still picture that players show beside the sound."""
    return bool(stream.disposition & Disposition.attached_pic)


def _beginning(container: InputContainer) -> Fraction:
    """Seconds that a broadcast's clock had counted when the clip began."""
    return Fraction(container.start_time or 0, av.time_base) if container.format.name == BROADCAST else Fraction(0)


def _moved(packet: Packet, begin: Fraction) -> Packet:
    """Move a packet so many seconds earlier."""
    if begin and packet.pts is not None:
        shift = round(begin / packet.time_base)
        packet.pts -= shift
        packet.dts = None if packet.dts is None else packet.dts - shift
    return packet


def _upright(frame: av.VideoFrame, size: tuple[int, int]) -> Image.Image:
    """Turn a frame upright as the file says; a stream that changes its size is brought to one."""
    pixels = np.rot90(rgb_of(frame), frame.rotation // 90)
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
