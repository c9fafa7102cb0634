"""How text becomes tokens: one way for the corpus, the WordNet lemmas and the typed query."""

import re
import unicodedata
from collections.abc import Iterable

_FUNCTION_WORDS = """the of and a in to is was for on with as by that it from at are be or an
his her its i you my your their this over under near
has had have been were which would could should they but"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
COLOURS = frozenset({"red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "black", "white", "grey"})
COLOURS |= {"gray", "golden", "silver", "beige", "turquoise", "violet", "dark", "bright", "light", "colorful"}
COLOURS |= {"colourful"}

_INITIALS = re.compile(r"\b\w\.(?:\w\.)+")  # u.s. -> us
_TITLES = re.compile(r"\b(st|mt|mr|mrs|dr|ft)\. ")
_RUN = re.compile(r"[a-z0-9'\- ]*[a-z0-9]")
_EDGES = str.maketrans(
    dict.fromkeys("-_\n\t", " ") | dict.fromkeys("\u2018\u2019", "'") | dict.fromkeys("\u2013\u2014", ",")
)


def runs(text: str) -> list[list[str]]:
    """Split text into runs of adjacent words: lower case, no accents, no possessives, cut at punctuation."""
    text = text.translate(_EDGES).lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    if "." in text:
        text = _TITLES.sub(r"\1 ", _INITIALS.sub(lambda found: found[0].replace(".", ""), text))
    if "'" in text:
        text = text.replace("'s ", " ").replace("' ", " ").replace(" '", " ").removesuffix("'s")
    return [words for run in _RUN.findall(text) if (words := [w for w in run.split() if w.strip("'")])]


def token(phrase: str) -> str:
    """Give the single token of a lemma or phrase: "Adam's apple" -> "adam_apple"."""
    name = phrase.replace("-", "_").lower()
    if name.isascii() and name.replace("_", "").isalnum() and "__" not in f"_{name}_":  # nearly every lemma
        return name
    return "_".join(word for run in runs(phrase) for word in run)


def plural(word: str) -> str:
    """Form the regular English plural."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


class Phrases:
    """Joins the longest run of adjacent words that is a known phrase, the last word singular or plural."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take phrases as tokens ("hot_dog"); single words are ignored."""
        self._token: dict[str, str] = {}
        self._lengths: dict[str, dict[str, tuple[int, ...]]] = {}
        for phrase in phrases:
            if "_" in phrase:
                self._token[phrase] = phrase
                head, _, last = phrase.rpartition("_")
                self._token.setdefault(f"{head}_{plural(last)}", phrase)
        for phrase in self._token:
            words = phrase.split("_")
            seconds = self._lengths.setdefault(words[0], {})
            lengths = {len(words), *seconds.get(words[1], ())}
            seconds[words[1]] = tuple(sorted(lengths, reverse=True))

    def join(self, words: list[str]) -> list[str]:
        """Join the phrases in one run of words, leftmost longest first."""
        joined, i, end = [], 0, len(words)
        while i < end:
            word, step = words[i], 1
            seconds = self._lengths.get(word)
            if seconds and i + 1 < end:
                for length in seconds.get(words[i + 1], ()):
                    if i + length <= end and (phrase := self._token.get("_".join(words[i : i + length]))):
                        word, step = phrase, length
                        break
            joined.append(word)
            i += step
        return joined
