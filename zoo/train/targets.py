"""What a stronger super-resolution network makes of the training inputs, computed once and kept beside the run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from zoo.files import written_beside

Enlarge = Callable[[Tensor], Tensor]


CPU = torch.device("cpu")


def targets_of(teacher: Enlarge, inputs: Sequence[Tensor], file: Path, device: torch.device = CPU) -> list[Tensor]:
    """Give the teacher's answers to uint8 inputs (3, h, w), uint8 (3, 4h, 4w), from `file` where it has them all.

    Distillation (Hinton et al. 2015) for regression: a teacher's answer is what a picture is on average, given the
    input, so a student need not average the unknowable detail away itself and learns from fewer steps.
    """
    if file.exists():
        kept = load_file(file)
        if [kept.get(_name(i), x)[:, ::4, ::4].shape for i, x in enumerate(inputs)] == [x.shape for x in inputs]:
            return [kept[_name(i)] for i in range(len(inputs))]
    with torch.inference_mode():
        answers = [_answer(teacher, x, device) for x in tqdm(inputs, unit="photo", desc="teacher")]
    with written_beside(file) as part:
        save_file({_name(i): answer for i, answer in enumerate(answers)}, part)
    return answers


def self_ensemble(teacher: Enlarge) -> Enlarge:
    """Make a teacher that answers with the mean over all eight flips and turns of its input (Lim et al. 2017)."""

    def enlarge(x: Tensor) -> Tensor:
        answers = []
        for axes in ((), (2,), (3,), (2, 3)):
            flipped = x.flip(axes)
            answers += [teacher(flipped).flip(axes), teacher(flipped.mT).mT.flip(axes)]
        return torch.stack(answers).mean(0)

    return enlarge


def _name(index: int) -> str:
    return f"{index:06}"


def _answer(teacher: Enlarge, small: Tensor, device: torch.device) -> Tensor:
    x = (small[None].to(device).float() / 255).contiguous(memory_format=torch.channels_last)
    return teacher(x)[0].mul(255).round().clamp(0, 255).to("cpu", torch.uint8).contiguous()
