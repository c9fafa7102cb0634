"""What the Describe tab says of a picture: the answer as a card, and the nouns behind it as the charts take them."""

import html
from collections.abc import Sequence
from functools import cache

from demo.describe.name import trained_on
from demo.web.charts import Word
from embeddings.results import Answer, Hit
from embeddings.wordnet.database import gloss_of
from embeddings.wordnet.graph import load_nouns

UNKNOWN = "I do not know"
SENSE_STEPS = 4  # kinds in a path that are shown before the rest is left to an ellipsis
KIND_OF = " \u203a "
SURE = ((0.95, "Almost certain"), (0.8, "Quite sure"), (0.6, "Fairly sure"), (0.4, "Not very sure"), (0.0, "A guess"))
SEEN = "It was trained on photos of this."
WIDER = "This is wider than what it was trained on."
UNSEEN = "It never saw photos of this in training; it knows the word alone."


def answer_card(answer: Answer, hits: Sequence[Hit], asked: float) -> str:
    """Show the answer: the word, its sense and meaning, how sure it is and whence; or a guess where it is not known."""
    if answer.known and answer.id:
        told = f"{how_sure(answer.sureness)}. {_origin(answer.id)}"
        also = f'<p class="iris-sure">{_also(answer.others)}</p>' if answer.others else ""
        told += f" {_surely(answer)}"
        return _card(answer.label, f'{_meaning(answer.label, answer.id)}<p class="iris-sure">{told}</p>{also}')
    guess = "".join(
        f"<details><summary>Guess all the same</summary><p>Perhaps <b>{html.escape(hit.label)}</b>.</p>"
        f"{_meaning(hit.label, hit.id)}</details>"
        for hit in hits[:1]
    )
    told = f"<p>Nothing comes up to the sureness of {asked:.0%} that you ask for. {_surely(answer)}</p>"
    return _card(UNKNOWN, f"{told}{guess}")


def row_of(answer: Answer) -> tuple[str, str, str, str]:
    """Give the answer as a line of a table: word, sureness, the wider kind that is surer, and what else is there."""
    if not answer.known:
        return UNKNOWN, "", "", ""
    kind = answer.kind.label if answer.kind else ""
    return answer.label, f"{answer.sureness:.2f}", kind, ", ".join(other.label for other in answer.others)


def how_sure(share: float) -> str:
    """Write a probability in words and per cent."""
    words = next(words for least, words in SURE if share >= least)
    return f"{words}: {share:.0%}" if share < 0.995 else f"{words}: over 99%"


def words_of(hits: Sequence[Hit]) -> list[Word]:
    """Ranked nouns with their senses and meanings, as the charts take them."""
    return [Word(hit.label, hit.score, sense(hit.id, steps=3), meaning(hit.id), hit.id in trained_on()) for hit in hits]


def sense(synset: str, *, steps: int = SENSE_STEPS) -> str:
    """Tell which sense of a word is meant, by what it is a kind of: dog, domestic animal, animal."""
    kinds = [load_nouns().label(kind) for kind in load_nouns().path(synset)[1:]]
    return KIND_OF.join([*kinds[:steps], *(["…"] if len(kinds) > steps else [])])


def meaning(synset: str) -> str:
    """Say what a noun means, without WordNet's examples of its use: they tell of something else than the picture."""
    return (gloss_of(synset) or "").partition('; "')[0]


def _card(heading: str, told: str) -> str:
    return f'<div class="iris-answer"><h2>{html.escape(heading)}</h2>{told}</div>'


def _surely(answer: Answer) -> str:
    """Give the wider kind that is sure where the word itself is not: Surely mammal (87%)."""
    return f"Surely {html.escape(answer.kind.label)} ({answer.kind.sureness:.0%})." if answer.kind else ""


def _also(others: Sequence[Answer]) -> str:
    """Give the other things in a picture: Also tree (91%), street (74%)."""
    return "Also " + ", ".join(f"{html.escape(other.label)} ({other.sureness:.0%})" for other in others) + "."


def _meaning(label: str, synset: str) -> str:
    gloss = meaning(synset)
    path = KIND_OF.join(filter(None, (label, sense(synset))))
    return f'<p class="iris-path">{html.escape(path)}</p>' + (f"<p>{html.escape(gloss)}</p>" if gloss else "")


def _origin(synset: str) -> str:
    if synset in trained_on():
        return SEEN
    return WIDER if synset in _above_training() else UNSEEN


@cache
def _above_training() -> frozenset[str]:
    """Give everything that some class of the training is a kind of."""
    return frozenset().union(*map(load_nouns().ancestors, trained_on()))
