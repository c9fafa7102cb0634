"""The errors of words and search; each message says what was seen, what was expected and what to do."""

from collections.abc import Sequence


class EmbeddingsError(Exception):
    """Something failed although the request was sound."""

    exit_code = 1


class BadQuery(EmbeddingsError):
    """The request itself cannot be served."""

    exit_code = 2


class UnknownWord(BadQuery):
    """A word that has no vector; `suggestions` are the nearest spellings that have one."""

    def __init__(self, word: str, suggestions: Sequence[str] = ()) -> None:
        self.word = word
        self.suggestions = list(suggestions)
        hint = f"; did you mean {' or '.join(self.suggestions)}?" if suggestions else "; try a more common word"
        super().__init__(f'no word "{word}"{hint}')


class IndexRefused(EmbeddingsError):
    """An index that is damaged, or that belongs to other vectors."""


class VectorsMissing(EmbeddingsError):
    """Public word vectors that are not on this machine; the message has the command that fetches them."""


class VectorsRefused(EmbeddingsError):
    """A file of word vectors that is damaged, or that is not the one it should be."""
