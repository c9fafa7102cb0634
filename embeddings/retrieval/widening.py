"""What a word is widened to where pictures are not known by it: a wider noun, or what looks much like it."""

from embeddings.naming.vocabulary import empty_kinds
from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.query import Thing
from embeddings.retrieval.senses import PERSON
from embeddings.wordnet.graph import load_nouns

STEPS_UP = 2  # to a wider noun that is a class; any number to a person
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


def wider_nouns(thing: Thing, mixture: ClassMixture) -> tuple[str, ...]:
    """List classes that stand for a thing: its look-alikes, or a near hypernym that is a class."""
    classes = set(mixture.classes)
    for sense in thing.senses[:1]:
        alike = tuple(id for id in LOOK_ALIKES.get(sense, ()) if id in classes)
        return alike or _hypernym_class(sense, classes)
    return ()


def _hypernym_class(sense: str, classes: set[str]) -> tuple[str, ...]:
    nouns = load_nouns()
    if PERSON in nouns.ancestors(sense) and PERSON in classes:
        return (PERSON,)
    ring = [sense]
    for _ in range(STEPS_UP):
        ring = [parent for id in ring for parent in nouns.parents(id)]
        if found := tuple(id for id in ring if id in classes and not empty_kinds()[nouns.row(id)]):
            return found
    return ()
