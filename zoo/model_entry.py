"""What is known of a model before it is there: one frozen entry, of which nothing is imported or fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

CARDS = Path(__file__).parent / "cards"


@dataclass(frozen=True)
class PinnedFile:
    """One file of an entry: which bytes it must have. `bytes` is 0 and `sha256` empty where nobody states them."""

    name: str
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model; `network` is what builds it from the metadata of the weight file, by its name in `zoo.loading`.

    There is no network where the weights themselves say which they are of (`zoo.third_party`). `bytes` is 0 where a
    bundled model has not been trained yet, or where nobody says exactly how long a file of the hub is: its hash pins
    it. `repo` and `revision` (40 hex digits) say where on the hub a file lies. `sharper` is the key of a network that
    invents more detail; it has the shape of this one, for interpolation between their weights, or that of the network
    `interpolated`, which then stands for this one.
    """

    key: str
    title: str
    filename: str
    licence: str
    paper: str
    training_data: str
    preprocessing: str
    network: str | None = None
    source: Literal["bundled", "hub"] = "hub"
    bytes: int = 0
    sha256: str = ""
    repo: str = ""
    revision: str = ""
    sharper: str = ""
    interpolated: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def task(self) -> str:
        return self.key.partition(".")[0]

    @property
    def card(self) -> Path:
        return CARDS / f"{self.key}.md"

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        return (PinnedFile(self.filename, self.bytes, self.sha256),)


@dataclass(frozen=True, kw_only=True)
class WordVectors(ModelEntry):
    """Word vectors of gensim's KeyedVectors on the hub: `count` words of `dimension` numbers.

    The first file holds the words, the second, of `matrix_sha256`, the matrix. Revision and hashes are pinned only
    where a public project states them; what is not pinned is noted at the first fetch, and another file is refused
    from then on.
    """

    dimension: int
    count: int
    matrix_sha256: str = ""

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        return *super().files, PinnedFile(f"{self.filename}.vectors.npy", 0, self.matrix_sha256)
