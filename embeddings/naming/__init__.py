"""A picture's nouns, from class probabilities."""
