"""How a picture is enlarged: the widgets for model, detail and width, and what they or a caller of the API ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.settings import Settings
from demo.web.events import Share, Width, checked, listen
from zoo.catalog import CATALOG, ModelEntry, entry
from zoo.errors import BadInput, UnknownModel
from zoo.hub import is_here, pull
from zoo.progress import Progress
from zoo.superres.networks import DEFAULT_MODEL, FIDELITY, PHOTO, SHARP
from zoo.superres.upscale import upscale

TASK = "sr"
SENTENCES = {
    FIDELITY: "Faithful: as near to the truth as it gets, nothing made up",
    SHARP: "Sharp: a little crisper, with detail that is likely rather than certain",
    PHOTO: "Photo: for compressed or noisy photos; blocks and grain go",
}
TIMES = 16  # as many pixels as a picture has in its enlargement; a width may ask for no more than the largest one's


@dataclass(frozen=True)
class Enlargement:
    """What is asked for: a catalog key, 0 (faithful) to 1 (sharp) where it is sharp, and pixels of width or None."""

    key: str
    detail: float | None
    width: int | None

    @property
    def name(self) -> str:
        """What a file enlarged like this is called."""
        return f"{self.width}px" if self.width else "x4"

    def steps(self, picture: Image.Image, settings: Settings) -> Iterator[Progress]:
        """Enlarge a picture, after fetching the model where it is not on this machine."""
        most = TIMES * settings.upscale_pixels
        if self.width and self.width**2 * picture.height / picture.width > most:
            raise BadInput(f"{self.width} pixels wide it has more than {most / 1e6:g} million pixels; ask for less")
        model = entry(self.key)
        if not is_here(model):
            yield Progress(0, 1, note=f"getting {self.key}")
            pull(model)
        yield from upscale(picture, key=self.key, detail=self.detail, width=self.width, device=settings.device)

    def __str__(self) -> str:
        return f"Iris {self.key}" + ("" if self.detail is None else f", detail {self.detail:g}")


@dataclass(frozen=True)
class EnlargementChoice:
    """The widgets of an enlargement."""

    model: gr.Radio
    detail: gr.Slider
    width: gr.Textbox

    def inputs(self) -> list[Block]:
        """The components whose values `read` takes."""
        return [self.model, self.detail, self.width]

    def read(self, values: Sequence[object]) -> Enlargement:
        """The enlargement that the values of `inputs` ask for; the slider counts only where it is shown."""
        model, detail, width = values
        return enlargement(model, detail if model == SHARP else None, width or None)


@checked
def enlargement(model: str, detail: Share | None, width: Width | None) -> Enlargement:
    """The enlargement with these fields; raises UnknownModel for what is no key of a model that enlarges.

    A path to somebody's own weight file is none: what the server reads is not for its visitors to say.
    """
    keys = [known.key for known in CATALOG.values() if known.task == TASK]
    if model not in keys:
        raise UnknownModel(f"no model {model[:80]!r} enlarges; choose one of {', '.join(keys)}")
    return Enlargement(model, detail, width)


def choose_enlargement() -> EnlargementChoice:
    """Lay out the widgets; the slider for detail comes with the sharp model."""
    model = gr.Radio(offered(), value=DEFAULT_MODEL, label="Model", elem_classes="iris-list")
    detail = gr.Slider(
        0, 1, 1, step=0.05, label="Detail", info="0 is Faithful, 1 is Sharp.", visible=DEFAULT_MODEL == SHARP
    )
    width = gr.Textbox(label="Width in pixels", placeholder="blank: exactly four times as wide", max_lines=1)
    listen(model.change, lambda key: gr.update(visible=key == SHARP), model, detail, queue=False)
    return EnlargementChoice(model, detail, width)


def offered() -> list[tuple[str, str]]:
    """The models that enlarge, each with a sentence, and its key; a bundled one that is not trained yet is left out."""
    models = [model for model in CATALOG.values() if model.task == TASK]
    return [(_sentence(model), model.key) for model in models if model.source == "hub" or model.bytes]


def _sentence(model: ModelEntry) -> str:
    if model.key in SENTENCES:
        return SENTENCES[model.key]
    what, _, name = model.title.removeprefix("Four times larger, ").rstrip(")").partition(" (")
    return f"{name}: {what}" + ("" if is_here(model) else " (fetched first)")
