"""A training run goes on where it stopped."""

from pathlib import Path

import torch

from zoo.train.run import Run, rate


def one_run(folder: Path, steps: int, *, stop: int | None = None) -> tuple[torch.nn.Linear, list[float]]:
    """Train a line on random numbers, perhaps stopping early; the network and the numbers drawn."""
    torch.manual_seed(0)
    network, drawn = torch.nn.Linear(1, 1), []
    optimizer = torch.optim.Adam(network.parameters(), lr=0.1)
    run = Run(folder, steps, {"network": network, "optimizer": optimizer}, seed=3)
    for step in run:
        number = torch.rand((1, 1), generator=run.generator)
        drawn.append(number.item())
        optimizer.zero_grad()
        (network(number) - 2 * number).square().sum().backward()
        optimizer.step()
        if step == stop:
            run.step += 1  # as a kill right after a checkpoint
            run.save()
            run.bar.close()
            run.writer.close()
            break
    return network, drawn


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path: Path) -> None:
    whole, drawn = one_run(tmp_path / "whole", 10)
    _, first = one_run(tmp_path / "parts", 10, stop=3)
    resumed, rest = one_run(tmp_path / "parts", 10)
    assert first + rest == drawn
    assert torch.equal(resumed.weight, whole.weight)


def test_a_checkpoint_leaves_nothing_beside_it(tmp_path: Path) -> None:
    one_run(tmp_path, 2)
    assert [p.name for p in tmp_path.iterdir() if "tfevents" not in p.name] == ["checkpoint.pt"]


def test_the_rate_rises_then_falls_to_nearly_nothing() -> None:
    rates = [rate(step, 1000) for step in range(1000)]
    assert rates[0] < 0.02
    assert max(rates) > 0.95
    assert rates[-1] < 0.005
