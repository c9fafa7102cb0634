"""How an artwork is taken over: the widgets for the recipe of the optimisation, most of them folded away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block
from pydantic import TypeAdapter, ValidationError

from zoo.errors import BadInput
from zoo.style.config import Recipe
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE

RECIPE = TypeAdapter(Recipe)
STARTS = [("The picture", "photo"), ("Noise", "noise"), ("Blurred noise", "blurred-noise")]
OPTIMIZERS = [("L-BFGS", "lbfgs"), ("Adam", "adam")]
POOLINGS = [("Maximum", "max"), ("Average", "average")]


@dataclass(frozen=True)
class RecipeChoice:
    """The widgets of a recipe, by the names of its fields."""

    size: gr.Slider
    iterations: gr.Slider
    fields: Mapping[str, Block]
    layers: Mapping[str, gr.Slider]

    def inputs(self) -> list[Block]:
        """The components whose values `read` takes."""
        return [self.size, self.iterations, *self.fields.values(), *self.layers.values()]

    def read(self, values: Sequence[object]) -> tuple[int, int, Recipe]:
        """Size, iterations and recipe that the values of `inputs` make."""
        size, iterations, *chosen = values
        layers = dict(zip(self.layers, chosen[len(self.fields) :], strict=True))
        recipe = dict(zip(self.fields, chosen, strict=False)) | {"layer_weights": layers}
        return int(size), int(iterations), recipe_of(recipe)


def choose_recipe() -> RecipeChoice:
    """Lay out the widgets, with the recipe's own defaults."""
    usual = Recipe()
    with gr.Row():
        size = gr.Slider(128, 768, DEFAULT_SIZE, step=64, label="Detail, pixels", min_width=150)
        iterations = gr.Slider(10, 500, DEFAULT_ITERATIONS, step=10, label="Iterations", min_width=150)
    with gr.Row():
        most = 5 * usual.style_weight
        style = gr.Slider(0.1, most, usual.style_weight, step=0.1, label="Style's weight", min_width=150)
        start = gr.Dropdown(STARTS, value=usual.start, label="Start from", filterable=False, min_width=150)
    with gr.Accordion("More", open=False):
        with gr.Row():
            most = 5 * usual.content_weight
            content = gr.Slider(0, most, usual.content_weight, step=0.1, label="Content's weight", min_width=150)
            most = 5 * usual.smoothness
            smooth = gr.Slider(0, most, usual.smoothness, step=0.1, label="Smoothness", min_width=150)
        with gr.Row():
            optimizer = gr.Radio(OPTIMIZERS, value=usual.optimizer, label="Method", min_width=150)
            pooling = gr.Radio(POOLINGS, value=usual.pooling, label="Pooling", min_width=150)
        seed = gr.Number(usual.seed, label="Seed of the noise", precision=0)
        gr.HTML('<p class="iris-label">What counts of the style, from its finest texture to its largest forms</p>')
        with gr.Row(elem_classes="iris-layers"):
            layers = {
                name: gr.Slider(0, 2, weight, step=0.1, label=name, min_width=120)
                for name, weight in usual.layer_weights.items()
            }
    fields = {
        "style_weight": style, "start": start, "content_weight": content, "smoothness": smooth,
        "optimizer": optimizer, "pooling": pooling, "seed": seed,
    }  # fmt: skip
    return RecipeChoice(size, iterations, fields, layers)


def recipe_of(fields: Mapping[str, object]) -> Recipe:
    """The recipe with these fields; raises BadInput that names the one that is wrong."""
    unknown = set(fields) - set(Recipe.__dataclass_fields__)
    if unknown:
        raise BadInput(f"a recipe has no {min(unknown)[:80]!r}; it has {', '.join(Recipe.__dataclass_fields__)}")
    try:
        return RECIPE.validate_python(dict(fields))
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadInput(f"{fault['loc'][0]} cannot be used: {fault['msg'].lower()}") from error
