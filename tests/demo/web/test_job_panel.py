"""What a job says while it runs."""

from demo.web.job_panel import bar, said
from zoo.progress import Progress


def test_the_bar_shows_how_far_a_job_is() -> None:
    assert 'max="8" value="3"' in bar(Progress(3, 8)) and "3 of 8" in bar(Progress(3, 8))


def test_what_a_job_says_is_escaped() -> None:
    assert "<b>" not in bar(Progress(1, 2, note="<b>")) and "<b>" not in said("<b>")
