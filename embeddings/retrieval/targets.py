"""What a query asks of the classes of a network, and what it may be widened to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.query import ResolvedQuery, Thing
from embeddings.retrieval.scoring import Targets
from embeddings.retrieval.senses import PERSON
from embeddings.retrieval.widening import is_person, wider_nouns
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit

NOT_KINDS_OF_FOOD = "n07565083"  # for WordNet a menu is a kind of food


def ways_to_find(query: ResolvedQuery, mixture: ClassMixture) -> Iterator[Targets]:
    """Give what a query asks of pictures, one way after another; the first that finds any counts.

    By the classes of its words; by those of wider nouns; by those of the context; by nearness alone where no word has a
    class.
    """
    targets = find_targets(query, mixture)
    is_known = bool(targets.things) or not query.things
    if is_known:
        yield targets
    wider = _widened(targets, query)
    if wider.things:
        yield wider
    if targets.context is not None:
        unseen = " and ".join(thing.text for thing in query.things)
        notes = (f'No picture is known to show "{unseen}"; these show what was to be with it.',)
        yield replace(targets, things=(targets.context.astype(float),), context=None, notes=notes)
    if not is_known:
        yield targets


def _widened(targets: Targets, query: ResolvedQuery) -> Targets:
    """Ask for wider nouns in place of the words, and say so; for nothing where none is wider."""
    things, notes = [], []
    for thing in query.things:
        if wider := wider_nouns(thing, targets.mixture):
            things.append((targets.mixture.descendants(wider) & ~targets.without).astype(float))
            labels = " and ".join(load_nouns().label(id) for id in wider)
            notes.append(f'No picture is known to show "{thing.text}"; these show {labels}.')
    return replace(targets, things=tuple(things), notes=(*targets.notes, *notes))


def find_targets(query: ResolvedQuery, mixture: ClassMixture) -> Targets:
    """Find what a query asks of the classes of a network."""
    without = np.zeros(len(mixture.classes), bool)
    for thing in query.without:
        without |= known_classes(thing, mixture)
    asked = [_in_context(thing, mixture) for thing in query.things]
    known = [np.where(without, 0, each.classes) for each in asked if each.classes.any()]
    if query.pictures and mixture.classes:
        known += [np.where(without, 0, wanted) for wanted in mixture.decompose(np.stack(query.pictures))]
    contexts = [each.context for each in asked if each.context.any()]
    wanted = sum((*(each.vector for each in asked), *query.pictures), np.zeros_like(query.vector))
    return Targets(
        mixture,
        vector=unit(wanted) if known else query.vector,
        things=tuple(known),
        without=without,
        count=len(query.things) + len(query.pictures),
        context=np.any(contexts, axis=0) & ~without if contexts else None,
        notes=tuple(note for each in asked for note in each.notes),
    )


@dataclass(frozen=True)
class _InContext:
    """A thing of a query, and what it is seen with, as classes."""

    vector: np.ndarray  # (D,)
    classes: np.ndarray  # (C,) bool
    context: np.ndarray  # (C,) bool
    notes: tuple[str, ...] = ()


def _in_context(thing: Thing, mixture: ClassMixture) -> _InContext:
    """Tell the classes of a thing, and those of what it is seen with.

    People are told less surely than what is with them, so of "a man riding a horse" it is the horse that is looked for,
    and horses with people come first.
    """
    classes = known_classes(thing, mixture)
    seen = [_seen_with(each, mixture) for each in thing.context]
    known = [(name, each) for each, (name, found) in zip(thing.context, seen, strict=True) if found.any()]
    unknown = [name for name, found in seen if not found.any()]
    notes = [f'Looked for "{thing.text}"; left out: {", ".join(unknown)}.'] if unknown else []
    context = np.any([np.zeros_like(classes), *(found for _, found in seen)], axis=0)
    if not known:
        return _InContext(thing.vector, classes, context, tuple(notes))
    others = " or ".join(name for name, _ in known)
    if is_person(thing.senses):
        notes.append(f'These show {others}; first those that show "{thing.text}" as well.')
        vector = unit(np.sum([each.vector for _, each in known], axis=0))
        return _InContext(vector, context, _people(thing, mixture), tuple(notes))
    notes.append(f"Those that show {others} as well come first.")
    return _InContext(thing.vector, classes, context, tuple(notes))


def _seen_with(thing: Thing, mixture: ClassMixture) -> tuple[str, np.ndarray]:
    """Tell the classes of what a thing is seen with, or of what that may be widened to, and how that is called."""
    found = known_classes(thing, mixture) | _people(thing, mixture)
    wider = () if found.any() else wider_nouns(thing, mixture)
    return " or ".join(map(load_nouns().label, wider)) or thing.text, found | mixture.descendants(wider)


def _people(thing: Thing, mixture: ClassMixture) -> np.ndarray:
    """Tell the classes of people where a thing is a person: who is called a man is told as a person. (C,) bool"""
    return mixture.descendants((PERSON,) if is_person(thing.senses) else ())


def known_classes(thing: Thing, mixture: ClassMixture) -> np.ndarray:
    """Tell which classes are what a thing is called, or kinds of it, in any of its senses. (C,) bool"""
    found = mixture.descendants(thing.senses)
    if NOT_KINDS_OF_FOOD in mixture.classes and NOT_KINDS_OF_FOOD not in thing.senses:
        found[mixture.classes.index(NOT_KINDS_OF_FOOD)] = False
    return found
