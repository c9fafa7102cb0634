"""Plain style transfer by optimisation with VGG-19 itself (Gatys et al. 2015), to stand beside what is bundled.

Gram matrices at relu1_1 ... relu5_1, content at relu4_2, from the photo, at one size. It differs from the paper
(https://arxiv.org/abs/1508.06576) in relative errors and in maximum pooling.
"""

import torch
from PIL import Image
from torch import Tensor

from zoo.images.tensors import to_picture
from zoo.nets.perceptual import gram_matrix, relative_error, texture
from zoo.nets.vgg19 import VGG19
from zoo.precision import autocast
from zoo.style.lbfgs import BoundedLBFGS

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT = "relu4_2"
STYLE_WEIGHT = 10.0


def paint_by_gatys(vgg: VGG19, photo: Tensor, painting: Tensor, iterations: int) -> Image.Image:
    """Repaint a photo after a painting, both image tensors (1, 3, H, W)."""
    with torch.no_grad(), autocast():
        content = vgg(photo, [CONTENT])[CONTENT].float()
        wanted = {name: gram_matrix(texture(f)) for name, f in vgg(painting, LAYERS).items()}
    image = photo.clone().requires_grad_()
    optimizer = BoundedLBFGS(image)

    def closure() -> Tensor:
        image.grad = None
        with autocast():
            found = vgg(image, [*LAYERS, CONTENT])
            grams = {name: gram_matrix(texture(found[name])) for name in LAYERS}
        loss = relative_error(found[CONTENT].float(), content).sum()
        for name, gram in grams.items():
            loss = loss + STYLE_WEIGHT * relative_error(gram, wanted[name]).sum()
        loss.backward()
        return loss

    for _ in range(iterations):
        optimizer.step(closure)
    return to_picture(image.detach())
