import pytest
from PIL import Image

from zoo.progress import Progress, run_to_end


def test_a_finished_job_gives_its_last_result() -> None:
    first, second = Image.new("L", (1, 1)), Image.new("L", (2, 2))
    assert run_to_end(iter([Progress(0, 2), Progress(1, 2, result=first), Progress(2, 2, result=second)])) is second


def test_a_job_without_a_result_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="without a result"):
        run_to_end(iter([Progress(0, 1), Progress(1, 1)]))
