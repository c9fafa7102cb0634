"""Clips out: H.264 in the times of another clip, beside its sound and what it says of itself, whole or not at all."""

import logging
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.files import remove_abandoned_parts, written_beside
from zoo.video.clip import ClipFacts, Film, Frame, elsewhere
from zoo.video.container import WRITABLE, check_whole, is_cover, opened, pieces, read_facts, video_of

QUALITY = {"crf": "18", "preset": "fast"}
KEPT_REMARKS = frozenset(  # by the names of FFmpeg; the place, the device and the program are left out
    {
        "title", "artist", "author", "album_artist", "album", "composer", "date", "creation_time", "comment",
        "copyright", "description", "synopsis", "genre",
    }
)  # fmt: skip
SUBTITLES = "mov_text"  # the one kind that the formats to write can hold

log = logging.getLogger(__name__)


def check_writable(target: Path) -> None:
    """Raise BadInput where a clip cannot be saved under this name."""
    if target.suffix.lower() not in WRITABLE:
        raise BadInput(f"cannot save a clip as {target.name or target}; end the name in {' or '.join(WRITABLE)}")
    if not target.parent.is_dir():
        raise BadInput(f"there is no folder {target.parent} to save {target.name} in; make it first")


def rewriting(source: Path, target: Path) -> AbstractContextManager[Film]:
    """Open a clip to write another beside it, as `rewritten` does, in this process or in another."""
    other = elsewhere()
    return other.rewriting(source, target) if other else rewritten(source, target)


@contextmanager
def rewritten(source: Path, target: Path) -> Generator["Rewriting"]:
    """Open a clip to write another beside it: H.264 in the same times, the sound as it was, whole or not at all.

    Sides that are even are written in 4:2:0, which everything plays; odd ones in 4:4:4, which keeps the size exact.
    Title, author, date and subtitles stay, where the format has a place for them; what is left out is logged. Raises
    BadInput for a source that cannot be read or a target that cannot hold it, IrisError where the disk cannot.
    """
    check_writable(target)
    facts = read_facts(source)
    check_whole(source)
    remove_abandoned_parts(target.parent, below=False)
    units = {"video_track_timescale": str(facts.time_base.denominator)}
    try:
        with (
            written_beside(target) as part,
            opened(source) as container,
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
        film.metadata.update({name: text for name, text in source.metadata.items() if name.lower() in KEPT_REMARKS})
        self._video = _h264(film, facts)
        kept = [stream for stream in source.streams if _is_copied(stream)]
        self._copied = {stream.index: film.add_stream_from_template(stream) for stream in kept}
        for stream in kept:
            if "language" in stream.metadata:
                self._copied[stream.index].metadata["language"] = stream.metadata["language"]
        _tell_left_out(source, [video_of(source), *kept])

    def frames(self) -> Iterator[Frame]:
        """Give the frames of the source, one at a time; sound and subtitles go past on their own."""
        for piece in pieces(self._source, self.facts, self._copied):
            if isinstance(piece, Frame):
                yield piece
                continue
            piece.stream = self._copied[piece.stream.index]
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


def _is_copied(stream: Stream) -> bool:
    codec = stream.codec_context  # None where FFmpeg knows none
    return codec is not None and (stream.type == "audio" or (stream.type == "subtitle" and codec.name == SUBTITLES))


def _tell_left_out(source: InputContainer, kept: list[Stream]) -> None:
    """Log how many tracks of which kinds are not in the result."""
    others = Counter(stream.type for stream in source.streams if stream not in kept and not is_cover(stream))
    if others:
        kinds = ", ".join(f"{kind} {count}" for kind, count in others.items())
        log.warning("%s: tracks that are left out: %s", Path(source.name).name, kinds)


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
