"""What is said of a picture."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from embeddings.search import Hit

UNKNOWN = "I do not know"


@dataclass(frozen=True)
class Answer:
    """What a picture shows, as specific as is sure; `known` is False when nothing useful is.

    `others` are things of other kinds that it surely shows as well, the likeliest first.
    """

    known: bool
    id: str | None
    label: str
    sureness: float  # 0..1
    others: tuple["Answer", ...] = ()


def as_facts(file: str, answer: Answer, hits: Sequence[Hit], seen: Collection[str]) -> dict[str, Any]:
    """What is known of a picture as JSON: `name --json` prints it and the page's endpoint gives it."""
    words = [
        {"word": hit.label, "synset": hit.id, "score": round(hit.score, 4), "seen": hit.id in seen} for hit in hits
    ]
    also = [_as_fact(other) for other in answer.others]
    return {"file": file, "known": answer.known, "answer": _as_fact(answer), "also": also, "words": words}


def _as_fact(answer: Answer) -> dict[str, Any]:
    return {"word": answer.label, "synset": answer.id, "sureness": round(answer.sureness, 4)}
