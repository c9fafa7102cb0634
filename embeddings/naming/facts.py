"""What is known of a picture, as JSON."""

from collections.abc import Collection, Sequence
from typing import Any

from embeddings.results import Answer, Hit


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


def _answer_fact(answer: Answer) -> dict[str, Any]:
    return {"word": answer.label, "synset": answer.id, "sureness": round(answer.sureness, 4)}
