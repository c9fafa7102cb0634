"""Train concepts of ``devise.nouns`` beyond ImageNet's classes, on photos whose labels are any nouns of any level.

The body stays as it is, so what it finds in each photo is looked up once, in several crops; the rest takes minutes.
The concepts of ImageNet's classes stay as they are, too. Two losses for those beyond: the probability of what a photo
shows is to be large (of a label that is no concept, the marginal likelihood of all concepts of its kind), and the
network's answers of before are to be given again. At the end their biases are weighed against photos of ImageNet's
classes, and one that does not find its own held-out photos is left out.
"""

import json
import logging
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.errors import BadInput
from zoo.loading import load_encoder
from zoo.nets.backbones import CLASSES
from zoo.nets.eight_bit import Range
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.added_concepts import AddedConcepts, average_precisions, narrowed, widened
from zoo.train.devise import folder_and_weight, photos_of_classes, validate
from zoo.train.labels import Graph, labels_of, read_graph, read_labels, targets
from zoo.train.learner import Learner
from zoo.train.photos import drawn, photo_files
from zoo.train.publish import publish
from zoo.train.reserves import Guarded, Labelled, fitted_reserves
from zoo.train.trainer import Trainer, TrainingConfig, add_training_options, training_config
from zoo.train.views import IN_USE, Views, kept_views
from zoo.train.word_space import WordSpace, read_word_space

MODEL = "devise.nouns"
LABELS = Path(__file__).with_name("labels.tsv")  # of 540 photos, by this project
BATCH = 256
WEIGHED = 5000  # labelled photos beside which the guarded ones are weighed
PROMINENT = 2  # the labels of a photo by which is told whether the network knows them


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Examples:
    """What is learnt: views, the network's earlier probabilities for them (V, B), and `targets` of their photos."""

    views: Views
    before: Tensor
    counts: Tensor  # (photos, L)
    meets: Tensor  # (L, C)


def missing(
    labels: Sequence[tuple[str, ...]], shares: Tensor, concepts: Sequence[str], graph: Graph, least: int, known: float
) -> list[str]:
    """List what enough photos show and the network knows little of: its share at or below is small on average."""
    kinds = {concept: set(graph.upward(concept)) for concept in concepts}
    shown = {id: [number for number, each in enumerate(labels) if id in each] for id in set().union(*labels)}
    found = []
    for id in sorted(shown, key=lambda id: (-len(shown[id]), id)):
        clear = [number for number in shown[id] if id in labels[number][:PROMINENT]]
        below = [number for number, concept in enumerate(concepts) if id in kinds[concept]]
        if id not in kinds and len(clear) >= least and shares[clear][:, below].sum(1).mean() < known:
            found.append(id)
    return found


@torch.no_grad()
def named_by(concepts: nn.Module, views: Views) -> Tensor:
    """Give the logits (N, 2, C) by which photos are named: of the first two crops of each."""
    crops = views.features.reshape(int(views.photos.max()) + 1, -1, views.features.shape[1])[:, :2]
    return concepts(crops.float())


def losses(logits: Tensor, before: Tensor, counts: Tensor, meets: Tensor) -> tuple[Tensor, Tensor]:
    """For each photo the surprise at its labels (N,), and at the shares that the network gave before (N,).

    logits (N, C); before (N, B), of the first B concepts; counts (N, L) and meets (L, C) from `targets`.
    """
    logs = logits.log_softmax(1)
    seen = (logs.exp() @ meets.T).clamp_min(1e-7).log()  # (N, L)
    return -(counts * seen).sum(1), -(before * logs[:, : before.shape[1]]).sum(1)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    network, graph = load_encoder(MODEL), read_graph(options.nouns)
    guard = guarded_photos(options, network.metadata["classes"].split(",")[:CLASSES])
    written = read_labels(options.labels, graph)
    examples, space = gather(network, options, written, graph)
    student = widened(network, space.classes[network.concepts.out_features :])
    weights = {"rate": options.rate, "labelled": options.labelled, "before": options.before}
    student.concepts.load_state_dict(train(student.concepts, examples, config, **weights).state_dict())
    ranges = ranges_of(network)
    with torch.no_grad():
        student.concepts.bias[CLASSES:] -= options.reserve
    if options.guard:
        held_back = reserves(student, space.wnids, options, examples, guard)
        with torch.no_grad():
            student.concepts.bias[CLASSES:] -= held_back
    metrics: dict[str, float] = {}
    if options.judge:
        precisions = judge(student, space.wnids, options, ranges, written, graph)
        kept = [id for id in space.wnids if precisions.get(id, 1.0) >= options.least_precision]
        log.info("left out: %s", " ".join(sorted(set(space.wnids) - set(kept))))
        student = narrowed(student, [place for place, id in enumerate(space.wnids) if id in set(kept)])
        space = read_word_space(options.nouns, kept)
        added = {id: round(precisions[id], 4) for id in kept[CLASSES:]}
        (options.run / "precisions.json").write_text(json.dumps(added))
        metrics["concepts_mean_average_precision"] = sum(added.values()) / max(1, len(added))
    held_out = [photo for folder in options.validation for photo in photos_of_classes(folder, list(space.wnids))]
    if held_out:
        metrics |= validate(student, space, held_out)
    notes = {"classes": ",".join(space.wnids), "words_sha256": space.sha256}
    notes["ranges"] = json.dumps(examples.views.ranges)
    rounded = {name: round(value, 4) for name, value in metrics.items()}
    publish(student, MODEL, {**network.metadata, **notes}, rounded, folder=options.weights)


def gather(
    network: PictureEncoder, options: Namespace, written: Mapping[str, tuple[str, ...]], graph: Graph
) -> tuple[Examples, WordSpace]:
    """Look up the photos, choose the concepts to add, and give what is to be learnt and the space that has them.

    Raises BadInput where no photo is labelled by what may be learnt, or the nouns are of another space.
    """
    classes = network.metadata["classes"].split(",")
    folders = [(photo_files([folder]), weight) for folder, weight in options.photos]
    photos = drawn(folders, options.most, options.seed)
    labels = [labels_of(file, written, classes) for file in photos]
    if not any(labels):
        raise BadInput(
            "none of the photos is labelled: no line begins with its FOLDER/NAME, nor is it named by a class"
        )
    views = kept_views(options.run / "views.pt", network, photos, options.crops, ranges_of(network))
    with torch.inference_mode():
        before = torch.cat([network.concepts(part.float()).softmax(1) for part in views.features.split(4096)])
    sums = torch.zeros(len(photos), before.shape[1]).index_add_(0, views.photos, before)
    more = missing(labels, sums / (IN_USE + options.crops), classes, graph, options.least, options.known)
    log.info("%d more: %s", len(more), " ".join(more))
    space = read_word_space(options.nouns, classes + more)
    if space.sha256 != network.metadata["words_sha256"]:
        raise BadInput(
            f"{MODEL} was trained to other noun vectors than {options.nouns} holds; train devise on it first"
        )
    counts, meets = targets(labels, space.wnids, graph)
    if not counts.any():
        raise BadInput("no label is near to a concept, old or new; label photos by other nouns, or lower --least")
    return Examples(views, before.half(), counts, meets), space


def judge(
    network: PictureEncoder,
    concepts: Sequence[str],
    options: Namespace,
    ranges: list[Range],
    written: Mapping[str, tuple[str, ...]],
    graph: Graph,
) -> dict[str, float]:
    """Give the average precision of each added concept on the photos to judge by."""
    photos = drawn([(photo_files([folder]), 1.0) for folder in options.judge], options.most, options.seed)
    views = kept_views(options.run / "judged.pt", network, photos, 0, ranges)
    shown = [labels_of(file, written, concepts) for file in photos]
    probabilities = named_by(network.concepts, views).softmax(2).mean(1)
    return average_precisions(probabilities, shown, concepts, CLASSES, graph)


def ranges_of(network: PictureEncoder) -> list[Range]:
    """Read what 8 bits need to know of a network; nothing where it was never told."""
    return json.loads(network.metadata.get("ranges", "[]"))


def guarded_photos(options: Namespace, classes: list[str]) -> dict[Path, float]:
    """Draw photos of ImageNet's classes; raises BadInput for a folder that has none."""
    groups = [photos_of_classes(folder, classes) for folder in options.guard]
    return drawn([([photo.path for photo in group], 1.0) for group in groups], options.most, options.seed)


def reserves(
    network: PictureEncoder,
    concepts: Sequence[str],
    options: Namespace,
    examples: Examples,
    guard: Mapping[Path, float],
) -> Tensor:
    """Choose on photos of ImageNet's classes, and on those learnt from, what is taken off each added concept."""
    views = kept_views(options.run / "guard.pt", network, guard, 0, ranges_of(network))
    classes = list(concepts[:CLASSES])
    places = [classes.index(labels_of(file, {}, classes)[0]) for file in guard]
    guarded = Guarded(named_by(network.concepts, views), torch.tensor(places))
    found = fitted_reserves(some_labelled(network.concepts, examples), guarded, CLASSES, options.guard_weight)
    held_back = [f"{id} {value:.1f}" for id, value in zip(concepts[CLASSES:], found.tolist(), strict=True)]
    log.info("held back: %s", ", ".join(held_back))
    return found


@torch.no_grad()
def some_labelled(concepts: nn.Module, examples: Examples) -> Labelled:
    """Give the logits by which labelled photos are named, and their labels; photos are drawn as in the training."""
    views, photos = examples.views, len(examples.counts)
    chances = views.weights.reshape(photos, -1)[:, 0] * (examples.counts.sum(1) > 0)
    number = min(WEIGHED, int((chances > 0).sum()))
    some = chances.multinomial(number, generator=torch.Generator().manual_seed(0))
    crops = views.features.reshape(photos, -1, views.features.shape[1])[some, :2]
    return Labelled(concepts(crops.float()), examples.counts[some], examples.meets)


def train(
    concepts: nn.Linear, examples: Examples, config: TrainingConfig, *, rate: float, labelled: float, before: float
) -> nn.Linear:
    """Train the concepts beyond ImageNet's classes on examples, giving all with averaged weights.

    `labelled` is the weight of a photo's labels in its loss, 0..1, `before` that of the earlier answers.
    """
    views, share = examples.views, labelled * examples.counts.sum(1)  # 0 for photos without labels
    student = AddedConcepts(concepts, CLASSES)
    optimizer = torch.optim.AdamW(student.added.parameters(), lr=rate, weight_decay=1e-4)
    learner = Learner(student, optimizer, average=0.99)
    trainer = Trainer(config, {"concepts": learner})
    for step in trainer:
        batch = views.weights.multinomial(BATCH, replacement=True, generator=trainer.generator)
        photos = views.photos[batch]
        logits = student(views.features[batch].float())
        earlier = examples.before[batch].float()
        at_labels, as_before = losses(logits, earlier, examples.counts[photos], examples.meets)
        learner.step((share[photos] * at_labels + (1 - share[photos]) * before * as_before).mean())
        if step % 20 == 0:
            trainer.log(labels=at_labels.mean(), before=as_before.mean())
    averaged = learner.averaged
    assert isinstance(averaged, AddedConcepts)
    return averaged.joined()


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train concepts", description=__doc__)
    parser.add_argument("--photos", type=folder_and_weight, nargs="+", required=True, help="DIR=WEIGHT")
    parser.add_argument(
        "--labels", type=existing_file, nargs="*", default=[LABELS], help="FOLDER/NAME, a tab, synset ids by commas"
    )
    parser.add_argument("--nouns", type=existing_file, required=True, help="from python -m embeddings export")
    parser.add_argument("--validation", type=existing_folder, nargs="*", default=[], help="held-out photos, by class")
    parser.add_argument("--most", type=int, default=3000, help="photos of a folder")
    parser.add_argument("--crops", type=int, default=2, help="random ones a photo, beside those in use")
    parser.add_argument("--least", type=int, default=5, help="photos that show a new concept")
    parser.add_argument("--known", type=float, default=0.35, help="share of a noun that needs no concept of its own")
    parser.add_argument("--rate", type=float, default=1e-3, help="AdamW's highest learning rate")
    parser.add_argument("--labelled", type=float, default=0.85, help="weight of the labels where there are some, 0..1")
    parser.add_argument("--before", type=float, default=2.0, help="weight of the answers of before")
    parser.add_argument("--reserve", type=float, default=0.0, help="taken off the bias of concepts beyond ImageNet's")
    guard = "photos by ImageNet class; few may be lost"
    parser.add_argument("--guard", type=existing_folder, nargs="*", default=[], help=guard)
    parser.add_argument("--guard-weight", type=float, default=9.0, help="of one of them beside a labelled photo")
    parser.add_argument("--judge", type=existing_folder, nargs="*", default=[], help="photos to judge new concepts by")
    parser.add_argument("--least-precision", type=float, default=0.3, help="that a new concept must reach on them")
    add_training_options(parser, steps=1500)
    return parser.parse_args(arguments)
