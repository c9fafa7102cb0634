"""Words to press: as many chips as there are words."""

import gradio as gr
import pytest

from demo.find.chips import CHIPS, chip_updates

MANY = [str(number) for number in range(CHIPS + 3)]


@pytest.mark.parametrize("words", [[], ["cat"], MANY])
def test_chips_without_a_word_are_hidden_and_words_without_a_chip_left_out(words: list[str]) -> None:
    chips = [gr.Button() for _ in range(CHIPS)]
    updates = chip_updates(chips, words)
    shown = [update["value"] for update in updates.values() if isinstance(update, dict) and update["visible"]]
    assert list(updates) == chips and shown == words[:CHIPS]
