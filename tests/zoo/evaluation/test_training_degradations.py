"""Degraded crops look like what people upload: worn a little, never the same twice, the same again for a seed."""

import torch
from skimage import data
from torch import Tensor

from zoo.evaluation.degradations import degrade_batch


def crops(count: int) -> Tensor:
    photo = torch.from_numpy(data.astronaut()).permute(2, 0, 1).float() / 255
    return torch.stack([photo[:, 40 * n : 40 * n + 40, 200:240] for n in range(count)])


def errors(clean: Tensor, worn: Tensor) -> Tensor:
    """Root mean square differences in grey levels, one a crop."""
    return (worn - clean).mul(255).square().mean((1, 2, 3)).sqrt()


def test_crops_keep_shape_and_range() -> None:
    worn = degrade_batch(crops(8), torch.Generator().manual_seed(0))
    assert worn.shape == (8, 3, 40, 40)
    assert worn.min() >= 0
    assert worn.max() <= 1


def test_most_crops_are_worn_and_none_is_ruined() -> None:
    clean = crops(12)
    found = errors(clean, degrade_batch(clean, torch.Generator().manual_seed(0)))
    assert (found > 0.5).sum() >= 9
    assert found.max() < 25


def test_a_seed_decides() -> None:
    one, again, other = (degrade_batch(crops(4), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
