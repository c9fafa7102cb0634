"""A line of jobs: how many run, who is next, and what is told to those who wait."""

from collections.abc import Generator

import pytest

from demo.web import waiting
from demo.web.waiting import WaitingLine, about, waiting_sentence
from zoo.errors import IrisError
from zoo.progress import Progress


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.0)


def job(name: str) -> Generator[Progress]:
    """A job of two steps."""
    yield Progress(0, 1, note=name)
    yield Progress(1, 1, result=name)


def test_jobs_run_in_the_order_in_which_they_came() -> None:
    line = WaitingLine(1, 5)
    first, second, third = (line.run(job(name)) for name in "abc")
    assert next(first).note == "a"
    assert "1 job is before yours" in next(second).note and "2 jobs are before yours" in next(third).note
    assert [step.result for step in first] == ["a"]
    assert next(second).note == "b" and "1 job is before yours" in next(third).note


def test_visitors_take_turns_however_many_jobs_one_has(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = "greedy"
    monkeypatch.setattr(waiting, "current_visitor", lambda: visitor)
    line = WaitingLine(1, 5)
    greedy = [line.run(job(f"greedy {number}")) for number in range(4)]
    for steps in greedy:
        next(steps)
    visitor = "other"
    other = line.run(job("other"))
    assert "3 jobs are before yours" not in next(other).note
    greedy[0].close()
    assert next(other).note == "other" and "before yours" in next(greedy[1]).note
    other.close()
    assert next(greedy[1]).note == "greedy 1"


def test_one_visitor_does_not_fill_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = "greedy"
    monkeypatch.setattr(waiting, "current_visitor", lambda: visitor)
    line = WaitingLine(1, 1)
    greedy = [line.run(job(str(number))) for number in range(2)]
    for steps in greedy:
        next(steps)
    with pytest.raises(IrisError, match="busy"):
        next(line.run(job("one too many")))
    visitor = "other"
    assert "before yours" in next(line.run(job("other"))).note


def test_as_many_run_together_as_may() -> None:
    line = WaitingLine(2, 5)
    one, two, three = (line.run(job(name)) for name in "abc")
    assert [next(one).note, next(two).note] == ["a", "b"] and "before yours" in next(three).note


def test_who_leaves_makes_room_whether_waiting_or_at_work() -> None:
    line = WaitingLine(1, 5)
    first, second, third = (line.run(job(name)) for name in "abc")
    for steps in (first, second, third):
        next(steps)
    second.close()
    assert "1 job is before yours" in next(third).note
    first.close()
    assert next(third).note == "c"


def test_a_job_that_fails_makes_room() -> None:
    def failing() -> Generator[Progress]:
        yield Progress(0, 1)
        raise IrisError("no")

    line = WaitingLine(1, 5)
    broken, next_one = line.run(failing()), line.run(job("b"))
    next(broken)
    with pytest.raises(IrisError, match="no"):
        next(broken)
    assert next(next_one).note == "b"


def test_no_more_wait_than_may() -> None:
    line = WaitingLine(1, 1)
    one, two, three = (line.run(job(name)) for name in "abc")
    next(one), next(two)
    with pytest.raises(IrisError, match="busy: 1 jobs wait"):
        next(three)


def test_the_next_in_the_line_is_told_how_long_the_job_at_work_takes_by_its_own_steps() -> None:
    times = iter(range(0, 1000, 10))

    def long() -> Generator[Progress]:
        for done in range(8):
            yield Progress(done, 8)

    line = WaitingLine(1, 5, now=lambda: float(next(times)))
    first, second, third = (line.run(long()) for _ in range(3))
    next(first)
    assert next(second).note == "Waiting: 1 job is before yours"
    next(first)
    assert "about 60 s" in next(second).note
    assert next(third).note == "Waiting: 2 jobs are before yours"


class _Unsteady(waiting._Job):
    """A job whose own thread no longer knows its end as soon as another has read it."""

    def __getattribute__(self, name: str) -> object:
        value = super().__getattribute__(name)
        if name == "ends_at":
            self.ends_at = None
        return value


def test_a_job_that_no_longer_knows_its_end_does_not_break_the_one_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_Job", _Unsteady)
    times = iter(range(0, 1000, 10))
    line = WaitingLine(1, 5, now=lambda: float(next(times)))
    first, second = (line.run(job(name)) for name in "ab")
    assert next(first) and next(first)
    assert "about 1 s" in next(second).note


def test_a_job_that_is_closed_ends_its_steps_before_the_next_begins() -> None:
    ended = []

    def watched() -> Generator[Progress]:
        try:
            yield Progress(0, 1)
        finally:
            ended.append(True)

    line = WaitingLine(1, 5)
    steps = line.run(watched())
    next(steps)
    steps.close()
    assert ended == [True]


def test_how_long_it_may_take_is_told_once_it_is_known() -> None:
    assert waiting_sentence(1, None) == "Waiting: 1 job is before yours"
    assert waiting_sentence(3, 41.0) == "Waiting: 3 jobs are before yours, about 40 s"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "about 1 s"), (7.4, "about 7 s"), (44, "about 45 s"), (130, "about 2 min")]
)
def test_times_are_no_more_exact_than_they_are_known(seconds: float, words: str) -> None:
    assert about(seconds) == words
