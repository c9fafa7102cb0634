"""A painted clip keeps its size, sound and times, and flickers less than its frames painted one by one."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from clip_files import SIZE, UNEVEN, save_clip, scene
from PIL import Image
from skimage import data

from zoo.__main__ import main
from zoo.cli import evaluate
from zoo.errors import BadInput
from zoo.evaluation.sample_clip import make_clip
from zoo.evaluation.video import Steadiness, flicker
from zoo.progress import run_to_end
from zoo.style.video import SteadyPainter, stylize_video
from zoo.video.container import facts_of, frames_of, sound_of

WAVE = {"wave": 1.0}
pytestmark = pytest.mark.usefixtures("small_models")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return save_clip(tmp_path / "clip.mp4", scene())


def painted(frames: list[Image.Image], *, steady: bool = True) -> Iterator[Image.Image]:
    painter = SteadyPainter(WAVE, steady=steady)
    return (painter.paint(frame) for frame in frames)


def test_a_clip_is_painted_with_its_size_times_and_sound(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "painted.mp4"
    steps = list(stylize_video(clip, target, SteadyPainter(WAVE)))
    assert [step.done for step in steps] == [0, 1, 2, 3, 4, 5, 5] and all(step.total == 5 for step in steps)
    assert all(step.preview and step.preview.size == SIZE for step in steps[1:-1])
    shown = run_to_end(steps)
    assert shown == steps[-2].preview
    assert facts_of(target).size == SIZE and sound_of(target) == sound_of(clip) != []
    assert [frame.time for frame in frames_of(target)] == [frame.time for frame in frames_of(clip)]
    last = list(frames_of(target))[-1].picture
    light, its_light = (np.asarray(picture.convert("L"), int) for picture in (last, shown))
    assert np.abs(light - its_light).mean() < 12
    assert np.abs(np.asarray(last, int) - np.asarray(list(frames_of(clip))[-1].picture)).mean() > 15


def test_a_clip_is_painted_after_any_artwork(clip: Path, tmp_path: Path) -> None:
    artwork = Image.fromarray(data.coffee())
    last = run_to_end(stylize_video(clip, tmp_path / "painted.mp4", SteadyPainter(artwork)))
    alone = SteadyPainter(artwork, steady=False).paint(list(frames_of(clip))[-1].picture)
    other = SteadyPainter(WAVE, steady=False).paint(list(frames_of(clip))[-1].picture)
    far = [np.abs(np.asarray(last, int) - np.asarray(one)).mean() for one in (alone, other)]
    assert far[0] < 0.5 * far[1]


def test_steady_frames_flicker_less() -> None:
    frames = scene(60)[:6]
    alone, steady = (flicker(painted(frames, steady=held), frames) for held in (False, True))
    assert 0 < steady < 0.6 * alone


def test_flicker_is_what_changes_beyond_motion() -> None:
    still = [Image.fromarray(data.coffee()).resize(SIZE)] * 3
    assert flicker(still, still) == 0
    lighter = [still[0], still[0].point(lambda level: min(255, level + 10)), still[0]]
    assert 8 < flicker(lighter, still) <= 10
    with pytest.raises(ValueError, match="longer"):
        flicker(still[:2], still)


def test_a_new_scene_is_painted_afresh() -> None:
    before, after = scene(3), Image.fromarray(data.coffee()).resize(SIZE)
    *_, result = painted([*before, after])
    assert result == next(painted([after]))
    *_, held = painted(before)
    assert held != next(painted(before[-1:]))


def test_a_frame_of_another_size_is_painted_afresh() -> None:
    before, after = scene(2), scene(1, (64, 48))[0]
    *_, result = painted([*before, after])
    assert result == next(painted([after])) and result.size == (64, 48)


def test_what_was_hidden_shows_no_trace_of_what_hid_it() -> None:
    wall = Image.fromarray(data.coffee()).resize((240, 160))
    ball = Image.fromarray(data.astronaut()).resize((50, 50))
    frames = [wall.copy() for _ in range(4)]
    for place, frame in enumerate(frames):
        frame.paste(ball, (20 + 50 * place, 55))
    *_, steady = painted(frames)
    *_, alone = painted(frames, steady=False)
    trail = np.abs(np.asarray(steady, float) - np.asarray(alone))[60:100, 125:165]  # where the ball has just been
    assert trail.mean() < 3


def test_stop_leaves_nothing_behind(clip: Path, tmp_path: Path) -> None:
    for frames in range(3):
        steps = stylize_video(clip, tmp_path / "painted.mp4", SteadyPainter(WAVE))
        for _ in range(frames + 1):
            next(steps)
        steps.close()
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["clip.mp4"]


def test_wrong_settings_are_refused() -> None:
    for weights, strength in (({"wve": 1.0}, 1.0), (WAVE, 2.0)):
        with pytest.raises(BadInput, match=r"did you mean wave|0 to 1"):
            SteadyPainter(weights, strength=strength)


def test_the_command_line_paints_a_clip_by_its_ending(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, flags in (("a.mp4", ["--style", "wave"]), ("b.mov", ["--blend", "wave=1,scream=1", "--flicker"])):
        assert main(["stylize", str(clip), str(tmp_path / name), *flags]) == 0
        assert sum(1 for _ in frames_of(tmp_path / name)) == len(UNEVEN)
    assert main(["stylize", str(clip), str(tmp_path / "c.png"), "--style", "wave"]) == 2
    assert main(["stylize", str(clip), str(tmp_path / "c.mp4"), "--style", "wave", "--mask", "m.png"]) == 2
    assert capsys.readouterr().err.count("\n") == 2 and not list(tmp_path.glob("c.*"))


@pytest.mark.parametrize("flags", [["--iterations", "9"], ["--blend", "wave=1"], ["--outside", "wave=1"]])
def test_what_no_clip_after_an_artwork_heeds_is_refused(
    flags: list[str], clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(data.coffee()).save(tmp_path / "artwork.png")
    artwork = ["--style", str(tmp_path / "artwork.png")]
    assert main(["stylize", str(clip), str(tmp_path / "painted.mp4"), *artwork, *flags]) == 2
    assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "painted.mp4").exists()


def test_a_folder_of_clips_and_pictures_is_painted_and_one_bad_clip_does_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "sub").mkdir(parents=True)
    for name in ("a.mp4", "sub/b.webm"):
        save_clip(source / name, scene(2), times=UNEVEN[:2])
    (source / "bad.mp4").write_bytes(b"no clip")
    (source / "notes.txt").write_text("no clip either")
    command = ["stylize", str(source), str(target), "--style", "wave"]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "bad.mp4 is damaged or no clip" in told and "1 of the 3 clips" in told
    made = sorted(path.relative_to(target).as_posix() for path in target.rglob("*.*"))
    assert made == ["a.mp4", "sub/b.webm.mp4"] and facts_of(target / "sub/b.webm.mp4").size == SIZE
    (source / "bad.mp4").unlink()
    scene(1)[0].save(source / "c.png")
    (target / "a.mp4").write_bytes(b"mine")
    assert main([*command, "--skip-existing"]) == 0
    assert (target / "c.png").is_file() and (target / "a.mp4").read_bytes() == b"mine"
    assert capsys.readouterr().err == "left out: files that are no pictures: 1 (.txt)\n"
    assert main(["stylize", str(source), str(source), "--style", "wave"]) == 2


def test_a_clip_is_not_enlarged_and_that_is_said(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["upscale", str(clip), str(tmp_path / "large.mp4")]) == 2
    assert "clip.mp4 is a clip, and this works on pictures" in capsys.readouterr().err


def test_score_video_compares_both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = (Image.fromarray(photo) for photo in (data.astronaut(), data.chelsea()))
    make_clip(tmp_path / "clip.mp4", *photos, size=SIZE, frames=4)
    command = ["score", "video", "--data", str(tmp_path / "clip.mp4"), "--style", "wave"]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["frames"] == 4 and found["kept"] is True
    assert found["ratio"] == pytest.approx(found["steady"] / found["frame_by_frame"]) and found["ratio"] < 1
    monkeypatch.setattr(evaluate, "flicker_of", lambda *_: Steadiness(4, 1.0, 4.0, 0.25, 0.1, True))
    assert main(command) == 0 and "4.00 frame by frame: 0.25" in capsys.readouterr().out
