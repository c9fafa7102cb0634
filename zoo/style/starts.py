"""What an optimisation starts from: what one pass paints, the photo in the artwork's colours, or noise."""

import torch
from torch import Tensor

from zoo.images.tensors import to_picture, to_tensor
from zoo.nets.perceptual import texture
from zoo.progress import run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.config import Recipe
from zoo.style.scales import resized

NOISE = 0.02  # standard deviation of what is added to the photo at the start
LEAST_VARIANCE = 3e-4  # of colours, so that a grey photo's specks of colour stay specks
GREY, CONTRAST = 0.5, 0.2  # mean and standard deviation of a start from noise
BLUR = 8  # pixels from one value of blurred noise to the next


def start_from(content: Tensor, style: Tensor, recipe: Recipe) -> Tensor:
    """Give the image tensor that a recipe starts from, of the content's shape.

    A photo is painted in one pass, or taken into the artwork's colours, as far as the style outweighs the content.
    """
    share = recipe.style_weight / (recipe.style_weight + recipe.content_weight)
    if recipe.start == "one-pass":
        painted = run_to_end(stylize_like(to_picture(content), to_picture(style), device=str(content.device)))
        return content.lerp(to_tensor(painted).to(content.device), share)
    generator = torch.Generator().manual_seed(recipe.seed)
    height, width = content.shape[2:]
    if recipe.start == "photo":
        noise = torch.randn(content.shape, generator=generator).to(content.device)
        return (content.lerp(in_colors_like(content, style), share) + NOISE * noise).clamp(0, 1)
    cell = BLUR if recipe.start == "blurred-noise" else 1
    noise = torch.randn((1, 3, -(-height // cell), -(-width // cell)), generator=generator).to(content.device)
    return (GREY + CONTRAST * resized(noise, content.shape[2:])).clamp(0, 1)


def in_colors_like(image: Tensor, style: Tensor) -> Tensor:
    """Give an image tensor the mean and the covariance of another's colours, moving each as little as can be.

    The Monge-Kantorovich map between two normal distributions (Pitie and Kokaram 2007).
    """
    (mean, covariance), (wanted, wanted_covariance) = (texture(part.double().cpu()) for part in (image, style))
    uneven = covariance[0] + LEAST_VARIANCE * torch.eye(3, dtype=torch.double)
    root, back = _power(uneven, 0.5), _power(uneven, -0.5)
    map_ = (back @ _power(root @ wanted_covariance[0] @ root, 0.5) @ back).to(image)
    moved = torch.einsum("ij,njhw->nihw", map_, image - mean.to(image)[..., None, None])
    return moved + wanted.to(image)[..., None, None]


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    """Raise a symmetric matrix without negative eigenvalues to a power."""
    values, vectors = torch.linalg.eigh(symmetric)
    return vectors * values.clamp_min(1e-12) ** exponent @ vectors.mT
