"""What a job says while it runs."""

import pytest

from demo.web.job_panel import progress_html, status_html
from demo.web.waiting import Clock
from zoo.progress import Progress


def test_the_bar_shows_how_far_a_job_is() -> None:
    assert 'max="8" value="3"' in progress_html(Progress(3, 8)) and "3 of 8" in progress_html(Progress(3, 8))


def test_the_time_that_is_left_is_told_where_it_is_worth_telling() -> None:
    assert "about 20 s left" in progress_html(Progress(3, 8), 21.4)
    assert "about 2 min left" in progress_html(Progress(3, 8), 110.0)
    assert "left" not in progress_html(Progress(3, 8), 1.2) + progress_html(Progress(3, 8))


def test_the_time_left_follows_from_the_times_of_the_steps() -> None:
    times = iter([100.0, 104.0, 106.0])
    clock = Clock(lambda: next(times))
    left = [clock.left(Progress(done, 10)) for done in (0, 2, 3)]
    assert left == [None, 16.0, 14.0]


def test_a_job_that_waits_has_no_end_to_tell() -> None:
    drawn = progress_html(Progress(0, 0, note="Waiting: 1 job is before yours"), Clock().left(Progress(0, 0)))
    assert "max=" not in drawn and "1 job is before yours" in drawn


def test_the_loss_is_left_to_its_curve() -> None:
    assert "loss" not in progress_html(Progress(3, 8, note="loss 2.5", loss=2.5))


@pytest.mark.parametrize("said", [progress_html(Progress(1, 2, note="<b>")), status_html("<b>")])
def test_what_a_job_says_is_escaped(said: str) -> None:
    assert "<b>" not in said and "&lt;b&gt;" in said
