"""A training goes on where it stopped, keeps averaged weights, and says in a sentence what is wrong."""

import builtins
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from zoo.errors import BadInput, IrisError
from zoo.train.learner import COSINE_WITH_WARMUP, Learner
from zoo.train.trainer import Trainer, TrainingConfig


def learner_of(*, average: float = 0.9) -> Learner:
    torch.manual_seed(0)
    network = torch.nn.Linear(1, 1)
    return Learner(network, torch.optim.Adam(network.parameters(), lr=0.1), average=average, clip=1.0)


def weight_of(network: torch.nn.Module) -> float:
    """The one weight of a test's network."""
    return network.get_parameter("weight").item()


def train_line(config: TrainingConfig, *, stop: int | None = None) -> tuple[Learner, list[float]]:
    """Learn to double random numbers, perhaps stopping early; the learner and the numbers drawn."""
    learner, drawn = learner_of(), []
    trainer = Trainer(config, {"network": learner})
    for step in trainer:
        number = torch.rand((1, 1), generator=trainer.generator)
        drawn.append(number.item())
        learner.step((learner.network(number) - 2 * number).square().sum())
        if step == stop:
            trainer.step += 1  # as a kill right after a checkpoint
            trainer.save()
            trainer.close()
            break
    return learner, drawn


def test_a_resumed_training_ends_where_an_uninterrupted_one_does(tmp_path: Path) -> None:
    whole, drawn = train_line(TrainingConfig(tmp_path / "whole", 10))
    _, first = train_line(TrainingConfig(tmp_path / "parts", 10), stop=3)
    resumed, rest = train_line(TrainingConfig(tmp_path / "parts", 10))
    assert first + rest == drawn
    assert weight_of(resumed.network) == weight_of(whole.network)
    assert weight_of(resumed.averaged) == weight_of(whole.averaged)


def test_averaged_weights_follow_the_network_from_behind(tmp_path: Path) -> None:
    start = weight_of(learner_of().network)
    learner, _ = train_line(TrainingConfig(tmp_path, 30))
    assert start < weight_of(learner.averaged) < weight_of(learner.network)


def test_without_an_average_the_network_itself_is_the_result() -> None:
    learner = learner_of(average=0)
    assert learner.averaged is learner.network


def test_two_learners_take_their_steps_in_one_training(tmp_path: Path) -> None:
    generator, critic = learner_of(), learner_of(average=0)
    trainer = Trainer(TrainingConfig(tmp_path, 2), {"generator": generator, "critic": critic})
    for _ in trainer:
        number = torch.rand((1, 1), generator=trainer.generator)
        generator.step(-critic.network(generator.network(number)).sum())
        critic.step(critic.network(generator.network(number).detach()).square().sum())
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["parts"]
    assert set(saved["generator"]) == {"network", "optimizer", "average"}
    assert set(saved["critic"]) == {"network", "optimizer"}


def test_a_training_of_minutes_ends_by_the_clock_whatever_the_steps_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 600, 15))  # a step takes fifteen seconds
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    monkeypatch.setattr("zoo.train.trainer.tqdm", lambda **_: SilentBar())
    _, drawn = train_line(TrainingConfig(tmp_path, 1, minutes=1))
    assert len(drawn) == 4


class SilentBar:
    def update(self) -> None: ...

    def close(self) -> None: ...


def test_the_rate_rises_then_falls_to_nearly_nothing() -> None:
    rates = [COSINE_WITH_WARMUP(step / 1000, step) for step in range(1000)]
    assert rates[0] < 0.02
    assert max(rates) > 0.95
    assert rates[-1] < 0.005


def test_a_checkpoint_leaves_nothing_beside_it(tmp_path: Path) -> None:
    train_line(TrainingConfig(tmp_path, 2))
    assert [p.name for p in tmp_path.iterdir() if "tfevents" not in p.name] == ["checkpoint.pt"]


def test_the_folder_of_another_training_is_refused_by_name(tmp_path: Path) -> None:
    train_line(TrainingConfig(tmp_path, 2))
    wide = torch.nn.Linear(2, 1)
    learner = Learner(wide, torch.optim.Adam(wide.parameters()), average=0.9)
    with pytest.raises(BadInput, match=r"checkpoint\.pt is of another training.*--run"):
        Trainer(TrainingConfig(tmp_path, 2), {"network": learner})


def test_numbers_are_logged_with_their_steps(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(tmp_path, 2), {})
    for step in trainer:
        trainer.log(loss=torch.tensor(step / 2))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(0, 0.0), (1, 0.5)]


def test_a_loss_that_is_no_number_ends_the_training(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(tmp_path, 2), {})
    with pytest.raises(IrisError, match="loss became nan at step 0; begin again with a lower --rate"):
        trainer.log(loss=float("nan"))
    trainer.close()


def test_bfloat16_is_computed_in_within_the_trainers_precision(tmp_path: Path) -> None:
    for precision, dtype in (("bfloat16", torch.bfloat16), ("float32", torch.float32), ("auto", torch.float32)):
        trainer = Trainer(TrainingConfig(tmp_path, 1, precision=precision), {})
        with trainer.autocast():
            assert torch.nn.Linear(2, 2)(torch.rand(1, 2)).dtype == dtype
        trainer.close()


def test_training_runs_without_tensorboard_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = builtins.__import__

    def without_tensorboard(name: str, *rest: Any, **more: Any) -> object:
        if name.startswith("torch.utils.tensorboard"):
            raise ModuleNotFoundError("No module named 'tensorboard'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_tensorboard)
    with caplog.at_level(logging.WARNING):
        train_line(TrainingConfig(tmp_path, 2))
    assert "log.jsonl" in caplog.text
    assert names_in(tmp_path) == ["checkpoint.pt"]


def names_in(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())
