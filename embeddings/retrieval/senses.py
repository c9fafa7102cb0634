"""Which nouns a typed phrase asks for: its head, in the senses that people mean, without what no network can tell."""

import re
from dataclasses import dataclass, replace

from embeddings.text import COLOURS, FUNCTION_WORDS, token
from embeddings.wordnet.graph import Nouns, load_nouns

PERSON = "n00007846"
PEOPLE = frozenset({"people", "persons", "folk", "folks", "everybody", "everyone", "somebody", "someone", "crowd"})
PEOPLE |= {"family", "couple", "team", "audience", "human", "humans", "group", "kids"}
NUMBERS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"})
NUMBERS |= {"several", "many", "few", "both", "single", "double", "dozen"}
ARTICLES = frozenset({"a", "an", "the", "some", "any", "all", "my", "our", "your", "this", "that", "these", "those"})
# What stands before "of" and is not what is looked for: a cup of coffee is coffee.
MEASURES = frozenset(
    {"cup", "cups", "glass", "glasses", "mug", "bottle", "bottles", "bowl", "plate", "plates", "piece"}
)
MEASURES |= {"pieces", "slice", "slices", "bunch", "pair", "group", "lot", "lots", "kind", "kinds", "type", "herd"}
MEASURES |= {"flock", "pile", "can", "jar", "box", "basket", "close-up", "closeup", "portrait", "view", "row"}

# What stands behind the thing that is shown: a football match is football.
OCCASIONS = frozenset({"match", "game", "race", "player", "players", "scene", "day", "show", "trip"})
PREPOSITIONS = frozenset({"beside", "behind", "between", "against", "through", "across", "around", "into", "along"})
PREPOSITIONS |= {"beneath", "above", "below", "during", "while", "next", "inside", "outside", "towards"}
JOINING = FUNCTION_WORDS | ARTICLES | PREPOSITIONS
TRAILING = frozenset({"indoors", "outdoors", "together", "alone", "today"})
# What WordNet 3.0 does not know yet, or only by another name.
NEWER_WORDS = {
    "selfie": "face", "screenshot": "web site", "smartphone": "cellular telephone", "whiteboard": "blackboard",
    "hoodie": "sweatshirt", "tshirt": "t-shirt", "smartwatch": "digital watch", "earbuds": "earphone",
    "flipflops": "sandal", "ramen": "noodle soup", "carpark": "parking lot", "ebike": "bicycle", "bbq": "barbecue",
    "road sign": "street sign", "stop sign": "street sign", "traffic sign": "street sign",
}  # fmt: skip
ACTIVITY = re.compile(r"^(?!wedding|morning|evening|meeting)\w+ing$")
TANGIBLE = frozenset({"n00002684", "n00020827"})  # objects and matter

MISLEADING_SENSES = frozenset({"n07930864", "n01608432"})  # a cup that is a punch, a kite that is a hawk


@dataclass(frozen=True)
class Reading:
    """What is understood of a phrase: a noun's senses, the commonest first, and what is left out."""

    text: str
    senses: tuple[str, ...] = ()  # synset ids; none where no word of it is a noun
    ignored: tuple[str, ...] = ()
    context: tuple["Reading", ...] = ()  # what it is seen with


def read_phrase(phrase: str) -> Reading:
    """Read a phrase as a noun: itself, or else its head, so that "two red cars" is cars and "dog on a sofa" a dog.

    What stands behind the head is its context: a sofa.
    """
    words = phrase.split()
    while len(words) > 1 and words[0].lower() in ARTICLES:
        words = words[1:]
    if whole := _senses_of(words):
        return Reading(" ".join(words), tuple(whole))
    if len(words) > 2 and words[1].lower() == "of" and words[0].lower() in MEASURES:
        return _without(words[0], read_phrase(" ".join(words[2:])))
    if len(words) > 1 and words[-1].lower() in OCCASIONS and _senses_of(words[:-1]):
        return _without(words[-1], read_phrase(" ".join(words[:-1])))
    head, *others = _parts(words)
    while len(head) > 1 and (head[-1].lower() in TRAILING or _is_number(head[-1])):
        others, head = [head[-1:], *others], head[:-1]
    for start in range(len(head)):
        if senses := _senses_of(head[start:]):
            return _with_context(Reading(" ".join(head[start:]), tuple(senses)), head[:start], others)
    return Reading(phrase)


def _without(word: str, reading: Reading) -> Reading:
    return replace(reading, ignored=(word, *reading.ignored))


def _parts(words: list[str]) -> list[list[str]]:
    """Part words at those that join: man | riding | horse, dog | beach."""
    parts: list[list[str]] = [words[:1]]
    for place, word in enumerate(words[1:], start=1):
        if word.lower() in JOINING:
            parts.append([])
        elif _is_activity(word) and not _begins_noun(words[place:]):
            parts += [[word], []]
        else:
            parts[-1].append(word)
    return parts[:1] + [part for part in parts[1:] if part]


def _with_context(head: Reading, before: list[str], others: list[list[str]]) -> Reading:
    """Give a head its context: a thing named before it ("kitchen" table), and what is named behind it."""
    is_told = not any(is_uncountable(word) or word.endswith("'s") for word in before)
    place = read_phrase(" ".join(before)) if before and is_told else Reading("")
    is_thing = bool(place.senses) and _is_tangible(place.senses[0]) and not _is_person(place.senses[0])
    readings = [place] if is_thing and not place.ignored else []
    ignored = [] if readings else [word for word in before if word.lower() not in JOINING]
    for words in others:
        inner = Reading("") if all(map(_is_number, words)) else read_phrase(" ".join(words))
        readings += [replace(inner, ignored=(), context=()), *inner.context] if inner.senses else []
        ignored += inner.ignored if inner.senses else words
    return replace(head, ignored=tuple(ignored), context=tuple(readings))


def _is_activity(word: str) -> bool:
    """Tell whether a word says what somebody does; "ring" and "building" are things."""
    return bool(ACTIVITY.match(word.lower())) and not any(map(_is_tangible, common_senses(word)[:3]))


def _is_tangible(sense: str) -> bool:
    return not TANGIBLE.isdisjoint(load_nouns().ancestors(sense))


def _begins_noun(words: list[str]) -> bool:
    """Tell whether a noun of two words stands here: "parking lot"."""
    return len(words) > 1 and bool(common_senses(" ".join(words[:2])))


def _is_person(sense: str) -> bool:
    return PERSON in load_nouns().ancestors(sense)


def _is_number(word: str) -> bool:
    return word.lower() in NUMBERS or word.isdigit()


def is_uncountable(word: str) -> bool:
    """Tell whether a word is a number or a colour, which no class of a network tells."""
    return word.lower() in COLOURS or _is_number(word)


def common_senses(word: str, nouns: Nouns | None = None) -> list[str]:
    """List the synsets of a noun as people type it, whatever its capitals, the commonest first.

    A proper noun counts only where there is no common one: "Cat" is an animal and no tomograph, "Paris" a city.
    """
    if token(word) in PEOPLE:
        return [PERSON]
    nouns = nouns or load_nouns()
    word = NEWER_WORDS.get(word.lower(), word)
    own, of_singular = nouns.synsets(word.lower()), _senses_of_singular(word.lower(), nouns)
    ids = [*own, *of_singular] if word.lower().endswith("s") else [*of_singular, *own]  # "glasses", but "men"
    common = [id for id in ids if any(lemma[:1].islower() for lemma in nouns.lemmas(id) if _stands_for(lemma, word))]
    found = common or ids
    return [id for id in dict.fromkeys(found) if id not in MISLEADING_SENSES] or found


def _senses_of_singular(word: str, nouns: Nouns) -> list[str]:
    """List the senses of a singular that its plural hides, since that is a noun itself: "shoes" is a position, too."""
    if word.endswith(("ss", "us", "is")):
        return []
    return [id for singular in nouns.spellings(word)[1:2] for id in nouns.synsets(singular.replace("_", " "))]


def _senses_of(words: list[str]) -> list[str]:
    """List the senses of words as one noun; none for a thing of some colour: a black cat is no fisher."""
    senses = common_senses(" ".join(words))
    if len(words) == 2 and not senses:  # "tea cup"
        senses = common_senses("".join(words))
    if len(words) > 1 and is_uncountable(words[0]):
        things = common_senses(" ".join(words[1:]))
        senses = [id for id in senses if not things or not load_nouns().ancestors(id).isdisjoint(things)]
    return senses


def _stands_for(lemma: str, word: str) -> bool:
    return token(lemma) in load_nouns().spellings(word.lower())
