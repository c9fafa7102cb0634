"""Pictures to unit vectors in word space: an ImageNet network and a map to word vectors.

The map replaces the classifier as in DeViSE (Frome et al. 2013), but it is not linear: a softmax over concepts, each of
which is a point in word space, as in ConSE (Norouzi et al. 2014), here trained with the rest; a linear map into a few
hundred dimensions cannot hold a thousand classes apart.
"""

from collections.abc import Mapping
from types import MappingProxyType

import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.backbones import CLASSES, DEFAULT_BACKBONE, body_of


class PictureEncoder(nn.Module):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to unit vectors (N, dimension) in word space."""

    metadata: Mapping[str, str] = MappingProxyType({})  # of its weight file

    def __init__(self, dimension: int, concepts: int = CLASSES, *, backbone: str = DEFAULT_BACKBONE) -> None:
        super().__init__()
        self.body = body_of(backbone)
        self.concepts = nn.Linear(self.body.width, concepts)
        self.words = nn.Linear(concepts, dimension, bias=False)  # one point in word space a concept

    def forward(self, x: Tensor) -> Tensor:
        return self.embed(self.class_probabilities(x))

    def class_probabilities(self, x: Tensor) -> Tensor:
        """Classify pictures: the probability of each concept, (N, concepts), rows that sum to 1."""
        return self.concepts(self.body(x)).softmax(1)

    def embed(self, class_probabilities: Tensor) -> Tensor:
        """Map class probabilities to unit vectors (N, dimension)."""
        return F.normalize(self.words(class_probabilities))
