"""Pictures as class probabilities and unit vectors."""
