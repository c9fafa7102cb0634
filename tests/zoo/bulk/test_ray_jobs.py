"""Jobs run on workers as they do here; a real Ray is tried where it is installed."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.bulk.ray_jobs import RayJobs, _Worker, ray_jobs, threads_each
from zoo.errors import BadInput, IrisError, Missing
from zoo.precision import use_precision
from zoo.progress import Progress, in_one_step, run_to_end
from zoo.style.fast import styles, stylize
from zoo.style.video import stylize_clip
from zoo.video.container import facts_of
from zoo.visitor_files import prepare_for_visitors

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # those of Ray
PATIENCE = 120


def marks(path: Path, count: int) -> Generator[Progress]:
    """A job that leaves a mark at each step, and one at its end."""
    try:
        for number in range(count):
            with path.open("a") as file:
                file.write(".")
            yield Progress(number, count)
            time.sleep(0.05)
    finally:
        with path.open("a") as file:
            file.write("closed")


def killed(path: Path) -> Iterator[Progress]:
    """A job that kills its worker in the middle."""
    with path.open("a") as file:
        file.write("begun ")
    yield Progress(1, 2)
    os.kill(os.getpid(), signal.SIGKILL)


def programs_beside(clip: bytes) -> Iterator[Progress]:
    """A job that paints a clip, and names the programs that its worker has started meanwhile."""
    for step in stylize_clip(clip, ".mp4", {styles()[0]: 1.0}):
        if step.result is None:
            yield Progress(step.done, step.total, note=" ".join(programs_of(os.getpid())))
        else:
            yield step


def programs_of(process: int) -> list[str]:
    """What the children of a process run."""
    children = Path(f"/proc/{process}/task").glob("*/children")
    numbers = [number for listed in children for number in listed.read_text().split()]
    return [Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode() for number in numbers]


@pytest.mark.parametrize(
    ("processors", "workers", "threads"), [([8], 1, 8), ([8], 3, 2), ([4, 4], 2, 4), ([3, 3], 3, 1), ([1, 16], 4, 4)]
)
def test_workers_share_the_processors_so_that_each_fits_on_a_machine(
    processors: list[int], workers: int, threads: int
) -> None:
    assert threads_each(processors, workers) == threads


@pytest.mark.parametrize("processors", [[], [0], [2, 1]])
def test_a_cluster_that_is_too_small_is_told_and_not_waited_for(processors: list[int]) -> None:
    with pytest.raises(IrisError, match="too few for 4 workers"):
        threads_each(processors, 4)


def test_an_absent_ray_is_one_sentence_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Missing, match=r"requirements-cluster\.txt"), ray_jobs(1, None, setup=int):
        pytest.fail("nothing may run")


def test_a_worker_that_is_told_to_stop_ends_its_job_after_the_step_at_hand(tmp_path: Path) -> None:
    async def stopped_after_two() -> None:
        steps = _Worker(int).run(marks, (tmp_path / "marks", 50), {})
        await anext(steps)
        await anext(steps)
        await steps.aclose()

    asyncio.run(stopped_after_two())
    assert (tmp_path / "marks").read_text() == "..closed"


@pytest.fixture(scope="module")
def workers() -> Iterator[RayJobs]:
    """One worker of a real Ray."""
    pytest.importorskip("ray.serve", reason="Ray is not installed; see requirements-cluster.txt")
    with ray_jobs(1, None, setup=partial(prepare_for_visitors, "float32")) as started:
        yield started


def test_a_job_gives_the_same_steps_and_the_same_picture_as_here(workers: RayJobs) -> None:
    photo, style = Image.effect_noise((160, 120), 60).convert("RGB"), {styles()[0]: 1.0}
    there = list(workers.steps(stylize, photo, style, strength=0.8))
    use_precision("float32")
    try:
        here = list(stylize(photo, style, strength=0.8))
    finally:
        use_precision("auto")
    assert [(step.done, step.total) for step in there] == [(step.done, step.total) for step in here]
    pixels = [np.asarray(run_to_end(steps), int) for steps in (there, here)]
    assert np.abs(pixels[0] - pixels[1]).max() <= 1  # the rounding of sums by another number of threads


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the children of a process")
def test_a_clip_is_decoded_in_a_limited_process_beside_the_worker(workers: RayJobs, tmp_path: Path) -> None:
    clip_files = pytest.importorskip("clip_files")  # the workers of Ray import this module, but not that one
    clip = clip_files.save_clip(tmp_path / "clip.mp4", clip_files.scene())
    steps = list(workers.steps(programs_beside, clip.read_bytes()))
    assert len(steps) > 1 and all("zoo.video.clip_workers" in step.note for step in steps[:-1])
    (tmp_path / "painted.mp4").write_bytes(run_to_end(iter(steps)))
    assert facts_of(tmp_path / "painted.mp4").size == facts_of(clip).size


def test_a_refusal_arrives_as_it_was_raised(workers: RayJobs) -> None:
    with pytest.raises(BadInput, match=r"^no style 'xx'; there are ") as refused:
        list(workers.steps(stylize, Image.new("RGB", (64, 64)), {"xx": 1.0}))
    assert type(refused.value) is BadInput


def test_a_job_that_is_closed_here_ends_there(workers: RayJobs, tmp_path: Path) -> None:
    steps = workers.steps(marks, tmp_path / "marks", 2000)
    next(steps)
    steps.close()
    assert run_to_end(workers.steps(in_one_step, abs, -1)) == 1  # the one worker is free again
    assert (tmp_path / "marks").read_text().endswith("closed")
    assert (tmp_path / "marks").read_text().count(".") < 1000


def test_a_lost_worker_is_one_sentence_its_job_is_not_repeated_and_the_next_one_runs(
    workers: RayJobs, tmp_path: Path
) -> None:
    with pytest.raises(IrisError, match=r"^the worker that did this was lost; try again$"):
        list(workers.steps(killed, tmp_path / "marks"))
    assert run_to_end(workers.steps(in_one_step, abs, -1)) == 1
    assert (tmp_path / "marks").read_text() == "begun "
