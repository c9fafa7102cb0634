"""A vector index on disk: a card, and beside it the vectors that it names by their hash."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from embeddings.library.vector_index import VectorIndex
from zoo.errors import IrisError, Refused
from zoo.files import written_beside

CARD = {"model": str, "dimension": int, "count": int, "vectors": str, "sha256": str, "notes": dict}
OPENINGS = 3  # tries to read a pair of files that another program may be replacing


def save_index(index: VectorIndex, path: Path) -> None:
    """Write the card at `path` and the vectors beside it; a kill or a full disk leaves the old pair or the new."""
    data = index.to_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    vectors = path.with_name(f"{path.stem}-{sha256[:12]}.faiss")
    built = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    card = {"model": index.model, "dimension": index.dimension, "count": len(index), "built": built}
    card |= {"vectors": vectors.name, "sha256": sha256, "notes": index.notes}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(vectors) as part:
            part.write_bytes(data)
        with written_beside(path) as part:  # from here on the new pair counts
            part.write_text(json.dumps(card), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise IrisError(
            f"the index cannot be saved in {path.parent} ({reason}); make room there, or name another IRIS_CACHE"
        ) from error
    for stale in (*path.parent.glob(f"{path.stem}-*.faiss"), *path.parent.glob("*.part")):
        if stale != vectors:
            stale.unlink(missing_ok=True)


def open_index(path: Path, *, model: str | None = None) -> VectorIndex:
    """Read an index back; Refused when it is damaged, or of another model than the one named."""
    for _ in range(OPENINGS):
        card = read_card(path)
        if model is not None and card["model"] != model:
            raise Refused(f"{path} was made with {card['model']}, not with {model}; index the folder again")
        if data := _vectors_of(path, card):
            index = VectorIndex.from_bytes(data, card["dimension"], model=card["model"])
            index.notes = card["notes"]
            return index
    raise Refused(f"the vectors of {path} are damaged or missing; delete its folder and index again")


def read_card(path: Path) -> dict[str, Any]:
    """The card of a saved index."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read ({error}); delete its folder and index again") from error
    if not isinstance(card, dict) or not all(isinstance(card.get(name), kind) for name, kind in CARD.items()):
        raise Refused(f"{path} is no index card; delete its folder and index again")
    return card


def _vectors_of(path: Path, card: dict[str, Any]) -> bytes:
    """The vectors that a card names; empty where they are not what it says."""
    vectors = path.with_name(Path(card["vectors"]).name)
    data = vectors.read_bytes() if vectors.is_file() else b""
    return data if hashlib.sha256(data).hexdigest() == card["sha256"] else b""
