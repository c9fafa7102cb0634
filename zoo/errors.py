"""What can go wrong for a user: each error is one sentence saying what was seen, what was expected and what to do."""


class IrisError(Exception):
    """A failure that a surface (page, API, command line) shows as its one sentence."""

    exit_code = 1


class BadInput(IrisError):
    """Something the user gave cannot be used; nothing was changed."""

    exit_code = 2


class BadPicture(BadInput):
    """A file that is no picture, is damaged, or is larger than the limits."""


class UnknownModel(BadInput):
    """A model key that the catalog does not have."""


class WeightsMissing(IrisError):
    """A weight file is not on this machine and could not be fetched."""


class WeightsRefused(IrisError):
    """A weight file is not the one the catalog names: its size, hash or contents differ."""
