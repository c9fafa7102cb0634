"""Work goes to one engine or another by the same `map`; a real Ray is tried where it is installed."""

import os
import signal
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from zoo.bulk import ray_cluster
from zoo.bulk.engine import add_engine, engine_map
from zoo.bulk.ray_cluster import connect
from zoo.bulk.ray_engine import RayEngine, ray_engine, worker_count
from zoo.errors import BadInput, BadPicture, IrisError, Missing

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # those of Ray


def options(*given: str) -> Namespace:
    made = ArgumentParser()
    add_engine(made)
    return made.parse_args(given)


class MadeRay:
    """What the engine asks of Ray, done at once; what never ends is a reference that `answers` does not know."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(
            RayTaskError=type("RayTaskError", (Exception,), {}), RayActorError=type("RayActorError", (Exception,), {})
        )
        self.answers: dict[object, Callable[[], object]] = {}

    def put(self, work: object) -> object:
        return work

    def wait(self, given: list[object], *, timeout: float | None) -> tuple[list[object], list[object]]:
        ready = [one for one in given if one in self.answers]
        if not ready and timeout is None:
            pytest.fail("it would be waited for without an end")
        return ready[:1], [one for one in given if one not in ready[:1]]

    def get(self, one: object) -> object:
        return self.answers[one]()


class MadeActor:
    """An actor that is lost for good at the runs of these numbers."""

    def __init__(self, ray: MadeRay, loses: Iterable[int] = ()) -> None:
        self._ray, self._loses, self._runs, self._is_lost = ray, set(loses), 0, False
        self.run = SimpleNamespace(remote=self._run)
        self.ready = SimpleNamespace(options=lambda **_: SimpleNamespace(remote=self._ready))

    def _run(self, work: Callable[[object], object], item: object) -> object:
        self._is_lost, self._runs = self._runs in self._loses, self._runs + 1
        reference = object()
        self._ray.answers[reference] = self._lose if self._is_lost else lambda: work(item)
        return reference

    def _lose(self) -> object:
        raise self._ray.exceptions.RayActorError

    def _ready(self) -> object:
        reference = object()
        if not self._is_lost:
            self._ray.answers[reference] = bool
        return reference


def test_without_flags_work_is_done_here_as_it_is_asked_for() -> None:
    done = []
    with engine_map(options()) as run:
        results = run(lambda item: done.append(item) or 2 * item, iter([1, 2, 3]))
        assert (next(results), done) == (2, [1])
        assert list(results) == [4, 6]


@pytest.mark.parametrize("given", [["--workers", "2"], ["--address", "10.0.0.1:6379"]])
def test_flags_of_ray_are_refused_without_it(given: list[str]) -> None:
    with pytest.raises(BadInput, match="--engine ray"), engine_map(options(*given)):
        pytest.fail("nothing may run")


def test_an_absent_ray_is_one_sentence_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Missing, match=r"requirements-cluster\.txt"), engine_map(options("--engine", "ray")):
        pytest.fail("nothing may run")


def test_no_workers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="1 or more"), engine_map(options("--engine", "ray", "--workers", "0")):
        pytest.fail("nothing may run")


def ray_of(**parts: object) -> ModuleType:
    """A stand-in for Ray that has these parts only."""
    return cast(ModuleType, SimpleNamespace(**parts))


def with_free(processors: int) -> ModuleType:
    """Ray of a cluster that has so many processors free."""
    return ray_of(available_resources=lambda: {"CPU": float(processors)})


def test_a_cluster_that_is_too_small_is_told_and_not_waited_for() -> None:
    assert worker_count(with_free(4), 4) == 4
    with pytest.raises(IrisError, match=r"4 processors .* not 5"):
        worker_count(with_free(4), 5)
    with pytest.raises(IrisError, match="no processor of the cluster is free"):
        worker_count(with_free(0), None)


def test_unless_asked_otherwise_one_processor_is_left_free() -> None:
    assert [worker_count(with_free(processors), None) for processors in (1, 2, 8)] == [1, 1, 7]


def test_ray_is_left_where_its_workers_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    left = []
    cluster = ray_of(
        available_resources=lambda: {"CPU": 1.0}, init=lambda **settings: None, shutdown=lambda: left.append("left")
    )
    monkeypatch.setattr(ray_cluster, "import_ray", lambda: cluster)
    with pytest.raises(IrisError, match="1 processors"), ray_engine(2, "auto"):
        pytest.fail("nothing may run")
    assert left == ["left"]


def joining(monkeypatch: pytest.MonkeyPatch, address: str, told: str) -> str:
    """What is said where a cluster at an address cannot be joined and Ray tells why."""

    def init(**settings: object) -> None:
        raise ConnectionError(told)

    monkeypatch.setattr(ray_cluster, "import_ray", lambda: ray_of(init=init, shutdown=bool))
    with pytest.raises(IrisError) as refused, ray_engine(2, address):
        pytest.fail("nothing may run")
    return str(refused.value)


def test_an_address_where_nobody_answers_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"127.0.0.1:{gone.getsockname()[1]}"
    sentence = joining(monkeypatch, address, "Ray was asked")
    assert sentence.startswith(f"no Ray cluster answers at {address} ") and "ray start --head" in sentence


def test_a_cluster_that_cannot_be_joined_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = joining(monkeypatch, "auto", "No cluster runs\nand more")
    advice = "check that it runs and that RAY_AUTH_TOKEN is its own, or leave --engine ray out"
    assert sentence == f"the Ray cluster at auto cannot be used (No cluster runs); {advice}"


def test_another_version_of_ray_is_told_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Version mismatch: The cluster was started with:\n    Ray: 2.55.1\n    Python: 3.11.7\n"
    told += "This process on node 10.0.0.2 was started with:\n    Ray: 2.60.0\n    Python: 3.13.1\n"
    sentence = joining(monkeypatch, "auto", told)
    assert "(Ray 2.55.1 and Python 3.11.7 there, Ray 2.60.0 and Python 3.13.1 here); install the same" in sentence
    assert "\n" not in sentence


def test_ray_that_does_not_start_at_once_on_a_busy_machine_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def init(**settings: object) -> None:
        tries.append(settings["address"])
        if len(tries) < 2:
            raise Exception("The current node timed out during startup")  # as Ray does

    connect(ray_of(init=init, shutdown=bool), None, processors=1, store_bytes=2**20)
    assert tries == ["local", "local"]


def test_a_worker_that_is_lost_for_good_is_not_waited_for() -> None:
    ray = MadeRay()
    engine = RayEngine(cast(ModuleType, ray), [MadeActor(ray, loses={0}), MadeActor(ray)])
    assert list(engine.map(lambda item: 10 * item, range(1, 7))) == [10, 20, 30, 40, 50, 60]


def test_where_all_workers_are_lost_for_good_that_is_told() -> None:
    ray = MadeRay()
    engine = RayEngine(cast(ModuleType, ray), [MadeActor(ray, loses={0}), MadeActor(ray, loses={2})])
    results = engine.map(abs, range(9))
    assert [next(results) for _ in range(2)] == [0, 1]
    with pytest.raises(IrisError, match=r"^all workers were lost, and none came back in 300 s; what was done is kept"):
        list(results)


@pytest.fixture(scope="module")
def pool() -> Iterator[RayEngine]:
    """Two workers of a real Ray, started once."""
    pytest.importorskip("ray")
    with ray_engine(2, None, lambda: os.environ.update(SET_UP="yes")) as started:
        yield started


def test_results_come_in_order_from_workers_that_were_set_up(pool: RayEngine) -> None:
    results = list(pool.map(lambda item: (item * item, os.environ["SET_UP"], os.getpid()), range(20)))
    assert [square for square, _, _ in results] == [number * number for number in range(20)]
    assert {ready for _, ready, _ in results} == {"yes"} and "SET_UP" not in os.environ
    assert os.getpid() not in {process for _, _, process in results}


def test_few_items_are_taken_before_their_results_are(pool: RayEngine) -> None:
    taken = []
    results = pool.map(lambda item: item, (taken.append(number) or number for number in range(100)))
    assert next(results) == 0
    assert len(taken) < 20
    results.close()


def test_an_error_of_the_work_arrives_as_it_was_raised(pool: RayEngine) -> None:
    def refuse(item: int) -> int:
        raise BadPicture(f"{item}.jpg is damaged")

    with pytest.raises(BadPicture, match=r"^[012]\.jpg is damaged$"):  # of the worker that is done first
        list(pool.map(refuse, range(3)))


def test_a_worker_that_is_killed_costs_no_result_and_none_comes_twice(pool: RayEngine, tmp_path: Path) -> None:
    def killed_once(item: int) -> int:
        if item == 3 and not (tmp_path / "killed").exists():
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(pool.map(killed_once, range(12))) == list(range(12))
    assert (tmp_path / "killed").exists()


def test_work_that_kills_every_worker_ends_in_one_sentence(pool: RayEngine) -> None:
    with pytest.raises(IrisError, match="3 workers were lost"):
        list(pool.map(lambda item: os.kill(os.getpid(), signal.SIGKILL), range(2)))
    assert list(pool.map(abs, [-1])) == [1]
