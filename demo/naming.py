"""A picture named: the joint of zoo.encode and embeddings.search, and its answer as data and as HTML."""

import html
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from embeddings.nouns import load_nouns
from embeddings.search import Answer, Hit, answer_for, words_for
from embeddings.vectors import data_sha256
from zoo.encode import encode, seen_classes, sharpness, words_sha256
from zoo.errors import WeightsRefused

MODEL = "devise.nouns"
SENSE_STEPS = 5  # nouns of a path that are shown before the rest is left to an ellipsis


def look(picture: Image.Image, device: str) -> np.ndarray:
    """The unit vector of a picture in the space of words (D,)."""
    _check_space()
    return encode([picture], key=MODEL, device=device)[0]


def name(vector: np.ndarray, *, sureness: float, top: int, unseen_only: bool) -> tuple[Answer, list[Hit]]:
    """The answer, a word or an ancestor or nothing, and the ranked nouns behind it."""
    candidates = set(load_nouns().ids) - seen_classes(MODEL) if unseen_only else None
    answer = answer_for(vector, sharpness=sharpness(MODEL), sureness=sureness, candidates=candidates)
    return answer, words_for(vector, k=top, candidates=candidates)


def as_json(file: str, answer: Answer, hits: list[Hit]) -> dict[str, Any]:
    """The shape that `python -m embeddings name --json` prints for a picture."""
    seen = seen_classes(MODEL)
    return {
        "file": file,
        "known": answer.known,
        "answer": {"word": answer.label, "synset": answer.id, "sureness": answer.sureness},
        "words": [
            {"word": hit.label, "synset": hit.id, "score": hit.score, "seen": hit.id in seen} for hit in hits
        ],
    }  # fmt: skip


def answer_html(answer: Answer) -> str:
    """The answer as a card: the word, what kind of thing it is, and how sure."""
    if not answer.known or answer.id is None:
        return '<div class="iris-answer"><h3>I do not know.</h3><p>Ask for less sureness to hear a guess.</p></div>'
    gloss = load_nouns().gloss(answer.id)
    meaning = f"<p>{html.escape(gloss)}</p>" if gloss else ""
    return (
        f'<div class="iris-answer"><h3>{html.escape(answer.label)}</h3>{_path(answer.id)}{meaning}'
        f'<p class="iris-sure">{answer.sureness:.0%} sure</p></div>'
    )


def words_html(hits: list[Hit]) -> str:
    """The ranked nouns as a table with bars, their senses, and whether the network was trained on them."""
    best = max((hit.score for hit in hits), default=1.0)
    rows = "".join(_row(hit, best) for hit in hits)
    head = "<tr><th>noun</th><th>closeness</th><th>sense</th><th>trained on</th></tr>"
    return f'<div class="iris-words"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


@cache
def _check_space() -> None:
    if words_sha256(MODEL) != data_sha256():
        raise WeightsRefused(f"{MODEL} was trained on other noun vectors than embeddings/data holds; get Iris anew")


def _row(hit: Hit, best: float) -> str:
    width = max(0.0, min(1.0, hit.score / best)) * 100 if best > 0 else 0
    trained = "yes" if hit.id in seen_classes(MODEL) else "<em>never seen</em>"
    meter = f'<span class="iris-meter"><i style="width:{width:.0f}%"></i></span> {hit.score:.2f}'
    gloss = html.escape(load_nouns().gloss(hit.id) or "", quote=True)
    noun = f'<th title="{gloss}">{html.escape(hit.label)}</th>'
    return f"<tr>{noun}<td>{meter}</td><td>{_path(hit.id)}</td><td>{trained}</td></tr>"


def _path(synset: str) -> str:
    nouns = load_nouns()
    labels = [nouns.label(parent) for parent in nouns.path(synset)]
    shown = labels[:SENSE_STEPS] + (["…"] if len(labels) > SENSE_STEPS else [])
    return f'<span class="iris-path">{" &rsaquo; ".join(map(html.escape, shown))}</span>'
