"""What measures words, nouns and answers; nothing that serves imports it."""
