"""What is known of a picture, as JSON."""

from collections.abc import Collection, Sequence
from typing import Any

from embeddings.results import Answer, Hit

LEAST_SHOWN = 0.005  # a score below this reads 0.00, which tells nobody anything


def as_facts(file: str, answer: Answer, hits: Sequence[Hit], seen: Collection[str]) -> dict[str, Any]:
    """Give what `name --json` prints of a picture and the page's endpoint returns; `seen` are the network's classes."""
    words = [
        {"word": hit.label, "synset": hit.id, "score": round(hit.score, 4), "seen": hit.id in seen} for hit in hits
    ]
    return {
        "file": file,
        "known": answer.known,
        "answer": _answer_fact(answer),
        "kind": _answer_fact(answer.kind) if answer.kind else None,
        "also": [_answer_fact(other) for other in answer.others],
        "words": words,
    }


def worth_showing(hits: Sequence[Hit]) -> list[Hit]:
    """Leave the nouns whose scores do not read 0.00, and the first one in any case."""
    return [hit for row, hit in enumerate(hits) if row == 0 or hit.score >= LEAST_SHOWN]


def _answer_fact(answer: Answer) -> dict[str, Any]:
    return {"word": answer.label, "synset": answer.id, "sureness": round(answer.sureness, 4)}
