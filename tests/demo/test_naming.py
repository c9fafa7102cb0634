"""An answer as data."""

from demo.naming import as_json
from embeddings.naming import Answer
from embeddings.search import Hit

PUG = "n02110958"


def test_the_json_marks_what_the_network_was_trained_on() -> None:
    said = as_json("a.jpg", Answer(True, PUG, "pug", 0.83), [Hit(PUG, "pug", 0.5), Hit("n00001740", "entity", 0.1)])
    assert said["answer"] == {"word": "pug", "synset": PUG, "sureness": 0.83}
    assert said["also"] == []
    assert [word["seen"] for word in said["words"]] == [True, False]
