"""The Find tab."""
