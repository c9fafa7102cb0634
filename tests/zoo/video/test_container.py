"""Clips are read whole, upright and in time, or refused in a sentence."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.subtitles.stream import SubtitleStream
from clip_files import SIZE, UNEVEN, save_clip, scene
from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.video import container as clips
from zoo.video.container import facts_of, frames_of, is_clip, sound_of
from zoo.video.rewriting import rewriting


def packets_of(path: Path) -> list[tuple[Fraction, bytes]]:
    """Time and bytes of every packet of sound."""
    with av.open(str(path)) as container:
        return [
            ((packet.pts or 0) * packet.time_base, bytes(packet)) for packet in container.demux(audio=0) if packet.size
        ]


def rewritten(source: Path, target: Path) -> Path:
    with rewriting(source, target) as film:
        for frame in film.frames():
            film.add(frame.picture, frame)
    return target


def times_of(path: Path) -> list[Fraction]:
    return [frame.time * facts_of(path).time_base for frame in frames_of(path)]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return save_clip(tmp_path / "clip.mp4", scene())


def test_sound_and_times_are_the_same_packet_by_packet(clip: Path, tmp_path: Path) -> None:
    again = rewritten(clip, tmp_path / "again.mp4")
    assert packets_of(again) == packets_of(clip) and len(packets_of(clip)) > 5
    assert times_of(again) == times_of(clip) == [Fraction(time, 1000) for time in UNEVEN]
    assert sound_of(again) == sound_of(clip) and facts_of(again).time_base == facts_of(clip).time_base


@pytest.mark.parametrize("ending", [".mov", ".mkv", ".webm", ".avi"])
def test_other_containers_keep_sound_and_times(ending: str, tmp_path: Path) -> None:
    units = Fraction(1, 25) if ending == ".avi" else Fraction(1, 1000)  # an AVI counts frames
    clip = save_clip(
        tmp_path / f"clip{ending}", scene(), times=range(5) if ending == ".avi" else UNEVEN, time_base=units
    )
    again = rewritten(clip, tmp_path / "again.mp4")
    assert times_of(again) == times_of(clip) and sound_of(again) == sound_of(clip) != []


@pytest.mark.parametrize("size", [(96, 64), (63, 49), (64, 31)])
def test_size_and_colours_are_kept(size: tuple[int, int], tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4", [Image.new("RGB", size, (200, 60, 30))] * 5)
    again = rewritten(clip, tmp_path / "again.mp4")
    for one, other in zip(frames_of(clip), frames_of(again), strict=True):
        assert other.picture.size == size == facts_of(again).size
        assert np.abs(np.asarray(one.picture, int) - np.asarray(other.picture)).max() <= 3


def test_a_turned_clip_comes_upright(tmp_path: Path) -> None:
    lying = Image.new("RGB", SIZE, "black")
    lying.paste("white", (0, 0, 30, SIZE[1]))  # the left third, which a quarter turn to the left puts at the bottom
    clip = save_clip(tmp_path / "clip.mp4", [lying] * 5, turn=90)
    again = rewritten(clip, tmp_path / "again.mp4")
    assert facts_of(clip).size == facts_of(again).size == SIZE[::-1]
    with av.open(str(again)) as container:
        assert next(container.decode(video=0)).rotation == 0
    for path in (clip, again):
        grey = np.asarray(next(frames_of(path)).picture.convert("L"))
        assert grey[-20:].mean() > 200 and grey[:50].mean() < 50


def test_an_animated_gif_becomes_a_clip(tmp_path: Path) -> None:
    first, *others = scene(3)
    first.save(tmp_path / "clip.gif", save_all=True, append_images=others, duration=[100, 50, 200])
    again = rewritten(tmp_path / "clip.gif", tmp_path / "again.mp4")
    assert times_of(again) == [0, Fraction(1, 10), Fraction(3, 20)] and sound_of(again) == []


def damaged_files(clip: Path) -> Iterator[tuple[str, bytes]]:
    whole = clip.read_bytes()
    yield "empty.mp4", b""
    yield "text.mp4", b"not a clip"
    yield "cut.mp4", whole[: len(whole) // 2]
    yield "noise.mp4", whole[:40] + bytes(range(256)) * 20
    yield "list.mp4", f"#EXTM3U\n#EXTINF:1,\n{clip}\n".encode()
    yield "script.mp4", f"ffconcat version 1.0\nfile {clip.name}\n".encode()


def test_damaged_files_and_lists_of_other_files_are_refused(clip: Path, tmp_path: Path) -> None:
    for name, data in damaged_files(clip):
        (tmp_path / name).write_bytes(data)
        before = left_in(tmp_path)
        with pytest.raises(BadInput, match=f"{name} is damaged"):
            rewritten(tmp_path / name, tmp_path / "out.mp4")
        assert left_in(tmp_path) == before


def test_words_that_are_no_utf8_do_not_keep_a_clip_from_being_read(tmp_path: Path) -> None:
    path = save_clip(tmp_path / "clip.mkv", scene())
    assert b"Lavf" in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b"Lavf", b"\xe9avf"))  # the program that wrote it, in Latin-1
    assert times_of(rewritten(path, tmp_path / "again.mp4")) == times_of(path)


@pytest.mark.parametrize("codec", [b"V_MPEG4/ISO/AVC", b"A_AAC"])
def test_a_codec_that_nobody_knows_is_told_of_pictures_and_left_out_of_sound(codec: bytes, tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mkv", scene())
    assert codec in clip.read_bytes()
    clip.write_bytes(clip.read_bytes().replace(codec, codec[:2] + b"Z" * (len(codec) - 2)))
    if codec.startswith(b"A"):
        assert sound_of(rewritten(clip, tmp_path / "again.mp4")) == []
    else:
        with pytest.raises(BadInput, match=r"clip\.mkv has pictures of a kind that is not read"):
            facts_of(clip)


def test_a_clip_cut_after_its_table_of_contents_is_refused(clip: Path, tmp_path: Path) -> None:
    front = tmp_path / "front.mp4"
    with av.open(str(clip)) as source, av.open(str(front), "w", options={"movflags": "faststart"}) as film:
        track = film.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = track
                film.mux(packet)
    assert sum(1 for _ in frames_of(front)) == len(UNEVEN)
    for lost in (10, front.stat().st_size // 2):
        cut = tmp_path / "cut.mp4"
        cut.write_bytes(front.read_bytes()[:-lost])
        with pytest.raises(BadInput, match=r"cut\.mp4 is damaged or cut short"):
            rewritten(cut, tmp_path / "out.mp4")
        assert left_in(tmp_path) == {"clip.mp4", "front.mp4", "cut.mp4"}


def test_sound_alone_and_no_file_are_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "song.mp4"), "w") as film:
        track = film.add_stream("aac", rate=48_000, layout="mono")
        film.mux(track.encode(None))
    for name in ("song.mp4", "none.mp4"):
        with pytest.raises(BadInput):
            facts_of(tmp_path / name)


@pytest.mark.parametrize(("limit", "value", "says"), [("MAX_SIDE", 90, "too large"), ("MAX_FRAMES", 4, "too long")])
def test_what_is_over_the_limits_is_refused(
    limit: str, value: int, says: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, limit, value)
    with pytest.raises(BadInput, match=says):
        rewritten(clip, tmp_path / "out.mp4")
    assert left_in(tmp_path) == {"clip.mp4"}


def test_a_target_that_is_no_clip_or_has_no_folder_is_refused(clip: Path, tmp_path: Path) -> None:
    for target in (tmp_path / "out.webm", tmp_path / "none" / "out.mp4"):
        with pytest.raises(BadInput):
            rewritten(clip, target)


def test_a_folder_in_the_way_is_an_error_and_nothing_is_left(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").mkdir()
    with pytest.raises(IrisError, match="cannot save"):
        rewritten(clip, tmp_path / "out.mp4")
    assert left_in(tmp_path) == {"clip.mp4", "out.mp4"}


def test_the_names_tell_a_clip_from_a_picture() -> None:
    assert is_clip("a.MOV", "b.mp4") and is_clip("a.gif", "b.mp4") and is_clip("a.mkv", "b.png")
    assert not is_clip("a.gif", "b.gif") and not is_clip("photos", "results")


def test_a_clip_that_ends_before_its_time_is_refused_though_it_can_be_read(tmp_path: Path) -> None:
    whole = save_clip(tmp_path / "clip.mkv", scene(16), times=range(0, 16_000, 1000), sound=False)
    assert len(times_of(rewritten(whole, tmp_path / "again.mp4"))) == 16
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 0 < len(times_of(cut)) < 16
    with pytest.raises(BadInput, match=r"cut\.mkv is damaged or cut short: .* seconds are missing"):
        rewritten(cut, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


STYLES = (  # without which no subtitle is written
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,16\n\n"
    b"[Events]\nFormat: Layer, Start, End, Style, Text\n"
)


def with_subtitles(path: Path, kind: str) -> Path:
    """A clip with a title, a place and one subtitle."""
    with av.open(str(path), "w") as film:
        film.metadata.update(title="Harbour", location="+52.5+013.4/", creation_time="2020-02-02T10:20:30.000000Z")
        video, words = film.add_stream("libx264", rate=5), film.add_stream(kind)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        assert isinstance(words, SubtitleStream)
        words.codec_context.subtitle_header = STYLES
        for picture in scene(5):
            film.mux(video.encode(av.VideoFrame.from_image(picture)))
        film.mux(video.encode(None))
        packet = av.Packet(b"\0\5Hello" if kind == "mov_text" else b"Hello")
        packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = words, Fraction(1, 1000), 0, 0, 900
        film.mux(packet)
    return path


def test_title_date_and_subtitles_stay_and_the_place_does_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    again = rewritten(with_subtitles(tmp_path / "clip.mp4", "mov_text"), tmp_path / "again.mp4")
    with av.open(str(again)) as container:
        assert container.metadata["title"] == "Harbour" and container.metadata["creation_time"].startswith("2020-02-02")
        assert not [name for name in container.metadata if "location" in name]
        assert [bytes(packet) for packet in container.demux(subtitles=0) if packet.size == 7] == [b"\0\5Hello"]
    assert not caplog.records


def test_tracks_that_have_no_place_in_the_result_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rewritten(with_subtitles(tmp_path / "clip.mkv", "subrip"), tmp_path / "again.mp4")
    assert caplog.messages == ["clip.mkv: tracks that are left out: subtitle 1"]


def test_a_broadcast_begins_at_nothing(clip: Path, tmp_path: Path) -> None:
    sent = tmp_path / "clip.ts"
    with av.open(str(clip)) as source, av.open(str(sent), "w", options={"output_ts_offset": "7"}) as film:
        tracks = [film.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                packet.stream = tracks[packet.stream.index]
                film.mux(packet)
    with av.open(str(sent)) as container:
        assert container.start_time > 6_000_000
    again = rewritten(sent, tmp_path / "again.mp4")
    assert [float(time - times_of(again)[0]) for time in times_of(again)] == pytest.approx([t / 1000 for t in UNEVEN])
    with av.open(str(again)) as container:
        assert container.start_time == 0 and len(packets_of(again)) == len(packets_of(clip)) > 5
