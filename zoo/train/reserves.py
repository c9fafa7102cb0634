"""How far added concepts are held back, so that photos of the classes that were there first still come first.

A concept that is held back is also found less, so both are weighed: what labelled photos lose and what guarded photos
gain, by gradient descent on the biases alone. Holding back all by one step, or each that took a photo by one more,
costs concepts that take nothing.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

STEPS, RATE, BATCH = 120, 0.05, 1500
ADDED_WEIGHT = 0.4  # of a concept's probability beside a class's: a ranking of names has the finer class first
MARGIN, SOFTNESS = 0.3, 0.25  # of log probabilities, by which a guarded photo's class is to lead
MOST = 1.5  # that one guarded photo costs: what is lost for good is let go
PULL = 0.002  # towards holding nothing back


@dataclass(frozen=True)
class Labelled:
    """Logits of photos (N, crops, C), and the `targets` of their labels."""

    logits: Tensor
    counts: Tensor  # (N, L)
    meets: Tensor  # (L, C)


@dataclass(frozen=True)
class Guarded:
    """Logits of photos (M, crops, C) of the classes that were there first, and which each shows (M,)."""

    logits: Tensor
    classes: Tensor


def fitted_reserves(shown: Labelled, guarded: Guarded, kept: int, weight: float) -> Tensor:
    """Choose how much to take off the logit of each concept after the first `kept`. (C - kept,)

    Guarded are the photos whose class is the likeliest of the kept ones; `weight` is what each counts beside a labelled
    photo. Lower than 0 is a concept that was too shy.
    """
    first = _probabilities(guarded.logits, torch.zeros(guarded.logits.shape[-1] - kept))[:, :kept].argmax(1)
    is_right = first == guarded.classes
    guarded = Guarded(guarded.logits[is_right], guarded.classes[is_right])
    reserves = torch.zeros(shown.logits.shape[-1] - kept, requires_grad=True)
    optimizer = torch.optim.Adam([reserves], lr=RATE)
    generator = torch.Generator().manual_seed(0)
    for _ in range(STEPS):
        batch = torch.randint(len(shown.logits), (BATCH,), generator=generator)
        found = _probabilities(shown.logits[batch], reserves) @ shown.meets.T  # (batch, L)
        surprise = -(shown.counts[batch] * found.clamp_min(1e-7).log()).sum(1).mean()
        loss = surprise + weight * _taken(guarded, reserves, kept) + PULL * reserves.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return reserves.detach()


def _taken(guarded: Guarded, reserves: Tensor, kept: int) -> Tensor:
    """Measure how near the added concepts come to the class of each guarded photo, on average."""
    probabilities = _probabilities(guarded.logits, reserves)
    likeliest = torch.linalg.vector_norm(probabilities[:, kept:], ord=4, dim=1)  # about that, and smooth
    added = ADDED_WEIGHT * likeliest
    own = probabilities.gather(1, guarded.classes[:, None])[:, 0]
    behind = added.clamp_min(1e-9).log() - own.clamp_min(1e-9).log() + MARGIN
    cost = SOFTNESS * torch.nn.functional.softplus(behind / SOFTNESS)
    return (MOST * torch.tanh(cost / MOST)).sum() / max(1, len(cost))


def _probabilities(logits: Tensor, reserves: Tensor) -> Tensor:
    """Give the mean over the crops of the probabilities of all concepts. (N, crops, C) to (N, C)"""
    kept = torch.zeros(logits.shape[-1] - len(reserves))
    return (logits - torch.cat([kept, reserves])).softmax(-1).mean(1)
