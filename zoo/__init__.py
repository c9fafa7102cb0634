"""The image models: style transfer, super-resolution and pictures as vectors in word space."""

__version__ = "0.5.0"  # the only place; CHANGELOG.md tells what it brought
