"""Which paintings, in which shares and how strongly: the widgets that every panel of the Style tab shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.web.events import Updates, listen
from demo.web.uploads import thumbnail
from zoo.progress import run_to_end
from zoo.style.fast import DEFAULT_STRENGTH, LONGEST_SIDE, styles
from zoo.style.fast import stylize as paint
from zoo.style.tiled import SMALLEST_SIDE

PREVIEWED, PREVIEW_SIDE = "pagoda", 192  # each style's preview is the network's own work on this sample
MOST_BLENDED = 4
FINEST, BROADEST = 0.5, 6.0  # times the usual stroke


@dataclass(frozen=True)
class Manner:
    """How to paint: styles and their shares, strength, whose colours, and the size of what the network sees."""

    weights: Mapping[str, float]
    strength: float = DEFAULT_STRENGTH
    keep_colors: bool = False
    size: int | None = None  # pixels of the longer side; None is the picture's own

    @property
    def name(self) -> str:
        """What a file painted like this is called."""
        return "-".join(self.weights)

    def arguments(self) -> dict[str, object]:
        """The keyword arguments that every way of painting takes."""
        return {"strength": self.strength, "keep_colors": self.keep_colors, "size": self.size}

    def __str__(self) -> str:
        mixed = ", ".join(f"{name} {weight:g}" for name, weight in self.weights.items())
        kept = "; colours kept" if self.keep_colors else ""
        sized = f"; painted at {self.size} px" if self.size else ""
        return f"Iris style.paintings: {mixed}; strength {self.strength:g}{kept}{sized}"


@dataclass(frozen=True)
class StyleChoice:
    """The gallery of paintings and what belongs to it."""

    chosen: gr.State
    others: gr.Dropdown
    shares: Sequence[gr.Slider]
    strength: gr.Slider
    broadness: gr.Slider
    colors: gr.Checkbox

    def inputs(self) -> list[Block]:
        """The components whose values `manner_of` takes."""
        return [self.chosen, self.others, self.strength, self.broadness, self.colors, *self.shares]


def manner_of(values: Sequence[object], picture_size: tuple[int, int]) -> Manner:
    """What the values of a choice say about a picture of this width and height."""
    chosen, others, strength, broadness, colors, *shares = values
    names = blended(chosen, others)
    weights = dict(zip(names, shares, strict=False)) if len(names) > 1 else {chosen: 1.0}
    return Manner(weights, strength, colors, None if broadness == 1 else _side(max(picture_size), broadness))


def choose_style(device: str) -> StyleChoice:
    """Lay out the gallery of paintings with its sliders, and wire what they do to each other."""
    names = styles()
    titles = [(title(name), name) for name in names]
    gr.HTML('<p class="iris-label">In the manner of</p>', padding=False)
    gallery = gr.Gallery(
        previews(device), label="Style", show_label=False, columns=6, allow_preview=False, selected_index=0,
        interactive=False, buttons=[], object_fit="cover", elem_classes="iris-styles",
    )  # fmt: skip
    chosen = gr.State(names[0])
    strength = gr.Slider(0, 1, DEFAULT_STRENGTH, step=0.05, label="Strength")
    with gr.Accordion("Blend, strokes, colours", open=False):
        others = gr.Dropdown(titles, value=[], multiselect=True, max_choices=MOST_BLENDED - 1, label="Blend with")
        shares = [gr.Slider(0, 1, 1, step=0.05, visible=False) for _ in range(MOST_BLENDED)]
        broadness = gr.Slider(FINEST, BROADEST, 1, step=0.5, label="Stroke size")
        colors = gr.Checkbox(label="Keep the colours of the picture")

    def choose(event: gr.SelectData) -> str:
        return names[event.index]

    def ask_shares(first: str, added: list[str]) -> Updates:
        asked = blended(first, added) if added else []
        shown = {share: gr.update(visible=False) for share in shares}
        return shown | {
            share: gr.update(visible=len(asked) > 1, label=f"Share of {title(name)}")
            for share, name in zip(shares, asked, strict=False)
        }

    gallery.select(choose, None, chosen, api_visibility="private", show_progress="hidden", queue=False)
    for change in (chosen.change, others.change):
        listen(change, ask_shares, [chosen, others], shares, queue=False)
    return StyleChoice(chosen, others, shares, strength, broadness, colors)


def blended(chosen: str, others: Sequence[str]) -> list[str]:
    """The styles of a blend in their order, each once."""
    return list(dict.fromkeys((chosen, *others)))


def _side(longest: int, broadness: float) -> int:
    """At how many pixels to paint a picture of this longest side for strokes of this breadth."""
    side = round(min(longest, LONGEST_SIDE) / broadness)
    return max(SMALLEST_SIDE, min(side, max(longest, LONGEST_SIDE)))


def title(style: str) -> str:
    """A style's name as a person writes it: "starry-night" is "Starry night"."""
    first, *rest = style.capitalize().split("-")
    return " ".join((first, *(word.upper() if set(word) <= set("ivx") else word for word in rest)))


@cache
def previews(device: str) -> list[tuple[Image.Image, str]]:
    """Every style's work on a sample photo, with its title."""
    photo = thumbnail(samples()[PREVIEWED].path, PREVIEW_SIDE)
    return [(run_to_end(paint(photo, {name: 1.0}, device=device)), title(name)) for name in styles()]
