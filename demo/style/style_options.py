"""Which paintings, in which shares and how strongly: the widgets that every panel of the Style tab shares."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.samples import samples
from demo.style.previews import preview
from demo.web.choices import Choice, picture_radio
from demo.web.engine import run_job
from demo.web.events import Updates, Values, on_event
from demo.web.examples import kept_picture
from zoo.images.decode import open_picture
from zoo.progress import Progress, run_to_end
from zoo.style.fast import MODEL, styles, stylize
from zoo.style.settings import DEFAULT_STRENGTH, LONGEST_SIDE, SMALLEST_SIDE
from zoo.style.titles import painting_of

OPENING_STYLE = "composition-vii"  # bold, and clear at any size
MOST_BLENDED = 4
FINEST, BROADEST = 0.5, 6.0  # times the usual stroke
Weights = Mapping[str, float]  # of styles by their names


@dataclass(frozen=True)
class StyleOptions:
    """How to paint: styles and their shares, strength, whose colours, and the size of what the network sees."""

    weights: Weights
    strength: float = DEFAULT_STRENGTH
    keep_colors: bool = False
    size: int | None = None  # pixels of the longer side; None is the picture's own

    @property
    def name(self) -> str:
        """What a file painted like this is called."""
        return "-".join(self.weights)

    @property
    def title(self) -> str:
        """Say after which painting it is painted; nothing of a blend, whose names stand in its fields."""
        return f"Painted like {painting_of(self.name)}." if len(self.weights) == 1 else ""

    def steps(
        self, picture: Image.Image, device: str, mask: Image.Image | None = None, outside: Weights | None = None
    ) -> Generator[Progress[Image.Image]]:
        """Paint a picture like this; with a mask only its white part, and other styles `outside` it."""
        return run_job(
            stylize, picture, self.weights, strength=self.strength, keep_colors=self.keep_colors, size=self.size,
            mask=mask, outside=outside, device=device,
        )  # fmt: skip

    def __str__(self) -> str:
        mixed = ", ".join(f"{name} {weight:g}" for name, weight in self.weights.items())
        kept = "; colours kept" if self.keep_colors else ""
        sized = f"; painted at {self.size} px" if self.size else ""
        return f"Iris {MODEL}: {mixed}; strength {self.strength:g}{kept}{sized}"


@dataclass(frozen=True)
class StyleWidgets:
    """The paintings to choose from and what belongs to them."""

    painting: gr.HTML
    others: gr.Dropdown
    shares: Sequence[gr.Slider]
    strength: gr.Slider
    broadness: gr.Slider
    colors: gr.Checkbox

    def inputs(self) -> set[Block]:
        """List the components whose values `read` takes."""
        return {self.painting, self.others, self.strength, self.broadness, self.colors, *self.shares}

    def changes(self) -> list[Callable]:
        """List the events at which a visitor has chosen something else."""
        sliders = [slider.release for slider in (self.strength, self.broadness, *self.shares)]
        return [self.painting.input, self.others.input, self.colors.input, *sliders]

    def read(self, values: Values, picture_size: tuple[int, int]) -> StyleOptions:
        """Read the options that the widgets' values make for a picture of this width and height."""
        names = blended(values[self.painting], values[self.others] or [])
        shares = [values[share] for share in self.shares]
        weights = dict(zip(names, shares, strict=False)) if len(names) > 1 else {names[0]: 1.0}
        broadness = values[self.broadness]
        size = None if broadness == 1 else _side(max(picture_size), broadness)
        return StyleOptions(weights, values[self.strength], values[self.colors], size)


def choose_painting(device: str) -> gr.HTML:
    """Lay out the paintings as a radio group, each by the network's own work on a sample photo."""
    paintings = {name: painting_of(name) for name in styles()}
    chosen = [Choice(name, one.title, preview(name, device), str(one)) for name, one in paintings.items()]
    return picture_radio("Painted like", chosen, opening_style(), classes="iris-styles")


def style_widgets(painting: gr.HTML) -> StyleWidgets:
    """Lay out the sliders that belong to a choice of paintings, and wire what they do to each other."""
    titles = [(str(painting_of(name)), name) for name in styles()]
    strength = gr.Slider(0, 1, DEFAULT_STRENGTH, step=0.05, label="Strength")
    with gr.Accordion("Blend, strokes, colours", open=False):
        others = gr.Dropdown(titles, value=[], multiselect=True, max_choices=MOST_BLENDED - 1, label="Blend with")
        shares = [gr.Slider(0, 1, 1, step=0.05, visible=False) for _ in range(MOST_BLENDED)]
        broadness = gr.Slider(FINEST, BROADEST, 1, step=0.5, label="Stroke size")
        colors = gr.Checkbox(label="Keep the colours of the picture")
    for change in (painting.input, others.change):
        on_event(change, partial(_ask_shares, shares), [painting, others], shares, queue=False)
    return StyleWidgets(painting, others, shares, strength, broadness, colors)


def blended(chosen: str, others: Sequence[str]) -> list[str]:
    """Give the styles of a blend in their order, each once."""
    return list(dict.fromkeys((chosen, *others)))


def _ask_shares(shares: Sequence[gr.Slider], first: str, added: list[str]) -> Updates:
    """Show a slider for the share of each style of a blend."""
    asked = blended(first, added) if added else []
    shown = {share: gr.update(visible=False) for share in shares}
    return shown | {
        share: gr.update(visible=len(asked) > 1, label=f"Share of {painting_of(name).title}")
        for share, name in zip(shares, asked, strict=False)
    }


def _side(longest: int, broadness: float) -> int:
    """At how many pixels to paint a picture of this longest side for strokes of this breadth."""
    side = round(min(longest, LONGEST_SIDE) / broadness)
    return max(SMALLEST_SIDE, min(side, max(longest, LONGEST_SIDE)))


def painted_sample(title: str, device: str) -> Path:
    """Give a sample photo in the first painting."""
    options = StyleOptions({opening_style(): 1.0})

    def paint() -> Image.Image:
        return run_to_end(options.steps(open_picture(samples()[title].path), device))

    return kept_picture(f"{title}-{options.name}.webp", MODEL, paint)


def opening_style() -> str:
    """Give the painting that the page opens with: OPENING_STYLE, or the first of a network that lacks it."""
    names = styles()
    return OPENING_STYLE if OPENING_STYLE in names else names[0]
