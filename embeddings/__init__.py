"""Words, vectors and search: nouns and pictures in one space."""
