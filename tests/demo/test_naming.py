"""How an answer is shown."""

from demo.naming import answer_html, as_json
from embeddings.search import Answer, Hit

PUG = "n02110958"


def test_an_answer_shows_the_word_its_kinds_and_how_sure_it_is() -> None:
    shown = answer_html(Answer(True, PUG, "pug", 0.83))
    assert "<h3>pug</h3>" in shown and "pug &rsaquo; dog" in shown and "83% sure" in shown


def test_not_knowing_is_said() -> None:
    assert "I do not know" in answer_html(Answer(False, None, "I do not know", 0.2))


def test_the_json_marks_what_the_network_was_trained_on() -> None:
    said = as_json("a.jpg", Answer(True, PUG, "pug", 0.83), [Hit(PUG, "pug", 0.5), Hit("n00001740", "entity", 0.1)])
    assert said["answer"] == {"word": "pug", "synset": PUG, "sureness": 0.83}
    assert [word["seen"] for word in said["words"]] == [True, False]
