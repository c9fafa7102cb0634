"""What labelled photos show, as nouns of any level, and what that asks of a network's concepts.

A label may be a leaf or a kind: "car" asks for a share somewhere at or below car, whichever model it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from zoo.errors import BadInput

FADING = 0.4  # what a label counts beside the one before it, which is the more prominent
PERSON = "n00007846"  # people are told as people, whatever a label says of their sex or age
MIN_HYPERNYM_DEPTH = 6  # of the hypernym that a label without concepts counts for: none is more general


@dataclass(frozen=True)
class Graph:
    """Nouns and which is a kind of which, as `python -m embeddings export` writes them."""

    ids: tuple[str, ...]
    edges: np.ndarray  # (n, 2) rows (below, above) of each direct pair
    depths: np.ndarray  # steps to the root by the longest way

    @cached_property
    def row(self) -> Mapping[str, int]:
        return {id: row for row, id in enumerate(self.ids)}

    @cached_property
    def _parents(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = {}
        for below, above in self.edges.tolist():
            found.setdefault(below, []).append(above)
        return found

    def upward(self, id: str) -> list[str]:
        """Give the noun and everything above it, nearest first."""
        found, ring = {self.row[id]: None}, [self.row[id]]
        while ring:
            ring = [above for row in ring for above in self._parents.get(row, ()) if above not in found]
            found |= dict.fromkeys(ring)
        return [self.ids[row] for row in found]

    def depth(self, id: str) -> int:
        """Count the steps to the root by the longest way, as the words do."""
        return int(self.depths[self.row[id]])


def read_graph(file: Path) -> Graph:
    """Read the graph from ``python -m embeddings export``; BadInput for a file of before it had one."""
    stored = np.load(file, allow_pickle=False)
    if not {"edges", "depths"} <= set(stored.files):
        raise BadInput(f"{file} does not say which noun is a kind of which; make it anew: python -m embeddings export")
    return Graph(tuple(stored["ids"].tolist()), stored["edges"], stored["depths"])


def read_labels(files: Iterable[Path], graph: Graph) -> dict[str, tuple[str, ...]]:
    """Synset ids, the most prominent first, by FOLDER/NAME of the photo; lines are FOLDER/NAME, a tab, ids by commas.

    Raises BadInput for a line that reads otherwise.
    """
    found = {}
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            name, tab, ids = line.partition("\t")
            labels = ids.split(",")
            if not tab or not all(id in graph.row for id in labels):
                raise BadInput(f"{file}, line {number}: expected FOLDER/NAME, a tab and synset ids by commas")
            found[name] = tuple(dict.fromkeys(PERSON if PERSON in graph.upward(id) else id for id in labels))
    return found


def labels_of(photo: Path, labels: Mapping[str, tuple[str, ...]], wnids: Iterable[str]) -> tuple[str, ...]:
    """Give what is known of a photo: its line in the labels, else the class that its folder or name begins with."""
    written = labels.get("/".join(photo.parts[-2:]))
    named = [part[:9] for part in reversed(photo.parts[-3:])]
    known = set(wnids)
    return written or tuple(name for name in named if name in known)[:1]


def targets(labels: Sequence[tuple[str, ...]], concepts: Sequence[str], graph: Graph) -> tuple[Tensor, Tensor]:
    """Give how much each target counts for each photo (N, L), and which concepts meet it (L, C).

    A label that is a concept is met by that concept alone, unless a narrower label of the same photo lies below it: a
    rose that is labelled flower is to be a flower and no daisy. Any other label is met by all concepts of its kind. A
    photo's labels fade in their order and sum to 1, or to 0 without any. What has no concept of its kind counts for the
    nearest noun above that has, and not at all if that is a very general one.
    """
    place = {concept: number for number, concept in enumerate(concepts)}
    below: dict[str, list[int]] = {}
    for number, concept in enumerate(concepts):
        for kind in graph.upward(concept):
            below.setdefault(kind, []).append(number)
    stands_for = {id: _nearest(id, below, graph) for id in set().union(*labels)}
    numbers: dict[tuple[str, bool], int] = {}
    wanted: list[list[tuple[int, float]]] = [[] for _ in labels]
    for photo, shown in enumerate(labels):
        for rank, id in enumerate(shown):
            if noun := stands_for[id]:
                narrower = any(other != id and noun in graph.upward(other) for other in shown)
                target = (noun, noun in place and not narrower)
                wanted[photo].append((numbers.setdefault(target, len(numbers)), FADING**rank))
    counts = torch.zeros(len(labels), len(numbers))
    for photo, given in enumerate(wanted):
        for number, count in given:
            counts[photo, number] += count
    meets = torch.zeros(len(numbers), len(concepts))
    for (noun, is_own), number in numbers.items():
        meets[number, [place[noun]] if is_own else below[noun]] = 1
    return counts / counts.sum(1, keepdim=True).clamp_min(1e-9), meets


def _nearest(id: str, below: Mapping[str, list[int]], graph: Graph) -> str | None:
    nearest = next(kind for kind in graph.upward(id) if kind in below)
    return nearest if nearest == id or graph.depth(nearest) >= MIN_HYPERNYM_DEPTH else None
