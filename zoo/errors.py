"""What can go wrong for a user: each error is one sentence saying what was seen, what was expected and what to do."""

from collections.abc import Sequence


class IrisError(Exception):
    """A failure that a surface (page, API, command line) shows as its one sentence."""

    exit_code = 1


class BadInput(IrisError):
    """Something the user gave cannot be used; nothing was changed."""

    exit_code = 2


class BadPicture(BadInput):
    """A file that is no picture, is damaged, or is larger than the limits."""


class BadQuery(BadInput):
    """A request to words or search that cannot be served."""


class UnknownWord(BadQuery):
    """A word that has no vector; `suggestions` are the nearest spellings that have one."""

    def __init__(self, word: str, suggestions: Sequence[str] = ()) -> None:
        self.word = word
        self.suggestions = list(suggestions)
        likely = f"did you mean {' or '.join(self.suggestions)}?" if suggestions else "try a more common word;"
        hint = f"; {likely} only English words are read"
        super().__init__(f'no word "{word}"{hint}')


class UnknownModel(BadInput):
    """A key that the catalog does not have."""


class Missing(IrisError):
    """A file that is needed is not on this machine and could not be fetched."""


class Refused(IrisError):
    """A file is damaged, or not the one that it should be: its size, hash, contents or origin differ."""
