"""What the Find tab says: which photos are searched, what was found, and how each match is named."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from embeddings.results import Match
from embeddings.retrieval.match import SearchResult, copies_suffix

if TYPE_CHECKING:
    from demo.find.photos import Photos

TOP = 12


def captions(photos: "Photos", result: SearchResult) -> dict[str, tuple[str, str]]:
    """Give the name and the score of each match, by the path of its photo."""
    return {match.hit.id: (photos.title_of(match.hit.label), _score(match)) for match in result.matches}


def label(photos: "Photos") -> str:
    """Give the name of the photos that are searched."""
    return f'<p class="iris-label">{html.escape(photos.title)}</p>'


def _score(match: Match) -> str:
    return f"match {match.hit.score:.2f}{copies_suffix(match)}"


def what(text: str, picture: str) -> str:
    """Say what was asked for."""
    words = f'"{text.strip()}"' if text.strip() else ""
    return " and ".join(filter(None, (words, picture)))


def result_message(photos: "Photos", result: SearchResult, what: str) -> str:
    """Say what was found, and how the query was understood."""
    return " ".join((_counted(photos, result.matches, what), *result.notes))


def _counted(photos: "Photos", found: Sequence[Match], what: str) -> str:
    if not found:
        advice = " Try a wider word." if '"' in what else ""
        return f"Nothing matches {what} among {photos.count()} photos; here are some of them.{advice}"
    folded = sum(len(match.copies) for match in found)
    copies = f" Near-copies folded: {folded}." if folded else ""
    if len(found) == 1:
        return f"1 of {photos.count()} photos matches {what}.{copies} Press it for more like it."
    counted = f"{'At least ' if len(found) == TOP else ''}{len(found)} of {photos.count()} photos"
    return f"{counted} match {what}, the best first.{copies} Press one for more like it."


def taken_message(photos: "Photos") -> str:
    """Say what became of a visitor's zip."""
    bad = [f"{name}: {reason}" for name, reason in photos.unreadable().items()]
    count = f"{photos.count()} photos of yours can be searched, by you alone, until you leave or take the zip away."
    return f"{count} {len(bad)} could not be read ({'; '.join(bad[:3])})." if bad else count


def as_json(photos: "Photos", found: Sequence[Match]) -> list[dict[str, Any]]:
    """Give what `python -m embeddings find --json` prints of the matches, with names inside the folder."""
    return [{"file": photos.inside(match.hit.id), "score": round(match.hit.score, 4)} for match in found]
