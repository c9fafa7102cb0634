"""Public word vectors in the bundled space."""
