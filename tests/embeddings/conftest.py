"""A tiny WordNet and a tiny corpus, made by the tests themselves."""

from collections.abc import Callable
from pathlib import Path

import pytest

# name: lemmas, parents, definition
SYNSETS = {
    "entity": (["entity"], [], "that which is"),
    "object": (["object"], ["entity"], "a thing that can be touched"),
    "animal": (["animal", "beast"], ["object"], "a living thing that moves"),
    "dog": (["dog", "domestic_dog"], ["animal"], "an animal that barks"),
    "retriever": (["golden_retriever"], ["dog"], "a dog with a golden coat"),
    "qualux": (["qualux"], ["dog"], "a dog that no text names"),
    "bird": (["bird"], ["animal"], "an animal that flies"),
    "crane_bird": (["crane"], ["bird"], "a tall bird"),
    "machine": (["machine"], ["object"], "a thing that works"),
    "crane_machine": (["crane"], ["machine"], "a machine that lifts"),
    "guide": (["guide_dog", "seeing_eye_dog"], ["dog", "machine"], "a dog at work"),
}


def write_wordnet(folder: Path) -> dict[str, str]:
    """Write SYNSETS as WordNet's database files; return their ids by name."""
    lines: dict[str, str] = {}
    offsets, position = {}, 0
    for name, (lemmas, parents, gloss) in SYNSETS.items():
        offsets[name] = f"{position:08}"
        words = " ".join(f"{lemma} 0" for lemma in lemmas)
        pointers = " ".join(f"@ {offsets[parent]} n 0000" for parent in parents)
        lines[name] = f"{offsets[name]} 05 n {len(lemmas):02x} {words} {len(parents):03} {pointers} | {gloss}  \n"
        position += len(lines[name])
    (folder / "data.noun").write_text("".join(lines.values()))
    senses: dict[str, list[str]] = {}
    for name, (lemmas, _, _) in SYNSETS.items():
        for lemma in lemmas:
            senses.setdefault(lemma, []).append(offsets[name])
    index = (f"{lemma} n {len(ids)} 1 @ {len(ids)} 0 {' '.join(ids)}  \n" for lemma, ids in sorted(senses.items()))
    (folder / "index.noun").write_text("".join(index))
    (folder / "noun.exc").write_text("oxen ox\n")
    return {name: "n" + offset for name, offset in offsets.items()}


@pytest.fixture(scope="session")
def wordnet_ids(wordnet_folder: Path) -> dict[str, str]:
    return write_wordnet(wordnet_folder)


@pytest.fixture(scope="session")
def wordnet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wordnet")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a named file of text and returns its path."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written
