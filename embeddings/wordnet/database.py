"""Reads WordNet 3.0's own database files, where a WordNet is installed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import IrisError

PLACES = (
    Path("/usr/share/wordnet"),
    Path("/usr/local/WordNet-3.0/dict"),
    Path.home() / "nltk_data/corpora/wordnet",
    Path("/usr/share/nltk_data/corpora/wordnet"),
)


@dataclass(frozen=True)
class NounRecord:
    """One line of data.noun without its definition."""

    id: str
    lemmas: list[str]
    parents: list[str]


def installed() -> Path | None:
    """Give the folder of an installed WordNet 3.0 ($WNSEARCHDIR first), or None."""
    folders = [Path(os.environ["WNSEARCHDIR"])] if "WNSEARCHDIR" in os.environ else []
    return next((folder for folder in (*folders, *PLACES) if (folder / "data.noun").is_file()), None)


def folder() -> Path:
    """Give the folder of an installed WordNet 3.0, or an error that says how to get one."""
    found = installed()
    if found is None:
        raise IrisError("no WordNet 3.0 found; install Debian's wordnet-base or set WNSEARCHDIR to a dict folder")
    return found


def read_nouns(wordnet: Path) -> Iterator[NounRecord]:
    """Read all noun synsets in file order: lemmas, and parents by hypernym and instance hypernym."""
    with (wordnet / "data.noun").open(encoding="latin-1") as lines:
        for line in lines:
            if line.startswith("  "):  # the licence
                continue
            fields = line.partition(" | ")[0].split()
            count = int(fields[3], 16)
            pointers = fields[5 + 2 * count :]
            parents = [pointers[i + 1] for i in range(0, len(pointers), 4) if pointers[i] in ("@", "@i")]
            yield NounRecord("n" + fields[0], fields[4 : 4 + 2 * count : 2], ["n" + parent for parent in parents])


def read_senses(wordnet: Path) -> dict[tuple[str, str], int]:
    """Read the rank, from 1, of a synset among a lemma's senses: (lemma in lower case, synset id) -> rank."""
    ranks = {}
    with (wordnet / "index.noun").open(encoding="latin-1") as lines:
        for line in lines:
            if not line.startswith("  "):
                fields = line.split()
                for rank, offset in enumerate(fields[-int(fields[2]) :], start=1):
                    ranks[fields[0], "n" + offset] = rank
    return ranks


def read_plurals(wordnet: Path) -> dict[str, str]:
    """Irregular plurals of single words: "leaves" -> "leaf"."""
    pairs = (line.split()[:2] for line in (wordnet / "noun.exc").read_text(encoding="latin-1").splitlines())
    return {plural: singular for plural, singular in pairs if "_" not in plural}


def gloss_of(id: str) -> str | None:
    """Give a synset's definition from an installed WordNet, or None; an id is the byte offset of its line."""
    wordnet = installed()
    if wordnet is None:
        return None
    with (wordnet / "data.noun").open("rb") as file:
        file.seek(int(id[1:]))
        line = file.readline().decode("latin-1")
    return line.partition(" | ")[2].strip() or None if line.startswith(id[1:]) else None
