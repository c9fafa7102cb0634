"""What a word is widened to where pictures are not known by it: a wider noun, or what looks much like it."""

from collections.abc import Collection, Iterable

from embeddings.naming.vocabulary import empty_kinds
from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.query import Thing
from embeddings.retrieval.senses import PERSON, common_senses
from embeddings.wordnet.graph import load_nouns

STEPS_UP = 2  # to a wider noun that is a class
SENSES = 3  # of a word that are widened
# What a network takes for one another, and people who look for one would like to see.
LOOK_ALIKES = {
    "n09217230": ("n09428293", "n09421951", "n09248153", "n09376198"),  # beach: seashore, sandbar, coast, ocean
    "n09248153": ("n09428293", "n09217230", "n09376198"),  # coast: seashore, beach, ocean
    "n09376198": ("n09426788", "n09428293", "n09248153"),  # ocean: sea, seashore, coast
    "n09426788": ("n09376198", "n09428293", "n09248153"),  # sea: ocean, seashore, coast
    "n09328904": ("n09332890", "n09411430"),  # lake: lakeside, river
    "n09411430": ("n09332890", "n09328904"),  # river: lakeside, lake
    "n09359803": ("n09193705", "n09472597", "n09246464"),  # mountain: alp, volcano, cliff
    "n04334599": ("n04096066", "n03137228", "n03519981"),  # street: road, crossing, highway
    "n04096066": ("n04334599", "n03519981"),  # road: street, highway
    "n08524735": ("n04334599", "n02913152", "n04233124"),  # city: street, building, skyscraper
    "n08438533": ("n13104059",),  # forest: tree
    "n12102133": ("n03417345", "n08598301", "n08570634"),  # grass: garden, grassland, hayfield
    "n08569998": ("n08598301", "n08570634"),  # field: grassland, hayfield
    "n12620196": ("n11669921",),  # rose: flower
    "n15043763": ("n09193705", "n04228054", "n04252077"),  # snow: alp, ski, snowmobile
    "n11508382": ("n09193705", "n04228054", "n04252077"),  # snowfall
    "n13152742": ("n13104059",),  # leaf: tree
    "n15168790": ("n11517776",),  # dawn, sunrise: sunset
    "n01322604": ("n02084071",),  # puppy: dog
    "n02122948": ("n02121620",),  # kitten: cat
    "n03438257": ("n03443371", "n02823750", "n07892512"),  # drinking glass: goblet, beer glass, red wine
    "n04592099": ("n03443371", "n07892512"),  # wineglass: goblet, red wine
    "n03147509": ("n03063599", "n07929519"),  # cup: coffee mug, coffee
    "n03063073": ("n03063599", "n03147509"),  # coffee cup: coffee mug, cup
    "n04223580": ("n04553703",),  # sink: wash-hand basin
    "n07573696": ("n07557434", "n07574602", "n03959485"),  # meal: dish, breakfast, plate
    "n02403454": ("n02403003",),  # cow: ox
    "n04227144": ("n03234306",),  # sketch: drawing
    "n13083023": ("n03991062",),  # houseplant: pot
    "n04105893": ("n03679712", "n02821627"),  # room: living room, bedroom
    "n03841666": ("n03179701", "n03082979"),  # office: desk, computer
}


def is_person(senses: Collection[str]) -> bool:
    """Tell whether the commonest of these senses is a person."""
    first = next(iter(senses), "")
    return first == PERSON or (bool(first) and PERSON in load_nouns().ancestors(first))


def wider_nouns(thing: Thing, mixture: ClassMixture) -> tuple[str, ...]:
    """List nouns with classes that stand for a thing: look-alikes, what people do, a near hypernym, a word of it."""
    classes = set(mixture.classes)
    if is_person(thing.senses):
        return _activity(thing.text, mixture) or ((PERSON,) if PERSON in classes else ())
    for sense in thing.senses[:SENSES]:
        if alike := tuple(id for id in LOOK_ALIKES.get(sense, ()) if mixture.descendants((id,)).any()):
            return alike
    wider = [_hypernym_class(sense, classes) for sense in thing.senses[:SENSES]]
    return next(filter(None, (*wider[:1], _known_word(thing.text.split()[::-1], mixture), *wider[1:])), ())


def _hypernym_class(sense: str, classes: set[str]) -> tuple[str, ...]:
    nouns = load_nouns()
    ring = [] if is_person((sense,)) else [sense]  # a beard is no person, though a spy who pretends may be called one
    for _ in range(STEPS_UP):
        ring = [parent for id in ring for parent in nouns.parents(id)]
        if found := tuple(id for id in ring if id in classes and not empty_kinds()[nouns.row(id)]):
            return found
    return ()


def _activity(text: str, mixture: ClassMixture) -> tuple[str, ...]:
    """Find what a person does who is called so: a swimmer swimming, a tennis player tennis."""
    *before, word = text.lower().split() or [""]
    doing = [word.removesuffix("er") + "ing"] if word.endswith("er") else []
    return _known_word([*before, *doing], mixture)


def _known_word(words: Iterable[str], mixture: ClassMixture) -> tuple[str, ...]:
    """Give the commonest sense of the first of these words that has a class at or below it."""
    for word in words:
        for sense in common_senses(word)[:1]:
            if mixture.descendants((sense,)).any():
                return (sense,)
    return ()
