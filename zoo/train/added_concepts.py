"""Concepts added to a classifier whose own classes stay what they are to the bit.

Only the rows of the added ones are trained, so what the classes say of each other never changes. How much the added
ones take from them is for their biases to say: `zoo.train.reserves`.
"""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.labels import Graph


class AddedConcepts(nn.Module):
    """A linear classifier in two parts: `kept` rows that are never trained, and those after them, which are."""

    kept: nn.Linear
    added: nn.Linear

    def __init__(self, concepts: nn.Linear, kept: int) -> None:
        super().__init__()
        self.kept = rows_of(concepts, slice(kept)).requires_grad_(False)
        self.added = rows_of(concepts, slice(kept, None))

    def forward(self, features: Tensor) -> Tensor:
        """Give the logits of all concepts. (N, F) to (N, C)"""
        return torch.cat([self.kept(features), self.added(features)], -1)

    def joined(self) -> nn.Linear:
        """Give both parts as one layer again."""
        concepts = nn.Linear(self.kept.in_features, self.kept.out_features + self.added.out_features)
        with torch.no_grad():
            concepts.weight.copy_(torch.cat([self.kept.weight, self.added.weight]))
            concepts.bias.copy_(torch.cat([self.kept.bias, self.added.bias]))
        return concepts


def rows_of(concepts: nn.Linear, rows: slice | Sequence[int]) -> nn.Linear:
    """Copy some rows of a linear layer as a layer of their own."""
    weight, bias = concepts.weight.detach()[rows].clone(), concepts.bias.detach()[rows].clone()
    some = nn.Linear(weight.shape[1], len(weight))
    some.weight, some.bias = nn.Parameter(weight), nn.Parameter(bias)
    return some


def widened(network: PictureEncoder, points: Tensor) -> PictureEncoder:
    """Copy the network with a concept more for each of some points (n, dimension), of which it knows nothing yet."""
    old, wide = network.concepts, deepcopy(network)
    wide.concepts = nn.Linear(old.in_features, old.out_features + len(points))
    wide.words = nn.Linear(wide.concepts.out_features, points.shape[1], bias=False)
    with torch.no_grad():
        wide.concepts.weight.zero_()[: old.out_features] = old.weight
        wide.concepts.bias.fill_(old.bias.mean())[: old.out_features] = old.bias
        wide.words.weight.copy_(torch.cat([network.words.weight, points.T], 1))
    return wide.eval()


def narrowed(network: PictureEncoder, places: Sequence[int]) -> PictureEncoder:
    """Copy the network with some of its concepts only."""
    narrow = deepcopy(network)
    narrow.concepts = rows_of(network.concepts, places)
    narrow.words = nn.Linear(len(places), network.words.out_features, bias=False)
    with torch.no_grad():
        narrow.words.weight.copy_(network.words.weight[:, places])
    return narrow.eval()


def average_precisions(
    probabilities: Tensor, labels: Sequence[tuple[str, ...]], concepts: Sequence[str], kept: int, graph: Graph
) -> dict[str, float]:
    """Measure how well each added concept finds the photos that are labelled with it or a kind of it.

    The score is the probability at or below it. A concept that no photo is labelled with has 0.
    """
    from sklearn.metrics import average_precision_score  # slow to import

    kinds = [set(graph.upward(concept)) for concept in concepts]
    shown = [set().union(*(graph.upward(id) for id in each)) for each in labels]
    found = {}
    for concept in concepts[kept:]:
        true = [concept in each for each in shown]
        below = [place for place, kind in enumerate(kinds) if concept in kind]
        found[concept] = float(average_precision_score(true, probabilities[:, below].sum(1))) if any(true) else 0.0
    return found
