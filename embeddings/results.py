"""What search and naming give: frozen values that travel together."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Hit:
    """One thing found: a synset id or a file path, its words, and how well it fits."""

    id: str
    label: str
    score: float


@dataclass(frozen=True)
class Answer:
    """What a picture shows, as specific as is sure; `known` is False when no word that tells anything is likely.

    `others` are things of other kinds that it surely shows as well, the likeliest first. `kind` is what it surely is
    where the word itself is only likely, or not known: a wider word, which may say little.
    """

    known: bool
    id: str | None
    label: str
    sureness: float  # the probability that it is true, 0..1
    others: tuple["Answer", ...] = ()
    kind: "Answer | None" = None


@dataclass(frozen=True)
class Match:
    """A picture that matches, and the near-copies of it that match, too."""

    hit: Hit
    copies: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class EncodedPicture:
    """What is kept of a picture: its unit vector, and 64 bits that its copies have nearly the same."""

    vector: np.ndarray  # (D,)
    fingerprint: int
