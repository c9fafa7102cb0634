"""An answer, and as data."""

import numpy as np

from demo.describe.name import as_json, name, trained_on
from demo.web.noun_space import MODEL
from embeddings.results import Answer, Hit
from zoo.encoder.encode import classes

PUG, PERSON = "n02110958", "n00007846"


def test_the_json_marks_what_the_network_was_trained_on() -> None:
    said = as_json("a.jpg", Answer(True, PUG, "pug", 0.83), [Hit(PUG, "pug", 0.5), Hit("n00001740", "entity", 0.1)])
    assert said["answer"] == {"word": "pug", "synset": PUG, "sureness": 0.83}
    assert said["also"] == []
    assert [word["seen"] for word in said["words"]] == [True, False]


def test_only_nouns_never_trained_on_are_answered_though_a_class_is_above_them() -> None:
    known = classes(MODEL)
    shares = np.full(len(known), 1e-6, np.float32)
    shares[known.index(PERSON)] = 1
    all_nouns, hits = name(shares / shares.sum(), sureness=0.3, top=5, unseen_only=False)
    assert all_nouns.id == hits[0].id == PERSON
    unseen, hits = name(shares / shares.sum(), sureness=0.3, top=5, unseen_only=True)
    assert not trained_on() & {unseen.id, *(hit.id for hit in hits)}
