"""Which nouns a typed phrase asks for: its head, in the senses that people mean, without what no network can tell."""

from dataclasses import dataclass

from embeddings.text import FUNCTION_WORDS, token
from embeddings.wordnet.graph import Nouns, load_nouns

PERSON = "n00007846"
PEOPLE = frozenset({"people", "persons", "folk", "folks", "everybody", "everyone", "somebody", "someone", "crowd"})
PEOPLE |= {"family", "couple", "team", "audience", "human", "humans"}
NUMBERS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"})
NUMBERS |= {"several", "many", "few", "both", "single", "double", "dozen"}
COLOURS = frozenset({"red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "black", "white", "grey"})
COLOURS |= {"gray", "golden", "silver", "beige", "turquoise", "violet", "dark", "bright", "light", "colorful"}
COLOURS |= {"colourful"}
ARTICLES = frozenset({"a", "an", "the", "some", "any", "all", "my", "our", "your", "this", "that", "these", "those"})
# What stands before "of" and is not what is looked for: a cup of coffee is coffee.
MEASURES = frozenset(
    {"cup", "cups", "glass", "glasses", "mug", "bottle", "bottles", "bowl", "plate", "plates", "piece"}
)
MEASURES |= {"pieces", "slice", "slices", "bunch", "pair", "group", "lot", "lots", "kind", "kinds", "type", "herd"}
MEASURES |= {"flock", "pile", "can", "jar", "box", "basket", "close-up", "closeup", "portrait", "view", "row"}

MISLEADING_SENSES = frozenset({"n07930864", "n01608432"})  # a cup that is a punch, a kite that is a hawk


@dataclass(frozen=True)
class Reading:
    """What is understood of a phrase: a noun's senses, the commonest first, and the words that are left out."""

    text: str
    senses: tuple[str, ...] = ()  # synset ids; none where no word of it is a noun
    ignored: tuple[str, ...] = ()


def read_phrase(phrase: str) -> Reading:
    """Read a phrase as a noun: itself, or else its head, so that "two red cars" is cars and "dog on a sofa" a dog."""
    words = phrase.split()
    while len(words) > 1 and words[0].lower() in ARTICLES:
        words = words[1:]
    ignored: list[str] = []
    if whole := _senses_of(words):
        return Reading(" ".join(words), tuple(whole))
    if len(words) > 2 and words[1].lower() == "of" and words[0].lower() in MEASURES:
        inner = read_phrase(" ".join(words[2:]))
        return Reading(inner.text, inner.senses, (words[0], *inner.ignored))
    cut = next((place for place, word in enumerate(words) if place and word.lower() in FUNCTION_WORDS), len(words))
    words, ignored = words[:cut], words[cut:]
    for start in range(len(words)):
        if senses := _senses_of(words[start:]):
            left_out = [word for word in (*words[:start], *ignored) if word.lower() not in ARTICLES | FUNCTION_WORDS]
            return Reading(" ".join(words[start:]), tuple(senses), tuple(left_out))
    return Reading(phrase)


def is_uncountable(word: str) -> bool:
    """Tell whether a word is a number or a colour, which no class of a network tells."""
    return word.lower() in NUMBERS | COLOURS or word.isdigit()


def common_senses(word: str, nouns: Nouns | None = None) -> list[str]:
    """List the synsets of a noun as people type it, whatever its capitals, the commonest first.

    A proper noun counts only where there is no common one: "Cat" is an animal and no tomograph, "Paris" a city.
    """
    if token(word) in PEOPLE:
        return [PERSON]
    nouns = nouns or load_nouns()
    ids = nouns.synsets(word.lower())
    common = [id for id in ids if any(lemma[:1].islower() for lemma in nouns.lemmas(id) if _stands_for(lemma, word))]
    found = common or ids
    return [id for id in dict.fromkeys(found) if id not in MISLEADING_SENSES] or found


def _senses_of(words: list[str]) -> list[str]:
    """List the senses of words as one noun; none for a thing of some colour: a black cat is no fisher."""
    senses = common_senses(" ".join(words))
    if len(words) > 1 and is_uncountable(words[0]):
        things = common_senses(" ".join(words[1:]))
        senses = [id for id in senses if not things or not load_nouns().ancestors(id).isdisjoint(things)]
    return senses


def _stands_for(lemma: str, word: str) -> bool:
    return token(lemma) in load_nouns().spellings(word.lower())
