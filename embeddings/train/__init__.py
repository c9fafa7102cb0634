"""Training of the word vectors; nothing that serves users imports it."""
