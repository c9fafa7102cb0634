"""Clips read and written in other processes: the same as here, and no more than one clip lost whatever one does."""

import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from clip_files import save_clip, scene

from zoo.errors import BadInput
from zoo.progress import run_to_end
from zoo.style.video import SteadyPainter, stylize_video
from zoo.video import rewriting
from zoo.video.clip import Film, read_clips_by
from zoo.video.clip_workers import ClipWorkers
from zoo.video.container import facts_of, frames_of, read_facts, sound_of

pytestmark = pytest.mark.slow
OURS = "import zoo.video.clip_workers as ours\n"
ENDLESS = f"{OURS}ours.CPU_SECONDS = 1\nours.read_facts = lambda path: list(iter(int, 1))\nours.main()"
GREEDY = f"{OURS}ours.MEMORY = 2**28\nours.read_facts = lambda path: bytearray(2**29)\nours.main()"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return save_clip(tmp_path / "clip.mp4", scene(), turn=90)


def begun(clip: Path, target: Path) -> Generator[Film]:
    """Begin to write a clip, and wait."""
    with ClipWorkers().rewriting(clip, target) as film:
        next(film.frames())
        yield film


def turned_over(film: Film) -> None:
    """Write every frame upside down."""
    for frame in film.frames():
        film.add(frame.picture.rotate(180), frame)


def test_a_clip_is_read_and_written_as_here(clip: Path, tmp_path: Path) -> None:
    workers, here, apart = ClipWorkers(), tmp_path / "here.mp4", tmp_path / "apart.mp4"
    assert workers.facts_of(clip) == read_facts(clip)
    with rewriting.rewritten(clip, here) as film:
        turned_over(film)
    with workers.rewriting(clip, apart) as film:
        turned_over(film)
    assert facts_of(apart) == facts_of(here) and sound_of(apart) == sound_of(here) == sound_of(clip)
    for one, other in zip(frames_of(apart), frames_of(here), strict=True):  # threads of x264 give other bytes
        assert (one.time, one.duration) == (other.time, other.duration)
        assert np.abs(np.asarray(one.picture, int) - np.asarray(other.picture)).mean() < 1


def test_a_refusal_is_the_same_as_here(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:-200])
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile {clip.name}\n")
    for name in ("cut.mp4", "list.mp4", "none.mp4"):
        with pytest.raises(BadInput) as here:
            read_facts(tmp_path / name)
        with pytest.raises(BadInput) as apart:
            ClipWorkers().facts_of(tmp_path / name)
        assert str(apart.value) == str(here.value)


@pytest.mark.parametrize("code", ["while True: pass", "import sys; sys.stdin.buffer.read(20)", "import os; os.abort()"])
def test_what_hangs_or_crashes_is_refused(code: str, clip: Path, tmp_path: Path) -> None:
    workers = ClipWorkers([sys.executable, "-c", code], wall_seconds=1.0)
    with pytest.raises(BadInput, match=r"clip\.mp4 takes more time or memory"):
        workers.facts_of(clip)
    with pytest.raises(BadInput, match="takes more"), workers.rewriting(clip, tmp_path / "out.mp4") as film:
        turned_over(film)
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process has")
@pytest.mark.parametrize("code", [ENDLESS, GREEDY], ids=["endless", "greedy"])
def test_what_computes_or_asks_without_end_is_refused(code: str, clip: Path) -> None:
    with pytest.raises(BadInput, match=r"clip\.mp4 takes more time or memory"):
        ClipWorkers([sys.executable, "-c", code]).facts_of(clip)


def test_a_stop_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    steps = begun(clip, tmp_path / "out.mp4")
    next(steps)
    assert len(list(tmp_path.iterdir())) == 2
    steps.close()
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


@pytest.mark.usefixtures("small_models")
def test_clips_are_painted_elsewhere_where_that_is_asked_for(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_clips_by(ClipWorkers())
    monkeypatch.setattr("av.open", lambda *_, **__: pytest.fail("it was opened here"))
    try:
        run_to_end(stylize_video(clip, tmp_path / "out.mp4", SteadyPainter({"wave": 1.0})))
        assert facts_of(tmp_path / "out.mp4").frames == 5
    finally:
        read_clips_by(None)
