"""Jobs of the page go to one engine or another, and quick ones get through."""

import pickle
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from demo.settings import Settings
from demo.web.engine import RayWorkers, call, engine_for, engine_in_use, run_job
from zoo.bulk import ray_jobs
from zoo.errors import Missing
from zoo.images import decode
from zoo.images.decode_workers import DecodeWorkers
from zoo.precision import use_precision
from zoo.progress import Progress, run_to_end
from zoo.video import clip
from zoo.video.clip_workers import ClipWorkers


def job(count: int, *, name: str = "") -> Iterator[Progress]:
    """A job of so many steps."""
    for done in range(1, count):
        yield Progress(done, count, note=name)
    yield Progress(count, count, note=name, result=name)


def here(function, /, *given, **named) -> Generator[Progress]:  # noqa: ANN001, ANN002, ANN003
    """What runs a job on a worker, without one."""
    return function(*given, **named)


def test_jobs_run_in_this_process_unless_asked_otherwise() -> None:
    with engine_for(Settings()) as engine:
        assert engine.name == engine_in_use().name == "local"
        assert run_to_end(run_job(job, 3, name="painted")) == "painted"
        assert call(divmod, 7, 2) == (3, 1)


def test_an_engine_that_is_not_installed_is_one_sentence_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Missing, match=r"requirements-cluster\.txt"), engine_for(Settings(engine="ray")):
        pytest.fail("nothing may run")
    assert engine_in_use().name == "local"


def test_a_worker_of_a_cluster_decodes_what_visitors_send_in_limited_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    setups: list[Callable[[], None]] = []

    @contextmanager
    def made(workers: int, address: str | None, *, setup: Callable[[], None], gpus: int) -> Generator[RayWorkers]:
        assert (workers, address, gpus) == (3, None, 0)
        setups.append(setup)
        yield RayWorkers(here, workers)

    monkeypatch.setattr(ray_jobs, "ray_jobs", made)
    monkeypatch.setattr(DecodeWorkers, "decode", lambda workers, name, data, **options: Image.new("RGB", (5, 4)))
    with engine_for(Settings(engine="ray", jobs=3)):
        assert clip.elsewhere() is None
    try:
        pickle.loads(pickle.dumps(setups.pop()))()
        assert isinstance(clip.elsewhere(), ClipWorkers)
        assert decode.open_picture(b"whatever it is").size == (5, 4)
    finally:
        clip.read_clips_by(None)
        decode.decode_by(None)
        use_precision("auto")


def test_long_jobs_leave_a_worker_to_a_quick_one() -> None:
    workers = RayWorkers(here, 2)
    long_ones = [workers.long_steps(job, 9, name="clip") for _ in range(2)]
    assert next(long_ones[0]).note == "clip"
    assert next(long_ones[1]).note.startswith("Waiting: 1 job is before yours")
    assert run_to_end(workers.steps(job, 2, name="painted")) == "painted"


def test_who_finds_no_free_worker_is_told_and_comes_next() -> None:
    workers = RayWorkers(here, 1)
    first, second = workers.steps(job, 2, name="first"), workers.steps(job, 2, name="second")
    next(first)
    assert next(second).note.startswith("Waiting: 1 job is before yours")
    first.close()
    assert next(second).note == "second"
