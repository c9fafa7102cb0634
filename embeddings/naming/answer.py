"""What is said of a picture."""

from collections.abc import Collection, Sequence
from typing import Any

from embeddings.results import Answer, Hit

UNKNOWN = "I do not know"


def as_facts(file: str, answer: Answer, hits: Sequence[Hit], seen: Collection[str]) -> dict[str, Any]:
    """What is known of a picture as JSON: `name --json` prints it and the page's endpoint gives it."""
    words = [
        {"word": hit.label, "synset": hit.id, "score": round(hit.score, 4), "seen": hit.id in seen} for hit in hits
    ]
    also = [_as_fact(other) for other in answer.others]
    return {"file": file, "known": answer.known, "answer": _as_fact(answer), "also": also, "words": words}


def _as_fact(answer: Answer) -> dict[str, Any]:
    return {"word": answer.label, "synset": answer.id, "sureness": round(answer.sureness, 4)}
