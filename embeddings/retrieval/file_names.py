"""Pictures found by their names."""

import re

from embeddings.retrieval.pictures import Pictures
from embeddings.retrieval.query import ResolvedQuery

SHORTEST = 3  # letters of a text that is looked for in names


def matching_names(query: ResolvedQuery, pictures: Pictures, k: int) -> list[str]:
    """List at most k pictures whose names hold what was typed, the shortest first; signs and capitals do not count.

    A word is looked for as a whole, since "bee" is no beet; what is none may be a part of a name.
    """
    wanted = _plain(query.text)
    if len(wanted) < SHORTEST:
        return []
    part = re.escape(wanted)
    holds = re.compile(part if query.unknown else rf"(?<![a-z]){part}s?(?![a-z])")
    names = [name for name in pictures.first(-1) if holds.search(_plain(name))]
    return [name for name in sorted(names, key=lambda name: (len(name), name)) if pictures.holds(name)][:k]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
