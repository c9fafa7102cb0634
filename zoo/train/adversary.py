"""The other side of adversarial training: a discriminator that learns to tell results from photos (Goodfellow 2014)."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.nets.unet_discriminator import UNetDiscriminator
from zoo.train.learner import Learner, cosine_down_to

RATE = 1e-4
WEIGHT = 0.1  # of the discriminator's judgement in the loss
ALONE = 100  # steps that the discriminator learns before it has a say
RISE = 500  # steps until it has its full say


class Adversary(Learner):
    """A discriminator in training; it counts its steps, for at first its judgement is worth nothing."""

    def __init__(self, device: torch.device) -> None:
        network = UNetDiscriminator().to(device).to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(network.parameters(), lr=RATE, betas=(0.9, 0.99))
        super().__init__(network, optimizer, schedule=cosine_down_to(0.1))
        self.steps = 0

    @property
    def weight(self) -> float:
        """The weight of its judgement after so many steps."""
        return WEIGHT * min(1.0, max(0, self.steps - ALONE) / RISE)

    def judge(self, result: Tensor) -> Tensor:
        """Weigh by how much results (N, 3, H, W) are not taken for photos; the discriminator learns nothing of it."""
        if self.weight == 0:
            return result.new_zeros(())
        self.network.requires_grad_(False)
        return self.weight * F.softplus(-self.network(result)).mean()

    def error(self, truth: Tensor, result: Tensor) -> Tensor:
        """Measure how often the discriminator is wrong: half the cross-entropy of photos and of results."""
        self.network.requires_grad_(True)
        photo, made = self.network(torch.cat([truth, result.detach()])).chunk(2)
        return (F.softplus(-photo).mean() + F.softplus(made).mean()) / 2

    def step(self, loss: Tensor) -> None:
        super().step(loss)
        self.steps += 1

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"steps": self.steps}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        super().load_state_dict(state)
        self.steps = int(state["steps"])
