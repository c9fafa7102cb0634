"""What one-pass painting is trained by: VGG-19's judgement of content and style, and what keeps pixels in range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from zoo.nets.perceptual import (
    CONTENT_LAYER,
    Texture,
    gram_matrix,
    relative_error,
    style_error,
    texture,
    total_variation,
)

STYLE_WEIGHTS: Mapping[str, float] = {"relu1_1": 1.0, "relu2_1": 1.0, "relu3_1": 1.0, "relu4_1": 1.0, "relu5_1": 0.5}
GRAM_WEIGHTS: Mapping[str, float] = dict.fromkeys(("relu1_2", "relu2_2", "relu3_3", "relu4_3"), 0.5)  # Johnson's

Textures = Mapping[str, Texture]  # layer name -> one row a painting


class Extractor(Protocol):
    """A feature network: activations by name of images (N, 3, H, W) in 0..1."""

    def __call__(self, images: Tensor, names: Sequence[str], /) -> dict[str, Tensor]: ...


@dataclass(frozen=True)
class Judgement:
    """Losses of painted images, one number an item (N,) each."""

    content: Tensor
    style: Tensor
    variation: Tensor
    out_of_range: Tensor

    def total(self, content_weight: Tensor | float, style_weight: Tensor | float) -> Tensor:
        """Weigh the losses into one number."""
        weighed = content_weight * self.content + style_weight * self.style
        return (weighed + 0.5 * self.variation + 5 * self.out_of_range).mean()

    def cut(self, content: float, style: float) -> "Judgement":
        """Hold the errors to at most so much."""
        return replace(self, content=self.content.clamp(max=content), style=self.style.clamp(max=style))


class PaintingLoss:
    """Judge painted images by an extractor: relative errors against the photo and against a painting's textures.

    With `only_first` the extractor has each block's first layer alone, and Johnson's Gram matrices are left out.
    """

    def __init__(self, extractor: Extractor, *, only_first: bool = False) -> None:
        self.extractor = extractor
        self.grams = {} if only_first else GRAM_WEIGHTS
        self.layers = [*STYLE_WEIGHTS, *self.grams]

    @torch.no_grad()
    def textures(self, paintings: Tensor) -> Textures:
        """Compute the textures of paintings (N, 3, H, W)."""
        return {name: texture(found) for name, found in self.extractor(paintings, self.layers).items()}

    def __call__(self, painted: Tensor, photos: Tensor, wanted: Textures, usual: Textures | None = None) -> Judgement:
        """Judge images (N, 3, H, W) painted from photos; `usual` are textures of many artworks, see relative_error."""
        with torch.no_grad():
            content = self.extractor(photos, [CONTENT_LAYER])[CONTENT_LAYER].float()
        found = self.extractor(painted, self.layers)
        style = torch.zeros(len(painted), device=painted.device)
        for name, weight in STYLE_WEIGHTS.items():
            style = style + weight * style_error(
                texture(found[name]), wanted[name], None if usual is None else usual[name]
            )
        for name, weight in self.grams.items():
            value, target = gram_matrix(texture(found[name])), gram_matrix(wanted[name])
            floor = None if usual is None else gram_matrix(usual[name])
            style = style + weight * relative_error(value, target, floor)
        return Judgement(
            relative_error(found[CONTENT_LAYER].float(), content),
            style,
            total_variation(painted),
            (painted - painted.clamp(0, 1)).abs().mean((1, 2, 3)),
        )
