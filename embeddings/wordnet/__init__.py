"""WordNet's nouns."""
