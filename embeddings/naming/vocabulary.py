"""Which nouns may answer: candidates, too general ones, kinds that say nothing, how common their words are."""

from collections.abc import Collection
from functools import cache

import numpy as np

from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import Words, load_words
from zoo.errors import BadQuery

PERSON = "n00007846"
GENERAL_DEPTH, GENERAL_NOUNS = 5, 2000  # "artifact" and "organism" answer nothing; "structure" and "food" are kinds
FAMILIAR_RANK = 40_000  # of a word; beyond, a kind is none that people name: "placental", "self-propelled vehicle"
# Kinds that are true and say nothing of a picture: who sees a dog wants to read more than "mammal".
EMPTY_KINDS = frozenset({
    "n00015388", "n01471682", "n01861778", "n01317541", "n02075296",  # animal, vertebrate, mammal, domestic, carnivore
    "n02083346", "n02120997", "n01886756", "n01466257", "n01905661",  # canine, feline, chordate, invertebrate
    "n03183080", "n03699975", "n03700963", "n03738472", "n03563967",  # device, machine, mechanism, implement
    "n03574816", "n03733925", "n04377057", "n04359589", "n03094503",  # instrument, system, support, container
    "n04531098", "n04530566", "n03122748", "n04014297", "n04453910",  # vessel, covering, protective covering, cover
    "n04341686", "n02796623", "n03839993", "n03297735", "n03748162",  # structure, barrier, obstruction, establishment
    "n03546340", "n04191943", "n02735688", "n04081844", "n03323703",  # housing, shelter, area, constraint, fastening
    "n03076708", "n03294048", "n03100490", "n03125870", "n04550840",  # commodity, equipment, transport, craft, ware
    "n15046900", "n14939900", "n14940386", "n14778436", "n07809096",  # solid, fluid, liquid, agent, ingredient
    "n07555863", "n07566340", "n07570720", "n07556970", "n07705711",  # solid food, food product, nutriment, produce
    "n03892891", "n03932203", "n00022903", "n07941729", "n08574314",  # part, piece, article, community, area
    "n08673395", "n09287968", "n09366317", "n04151581",  # tract, geological formation, elevation, screen
    "n00003553", "n04170037", "n03309808", "n03257877",  # whole, self-propelled vehicle, fabric, durables
    "n03129123", "n04599396", "n04007894", "n03178782", "n04076846",  # creation, work, product, design, representation
    "n00426928", "n00037396", "n00041468", "n00575741", "n00621627",  # diversion, action, play, work, effort
    "n00620752", "n00958896", "n00034213", "n09349797", "n11494638",  # toil, conflict, phenomenon, mechanism, downfall
    "n04564698", "n03895293", "n03089014", "n03899328", "n08620061",  # way, passage, conduit, path, point
    "n08630039", "n08674739", "n08591680", "n09385911", "n09214581",  # region, plot, layer, part, barrier
    "n09366017", "n04362025", "n03536348", "n00027807", "n13862780",  # depression, surface, surface, shape, figure
    "n13899200", "n03032811", "n14939445", "n14877585", "n15074962",  # sphere, circle, fluid, gas, tissue
    "n06349220", "n06362953", "n06598915", "n06791372", "n06254669",  # writing, message, signal, medium
    "n02755352", "n03091374", "n04360501", "n02727825", "n03733644",  # attachment, connection, support, apparatus
    "n02671780", "n04151940", "n04191595", "n04060904", "n04605726",  # accessory, cover, shelter, receptacle, wrapping
    "n03391770", "n03096960", "n03430959", "n03916720", "n03277771",  # framework, control, paraphernalia, peripheral
    "n03574555", "n03171356", "n07951464", "n04602044", "n04317420",  # institution, collection, workplace, stick
    "n04100174", "n03659292", "n04296261", "n04187061", "n04091097",  # rod, lever, staff, sheath, rig
    "n07560652", "n07800091", "n07809368", "n07882497", "n02512938",  # fare, feed, flavorer, concoction, food fish
    "n02152991", "n11665372", "n09613191", "n09626238", "n10401829",  # game, angiosperm, contestant, peer, participant
    "n09816771", "n13899404", "n07969695", "n07950920",  # associate, ball (the shape), clan, social group
})  # fmt: skip


def candidate_rows(candidates: Collection[str]) -> np.ndarray:
    """Look up the rows of candidate synset ids, in order."""
    if not candidates:
        raise BadQuery("the list of candidate nouns is empty; give at least one synset id")
    return np.array(sorted({load_nouns().row(id) for id in candidates}))


@cache
def general_nouns() -> np.ndarray:
    """Tell which nouns are next to the root, or near it and above thousands of others. (82115,) bool"""
    nouns = load_nouns()
    covered = np.bincount(nouns.closure[:, 1], minlength=len(nouns))
    return (nouns.depths <= 2) | ((nouns.depths <= GENERAL_DEPTH) & (covered > GENERAL_NOUNS))


@cache
def empty_kinds() -> np.ndarray:
    """Tell which nouns say nothing of a picture: general ones, and EMPTY_KINDS. (82115,) bool"""
    empty = general_nouns().copy()
    empty[[load_nouns().row(id) for id in EMPTY_KINDS if id in load_nouns()]] = True
    return empty


@cache
def kinds_of_people() -> np.ndarray:
    """Tell which nouns say what kind of person somebody is, most of which are no words for a stranger. (82115,) bool"""
    nouns = load_nouns()
    below, above = nouns.closure.T
    people = np.zeros(len(nouns), bool)
    people[below[above == nouns.row(PERSON)]] = True
    people[nouns.row(PERSON)] = False
    return people


@cache
def hypernyms(row: int) -> frozenset[int]:
    """Give the row of a noun and those above it that are not too general."""
    nouns = load_nouns()
    above = (nouns.row(id) for id in nouns.ancestors(nouns.ids[row]))
    return frozenset({row, *(each for each in above if not general_nouns()[each])})


@cache
def word_ranks(words: Words) -> np.ndarray:
    """Rank each noun's commonest word in the word table, from 1, times the rank of that sense. (82115,)"""
    size = len(words.nouns)
    ranks = np.full(size, len(words.words) + 1.0)
    for place, word in enumerate(words.words, start=1):
        for sense in words.nouns.tokens.get(word, ()):
            rank, row = divmod(sense, size)
            ranks[row] = min(ranks[row], place * rank)
    return ranks


def familiar_nouns() -> np.ndarray:
    """Tell which nouns have a word that people use. (82115,) bool"""
    return word_ranks(load_words()) <= FAMILIAR_RANK
