"""The word space that a picture encoder is trained into: noun vectors, the 1000 classes, and the losses."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

MARGIN = 0.1  # of the hinge rank loss, as in the paper
SOFTMAX_SCALE = 30.0  # of cosines before a softmax over the classes
UNLABELLED = -1


@dataclass(frozen=True)
class WordSpace:
    """Noun vectors, unit rows (nouns, dimension), and which rows are the 1000 classes, in the order of their wnids."""

    vectors: Tensor
    class_rows: Tensor
    wnids: tuple[str, ...]
    sha256: str

    @property
    def classes(self) -> Tensor:
        return self.vectors[self.class_rows]

    def to(self, device: torch.device) -> "WordSpace":
        """Give the same space with its tensors on a device."""
        return replace(self, vectors=self.vectors.to(device), class_rows=self.class_rows.to(device))


def read_word_space(file: Path, wnids: list[str]) -> WordSpace:
    """Read noun vectors from ``python -m embeddings export``."""
    stored = np.load(file, allow_pickle=False)
    row = {str(name): number for number, name in enumerate(stored["ids"])}
    vectors = F.normalize(torch.from_numpy(stored["vectors"]).float())
    return WordSpace(vectors, torch.tensor([row[name] for name in wnids]), tuple(wnids), str(stored["sha256"]))


def conse_embedding(space: WordSpace, probabilities: Tensor, top: int = 10) -> Tensor:
    """Average the likeliest class vectors by class probabilities (N, 1000): unit (N, dimension); ConSE."""
    value, index = probabilities.topk(top)
    return F.normalize((value[:, :, None] * space.classes[index]).sum(1))


def target_vectors(space: WordSpace, labels: Tensor, probabilities: Tensor) -> Tensor:
    """Give the vectors to be hit (N, dimension): midway between a label's and ConSE's; ConSE's without a label."""
    points = conse_embedding(space, probabilities)
    own = space.classes[labels.clamp_min(0)]
    return torch.where((labels == UNLABELLED)[:, None], points, F.normalize(own + points))


def hinge_rank(space: WordSpace, points: Tensor, true: Tensor, wrong: Tensor) -> Tensor:
    """Mean over photos of the summed margin violations by wrong nouns (equation 1 of the paper, on unit vectors)."""
    right = (points * space.vectors[true]).sum(1, keepdim=True)  # (N, 1)
    others = points @ space.vectors[wrong].T  # (N, M)
    return torch.relu(MARGIN - right + others).masked_fill(true[:, None] == wrong[None], 0).sum(1).mean()


def word_space_losses(
    space: WordSpace, points: Tensor, labels: Tensor, logits: Tensor, wrong: Tensor
) -> dict[str, Tensor]:
    """Compute the losses of vectors (N, dimension) for labels (N,), teacher's logits (N, 1000), wrong rows (M,)."""
    probabilities = logits.softmax(1)
    known = labels != UNLABELLED
    mixed = torch.where(known[:, None], (probabilities + F.one_hot(labels.clamp_min(0), 1000)) / 2, probabilities)
    true = space.class_rows[torch.where(known, labels, probabilities.argmax(1))]
    return {
        "soft": F.cross_entropy(SOFTMAX_SCALE * points @ space.classes.T, mixed),
        "cosine": (1 - (points * target_vectors(space, labels, probabilities)).sum(1)).mean(),
        "rank": hinge_rank(space, points, true, wrong),
    }


def hit_at(k: int, scores: Tensor, true: Tensor) -> float:
    """Share of rows whose true column is among the k highest."""
    return (scores.topk(k).indices == true[:, None]).any(1).float().mean().item()
