"""The single gateway to torchvision: what training takes from it."""

from torchvision.transforms import v2 as transforms
from torchvision.transforms.functional import pil_to_tensor

__all__ = ["pil_to_tensor", "transforms"]
