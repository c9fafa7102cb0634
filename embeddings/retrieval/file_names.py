"""Pictures found by their names."""

import re

from embeddings.retrieval.pictures import Pictures
from embeddings.retrieval.query import ResolvedQuery

SHORTEST = 3  # letters of a text that is looked for in names


def matching_names(query: ResolvedQuery, pictures: Pictures, k: int) -> list[str]:
    """List at most k pictures whose names hold what was typed, the shortest first; signs and capitals do not count."""
    wanted = _plain(query.text)
    if len(wanted) < SHORTEST:
        return []
    names = [name for name in pictures.first(-1) if wanted in _plain(name)]
    return [name for name in sorted(names, key=lambda name: (len(name), name)) if pictures.holds(name)][:k]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
