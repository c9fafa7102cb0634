"""Public word vectors on the Hugging Face Hub: what is known of each, and which of their files are pinned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from embeddings.errors import BadQuery
from embeddings.library.collection import cache_folder


@dataclass(frozen=True)
class HubVectors:
    """Word vectors of gensim's KeyedVectors on the hub; the first file holds the words, the second the matrix.

    `revision` and `sha256` (file to hash) are pinned only where a public project states them; what is not pinned is
    noted at the first fetch, and another file is refused from then on.
    """

    key: str
    repo: str
    dimension: int
    count: int
    licence: str
    training_data: str
    revision: str = "main"
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, str]:
        name = self.repo.partition("/")[2]
        return f"{name}.model", f"{name}.model.vectors.npy"

    @property
    def note(self) -> Path:
        """Where the hashes of the first fetch are kept."""
        return cache_folder() / "vectors" / f"{self.key}.json"


def _glove(dimension: int, revision: str = "main", sha256: tuple[str, ...] = ()) -> HubVectors:
    repo = f"fse/glove-wiki-gigaword-{dimension}"
    names = HubVectors("", repo, 0, 0, "", "").files
    return HubVectors(
        f"words.glove-{dimension}", repo, dimension, 400_000, "PDDL 1.0", "Wikipedia 2014 and Gigaword 5, 6 G tokens",
        revision, MappingProxyType(dict(zip(names, sha256, strict=False))),
    )  # fmt: skip


# Nothing here could be fetched while this was written. The revision of google-news and of glove-100, the hashes of
# glove-100 and of glove-300 are those that public projects state which use these files.
_ENTRIES = (
    HubVectors(
        key="words.google-news-300",
        repo="fse/word2vec-google-news-300",
        dimension=300,
        count=3_000_000,
        licence="Apache-2.0",
        training_data="Google News, about 100 G tokens",
        revision="528f381952a0b7d777bb4a611c4a43f588d48994",
    ),
    _glove(50),
    _glove(
        100,
        "3282d5e7c5e979c2411ba9703d63a46243a2047e",
        (
            "e21d1bd8eb25e315b64308187a44f813d6b59bbfbe9633ad6cd504753c20d791",
            "58620c9e3f3f70214133cdc5899b9553443198a27d320c34a1b39341e1908c67",
        ),
    ),
    _glove(200),
    _glove(
        300,
        sha256=(
            "05e50b69f0722ca06b91edba82e043b0e35e1af81c6d94a2e6d90c4d674f2c9c",
            "20dfb1f44719e2d934bfee5d39a6ffb4f248bae2a00a0d59f953ab7d0a39c879",
        ),
    ),
)
CATALOG: Mapping[str, HubVectors] = MappingProxyType({entry.key: entry for entry in _ENTRIES})


def entry(key: str) -> HubVectors:
    """The entry of a key; raises BadQuery with the nearest key."""
    if key in CATALOG:
        return CATALOG[key]
    near = get_close_matches(key, CATALOG, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(CATALOG)}"
    raise BadQuery(f"no word vectors {key[:80]!r}; {hint}")
