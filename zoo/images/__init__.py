"""Pictures as files, pixels and tensors."""
