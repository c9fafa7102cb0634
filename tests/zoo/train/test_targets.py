"""A teacher is asked once; its answers are kept beside the run."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.train.targets import self_ensemble, targets_of


class Teacher:
    """Repeats each pixel, and counts how often it is asked."""

    asked = 0

    def __call__(self, x: Tensor) -> Tensor:
        self.asked += 1
        return F.interpolate(x, scale_factor=4)


def inputs(*widths: int) -> list[Tensor]:
    return [torch.full((3, 5, width), 10 * width, dtype=torch.uint8) for width in widths]


def test_answers_are_four_times_as_large_and_whole_numbers(tmp_path: Path) -> None:
    (answer,) = targets_of(Teacher(), inputs(6), tmp_path / "targets.safetensors")
    assert answer.dtype == torch.uint8
    assert answer.shape == (3, 20, 24)
    assert (answer == 60).all()


def test_a_second_run_does_not_ask_again(tmp_path: Path) -> None:
    teacher = Teacher()
    first, again = (targets_of(teacher, inputs(6, 7), tmp_path / "targets.safetensors") for _ in range(2))
    assert teacher.asked == 2
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_other_photos_are_asked_anew(tmp_path: Path) -> None:
    teacher = Teacher()
    targets_of(teacher, inputs(6), tmp_path / "targets.safetensors")
    (answer,) = targets_of(teacher, inputs(8), tmp_path / "targets.safetensors")
    assert answer.shape == (3, 20, 32)
    assert [path.name for path in tmp_path.iterdir()] == ["targets.safetensors"]


def test_an_ensemble_is_what_its_teacher_is_where_turning_changes_nothing() -> None:
    x = torch.rand(1, 3, 5, 7)
    assert torch.allclose(self_ensemble(Teacher())(x), F.interpolate(x, scale_factor=4))


def test_an_ensemble_does_not_lean_to_any_side() -> None:
    def leaning(x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=4).roll(1, 3)

    x = torch.rand(1, 3, 6, 6)
    answer = self_ensemble(leaning)(x)
    assert torch.allclose(answer.flip(3), self_ensemble(leaning)(x.flip(3)))
    assert torch.allclose(answer.mT, self_ensemble(leaning)(x.mT))
