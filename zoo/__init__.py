"""The image models: style transfer, super-resolution and pictures as vectors in word space."""
