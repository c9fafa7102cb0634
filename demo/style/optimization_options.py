"""How an artwork is taken over: one choice of quality, and the widgets of the optimisation, folded away."""

from collections.abc import Mapping
from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block
from pydantic import TypeAdapter, ValidationError

from demo.web.events import Values, on_event
from zoo.errors import BadInput
from zoo.style.config import DEFAULT_ITERATIONS, DEFAULT_SIZE, Recipe

RECIPE = TypeAdapter(Recipe)
STARTS = [("One pass", "one-pass"), ("The picture", "photo"), ("Noise", "noise"), ("Blurred noise", "blurred-noise")]
OPTIMIZERS = [("L-BFGS", "lbfgs"), ("Adam", "adam")]
POOLINGS = [("Maximum", "max"), ("Average", "average")]

QUALITIES = {  # size, iterations, whether to paint on up to the full size
    "Quick": (256, 40, False),
    "Good": (DEFAULT_SIZE, DEFAULT_ITERATIONS, False),
    "Finest": (640, 300, True),
}
USUAL_QUALITY = "Good"
LARGEST = 20.0  # weight of what usually has none


@dataclass(frozen=True)
class OptimizationOptions:
    """At how many pixels to optimise, in how many iterations, whether on up to the full size, and how."""

    size: int
    iterations: int
    full_size: bool
    recipe: Recipe


@dataclass(frozen=True)
class OptimizationWidgets:
    """The widgets of an optimisation, by the names of its fields."""

    size: gr.Slider
    iterations: gr.Slider
    full_size: gr.Checkbox
    fields: Mapping[str, Block]
    layers: Mapping[str, gr.Slider]

    def inputs(self) -> set[Block]:
        """List the components whose values `read` takes."""
        return {self.size, self.iterations, self.full_size, *self.fields.values(), *self.layers.values()}

    def read(self, values: Values) -> OptimizationOptions:
        """Read the options that the widgets' values make; raises BadInput for one that is out of range."""
        layers = {name: values[slider] for name, slider in self.layers.items()}
        fields = {name: values[widget] for name, widget in self.fields.items()} | {"layer_weights": layers}
        size, iterations = int(values[self.size]), int(values[self.iterations])
        return OptimizationOptions(size, iterations, bool(values[self.full_size]), recipe_of(fields))


def choose_quality() -> gr.Radio:
    """Lay out how finely to paint, the one choice that most need."""
    return gr.Radio(list(QUALITIES), value=USUAL_QUALITY, label="How finely", elem_classes="iris-short")


def optimization_widgets(quality: gr.Radio) -> OptimizationWidgets:
    """Lay out the widgets, folded away, with the recipe's own defaults; a quality sets size and iterations."""
    usual = Recipe()
    with gr.Accordion("How it is optimised", open=False):
        with gr.Row():
            size = gr.Slider(128, 768, DEFAULT_SIZE, step=64, label="Detail, pixels", min_width=150)
            iterations = gr.Slider(10, 500, DEFAULT_ITERATIONS, step=10, label="Iterations", min_width=150)
        full_size = gr.Checkbox(label="Paint on up to the picture's full size (minutes)")
        fields = _weights(usual) | _method(usual)
        gr.HTML('<p class="iris-label">What counts of the style, from its finest texture to its largest forms</p>')
        with gr.Row(elem_classes="iris-layers"):
            layers = {
                name: gr.Slider(0, 2, weight, step=0.1, label=name, min_width=120)
                for name, weight in usual.layer_weights.items()
            }
    on_event(quality.input, lambda name: QUALITIES[name], quality, [size, iterations, full_size], queue=False)
    return OptimizationWidgets(size, iterations, full_size, fields, layers)


def _weights(usual: Recipe) -> dict[str, Block]:
    """Sliders for what weighs how much, each up to five times the usual, and where that is none, to LARGEST."""
    labels = {"style_weight": "Style's weight", "content_weight": "Content's weight", "smoothness": "Smoothness"}
    with gr.Row():
        return {
            name: gr.Slider(
                0.1 if name == "style_weight" else 0, 5 * getattr(usual, name) or LARGEST, getattr(usual, name),
                step=0.1, label=label, min_width=150,
            )
            for name, label in labels.items()
        }  # fmt: skip


def _method(usual: Recipe) -> dict[str, Block]:
    """Choose where an optimisation starts, and how it goes on."""
    with gr.Row():
        start = gr.Dropdown(STARTS, value=usual.start, label="Start from", filterable=False, min_width=150)
        seed = gr.Number(usual.seed, label="Seed of the noise", precision=0, min_width=150)
    with gr.Row():
        optimizer = gr.Radio(OPTIMIZERS, value=usual.optimizer, label="Method", min_width=150)
        pooling = gr.Radio(POOLINGS, value=usual.pooling, label="Pooling", min_width=150)
    return {"start": start, "seed": seed, "optimizer": optimizer, "pooling": pooling}


def recipe_of(fields: Mapping[str, object]) -> Recipe:
    """Give the recipe with these fields; raises BadInput that names the one that is wrong."""
    unknown = set(fields) - set(Recipe.__dataclass_fields__)
    if unknown:
        raise BadInput(f"a recipe has no {min(unknown)[:80]!r}; it has {', '.join(Recipe.__dataclass_fields__)}")
    try:
        return RECIPE.validate_python(dict(fields))
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadInput(f"{fault['loc'][0]} cannot be used: {fault['msg'].lower()}") from error
