"""What is kept of the files of a library, and what the library belongs to."""

from dataclasses import dataclass

from embeddings.results import EncodedPicture
from zoo.bulk.address import Place
from zoo.listing import ListedFile


@dataclass(frozen=True)
class About:
    """What a library belongs to; vectors of different models or words are never compared."""

    folder: Place  # or zip
    model: str  # key and weights
    words: str  # sha256 of the noun vectors
    dimension: int
    classes: tuple[str, ...] = ()  # synset ids that the model knows


@dataclass(frozen=True)
class ChangedFile:
    """A listed file that is new, or has another size or version than when it was read."""

    file: ListedFile
    known: tuple[int, bytes] | None  # size and sha256 of before; None for a new one


@dataclass(frozen=True)
class FileRecord:
    """What is kept of a file: its picture's vector and fingerprint, or the reason why it cannot be read."""

    file: ListedFile
    sha256: bytes
    image: EncodedPicture | None
    reason: str | None = None
