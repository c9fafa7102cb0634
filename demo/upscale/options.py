"""How a picture is enlarged: the widgets for model, detail and width, and what they or a caller of the API ask for."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Annotated

import gradio as gr
from gradio.blocks import Block
from PIL import Image
from pydantic import Field

from demo.settings import Settings
from demo.web.engine import run_job
from demo.web.events import Scale, Values, Width, on_event, validate_arguments
from zoo.catalog import CATALOG, entry
from zoo.errors import BadInput, UnknownModel
from zoo.hub import is_here
from zoo.model_entry import ModelEntry
from zoo.progress import Progress
from zoo.superres.input_quality import InputQuality
from zoo.superres.networks import AUTOMATIC, DEFAULT_DETAIL, FIDELITY, MOST_DETAIL, PHOTO, variants
from zoo.superres.upscale import SCALE, SCALES, enlarged_size, fetch_and_upscale

TASK = "sr"
CHOOSING = "Automatic: chosen by how clean your picture is"
BY_WIDTH, USUAL_WIDTH = "width", 1920
PIXELS_GAINED = SCALE**2  # a width may ask for no more than an enlargement of the largest picture has

Detail = Annotated[float, Field(ge=0, le=MOST_DETAIL)]


@dataclass(frozen=True)
class UpscaleOptions:
    """What is asked for: a catalog key, 0 (true) to 2 (crisp) where it has sharp variants, pixels of width or a scale.

    None is for what `upscale` itself chooses; the key AUTOMATIC leaves the choice of the networks to the picture.
    """

    key: str
    detail: float | None
    width: int | None
    scale: int | None = None
    self_ensemble: bool = False

    @property
    def name(self) -> str:
        """What a file enlarged like this is called."""
        return f"{self.width}px" if self.width else f"x{self.scale or SCALE}"

    def size_of(self, picture: Image.Image) -> tuple[int, int]:
        """Give the width and height that a picture will have."""
        return enlarged_size(picture.size, scale=self.scale, width=self.width)

    def steps(
        self, picture: Image.Image, settings: Settings, quality: InputQuality | None = None
    ) -> Generator[Progress]:
        """Enlarge a picture, after fetching the model where that is allowed; raises BadInput for too large a result.

        `quality` is what `measure_quality` tells of it, where that is known.
        """
        most, (width, height) = PIXELS_GAINED * settings.upscale_pixels, self.size_of(picture)
        if width * height > most:
            raise BadInput(f"{width} x {height} pixels are more than {most / 1e6:g} million; ask for a smaller width")
        yield from run_job(
            fetch_and_upscale, picture, may_fetch=settings.allow_pull, key=self.key, detail=self.detail,
            scale=self.scale, width=self.width, self_ensemble=self.self_ensemble, quality=quality,
            device=settings.device,
        )  # fmt: skip

    def __str__(self) -> str:
        detail = "" if self.detail is None else f", detail {self.detail:g}"
        return f"Iris {self.key}{detail}" + (", self-ensemble" if self.self_ensemble else "")


@dataclass(frozen=True)
class UpscaleWidgets:
    """The widgets of an enlargement."""

    model: gr.Radio
    size: gr.Radio
    width: gr.Number
    detail: gr.Slider
    self_ensemble: gr.Checkbox

    def inputs(self) -> set[Block]:
        """List the components whose values `read` takes."""
        return {self.model, self.size, self.width, self.detail, self.self_ensemble}

    def changes(self) -> list[Callable]:
        """List the events at which a visitor has chosen something else."""
        return [
            self.model.input, self.size.input, self.width.change, self.detail.release, self.self_ensemble.input,
        ]  # fmt: skip

    def read(self, values: Values) -> UpscaleOptions:
        """Read the options from the widgets' values; the slider and the width count only where they are shown.

        Raises BadInput where a width is asked for and none is given.
        """
        model, size = values[self.model], values[self.size]
        detail = values[self.detail] if has_detail(model) else None
        if size == BY_WIDTH and not values[self.width]:
            raise BadInput("there is no width yet; type one, or choose how many times as large")
        width, scale = (values[self.width], None) if size == BY_WIDTH else (None, size)
        return read_options(model, detail, width, scale, self_ensemble=values[self.self_ensemble])


@validate_arguments
def read_options(
    model: str | None,
    detail: Detail | None,
    width: Width | None,
    scale: Scale | None = None,
    *,
    self_ensemble: bool = False,
) -> UpscaleOptions:
    """Make the options with these fields; raises UnknownModel for what is no key of a model that enlarges.

    A path to somebody's own weight file is none: what the server reads is not for its visitors to say.
    """
    keys = [AUTOMATIC, *(known.key for known in CATALOG.values() if known.task == TASK)]
    if model is not None and model not in keys:
        raise UnknownModel(f"no model {model[:80]!r} enlarges; choose one of {', '.join(keys)}")
    return UpscaleOptions(model or AUTOMATIC, detail, width, scale, self_ensemble)


def upscale_widgets(settings: Settings) -> UpscaleWidgets:
    """Lay out the models that this server offers, how large the result is to be, and the detail of the sharp model."""
    model = gr.Radio(offered(settings), value=AUTOMATIC, label="Model", elem_classes="iris-list")
    sizes = [(f"{scale}\u00d7", scale) for scale in SCALES] + [("To a width", BY_WIDTH)]
    size = gr.Radio(sizes, value=SCALE, label="How large", elem_classes="iris-short")
    width = gr.Number(USUAL_WIDTH, label="Width in pixels", precision=0, minimum=1, visible=False)
    detail = gr.Slider(
        0, MOST_DETAIL, DEFAULT_DETAIL, step=0.05, label="Detail", visible=has_detail(AUTOMATIC), render=False,
        info="0 is true to your picture, 1 as sharp as it may have been, 2 crisper than it was.",
    )  # fmt: skip
    self_ensemble = gr.Checkbox(
        label="Self-ensemble", render=False,
        info="The mean of eight turned and mirrored passes: a little truer, eight times as long.",
    )  # fmt: skip
    on_event(model.change, lambda key: gr.update(visible=has_detail(key)), model, detail, queue=False)
    on_event(size.change, lambda chosen: gr.update(visible=chosen == BY_WIDTH), size, width, queue=False)
    return UpscaleWidgets(model, size, width, detail, self_ensemble)


def offered(settings: Settings) -> list[tuple[str, str]]:
    """List what enlarges, each with a sentence, and its key: the default first, only what can be used."""
    models = [model for model in CATALOG.values() if model.task == TASK and _usable(model, settings)]
    by_slider = {key for model in models if has_detail(model.key) for key in (model.sharper, model.interpolated)}
    models = [model for model in models if model.key not in by_slider]
    models.sort(key=lambda model: model.key != PHOTO)
    return [(CHOOSING, AUTOMATIC), *((_sentence(model), model.key) for model in models)]


def name_of(model: ModelEntry) -> str:
    """Give a model's name in words: what its title says in brackets, or the middle of its key."""
    _, _, name = model.title.rstrip(")").partition(" (")
    return name or model.key.partition(".")[2].removesuffix(f"-x{SCALE}").capitalize()


def has_detail(key: object) -> bool:
    """Tell whether a model has sharp variants, and all are here, so that a slider may go through them."""
    if key == AUTOMATIC:
        return has_detail(FIDELITY) and has_detail(PHOTO)
    three = variants(key) if isinstance(key, str) else None
    needed = [] if three is None else [*three, entry(three[0]).interpolated]
    return bool(needed) and all(is_here(entry(name)) for name in needed if name)


def _usable(model: ModelEntry, settings: Settings) -> bool:
    """Tell whether a bundled model is trained, and one of the hub here or allowed to be fetched."""
    return model.bytes > 0 if model.source == "bundled" else settings.allow_pull or is_here(model)


def _sentence(model: ModelEntry) -> str:
    what = model.title.partition(" (")[0].removeprefix("Four times larger, ")
    return f"{name_of(model)}: {what}" + ("" if model.source == "bundled" or is_here(model) else " (fetched first)")
