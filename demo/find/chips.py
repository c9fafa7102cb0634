"""Words to press in place of typing: such as find something among the photos that are searched."""

from collections.abc import Sequence

import gradio as gr

from demo.web.events import Updates

CHIPS = 6
SUGGESTIONS = ("big cat", "vehicle", "coffee", "palace", "tripod", "person")  # among the sample photos


def word_chips(words: Sequence[str]) -> list[gr.Button]:
    """Lay out a chip for each of some words, and hidden ones for more."""
    with gr.Row(elem_classes="iris-chips"):
        return [gr.Button(word, visible=bool(word), size="sm", min_width=60) for word in _on_chips(words)]


def chip_updates(chips: Sequence[gr.Button], words: Sequence[str]) -> Updates:
    """Give the updates that put other words on the chips."""
    pairs = zip(chips, _on_chips(words), strict=True)
    return {chip: gr.update(value=word, visible=bool(word)) for chip, word in pairs}


def _on_chips(words: Sequence[str]) -> list[str]:
    return [*words[:CHIPS], *[""] * (CHIPS - len(words))]
