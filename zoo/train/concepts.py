"""Train the concepts of ``devise.nouns`` further and add some, on photos whose labels are any nouns of any level.

The body stays as it is, so what it finds in each photo is looked up once, in several crops; the rest takes minutes.
Two losses: the shares at or below what a photo shows are to be large (the marginal likelihood of a label that is a
kind), and the network's answers of before are to be given again, so that classes with few or no photos are not lost.
"""

import json
import logging
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from tqdm import tqdm

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.errors import BadInput
from zoo.files import written_beside
from zoo.loading import load_encoder
from zoo.nets import eight_bit
from zoo.nets.backbones import DEFAULT_BACKBONE
from zoo.nets.edge_encoder import INPUT_SIDE, EdgeFeatures
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.devise import augmentation, folder_and_weight, labelled, validate
from zoo.train.labels import Graph, labels_of, read_graph, read_labels, targets
from zoo.train.learner import Learner
from zoo.train.photos import photo_files, read_photo
from zoo.train.publish import publish
from zoo.train.trainer import Trainer, TrainingConfig, add_training_options, training_config
from zoo.train.word_space import read_space
from zoo.vision import transforms as v2
from zoo.weight_files import unpickle

MODEL = "devise.nouns"
LABELS = Path(__file__).with_name("labels.tsv")  # of 540 photos, by this project
SHORT_SIDE = 320  # of photos before they are cropped
RANGED = 160  # photos on which the ranges for 8 bits are measured
BATCH = 256
PROMINENT = 2  # the labels of a photo by which is told whether the network knows them


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Views:
    """What the body found in crops of photos (V, F), of which photo each is (V,), how often it is drawn (V,)."""

    features: Tensor
    photos: Tensor
    weights: Tensor
    ranges: list[eight_bit.Range]  # of the body's layers, none where it stays in floating point


@dataclass(frozen=True)
class Examples:
    """What is learnt: views, the network's earlier probabilities for them (V, B), and `targets` of their photos."""

    views: Views
    before: Tensor
    counts: Tensor  # (photos, L)
    kinds: Tensor  # (L, C)


def look(network: PictureEncoder, photos: Mapping[Path, float], crops: int) -> Views:
    """The middle and some random crops of every photo, as the body sees them in use; weights by photo."""
    middle, random = v2.Compose([v2.Resize(256, antialias=True), v2.CenterCrop(INPUT_SIDE)]), augmentation(INPUT_SIDE)
    files = list(photos)
    ranges = _ranges(network, files[:: max(1, len(files) // RANGED)])
    body = eight_bit.of_pixels(network.body, ranges)
    found = []
    for file in tqdm(files, unit="photo"):
        photo = read_photo(file, short_side=SHORT_SIDE)
        batch = torch.stack([middle(photo), *(random(photo) for _ in range(crops))])
        with torch.inference_mode():
            found.append(body(batch.contiguous(memory_format=torch.channels_last)).half())
    numbers = torch.arange(len(files)).repeat_interleave(1 + crops)
    return Views(torch.cat(found), numbers, torch.tensor(list(photos.values()))[numbers], ranges)


def _ranges(network: PictureEncoder, files: Sequence[Path]) -> list[eight_bit.Range]:
    """What 8 bits need to know; nothing of a body that has no form in 8 bits."""
    if not isinstance(network.body, EdgeFeatures):
        return []
    middle = v2.Compose([v2.CenterCrop(INPUT_SIDE), v2.ToDtype(torch.float32, scale=True)])
    photos = (middle(read_photo(file, short_side=256))[None] for file in files)
    with torch.inference_mode():
        return eight_bit.ranges(network.body, (photo.to(memory_format=torch.channels_last) for photo in photos))


def missing(
    labels: Sequence[tuple[str, ...]], shares: Tensor, concepts: Sequence[str], graph: Graph, least: int, known: float
) -> list[str]:
    """What enough photos show and the network knows little of: its share at or below is small on average."""
    kinds = {concept: set(graph.upward(concept)) for concept in concepts}
    shown = {id: [number for number, each in enumerate(labels) if id in each] for id in set().union(*labels)}
    found = []
    for id in sorted(shown, key=lambda id: (-len(shown[id]), id)):
        clear = [number for number in shown[id] if id in labels[number][:PROMINENT]]
        below = [number for number, concept in enumerate(concepts) if id in kinds[concept]]
        if id not in kinds and len(clear) >= least and shares[clear][:, below].sum(1).mean() < known:
            found.append(id)
    return found


def widened(network: PictureEncoder, points: Tensor) -> PictureEncoder:
    """The network with a concept more for each of some points (n, dimension), of which it knows nothing yet."""
    old = network.concepts
    backbone = network.metadata.get("backbone", DEFAULT_BACKBONE)
    wide = PictureEncoder(points.shape[1], old.out_features + len(points), backbone=backbone)
    wide.body.load_state_dict(network.body.state_dict())
    with torch.no_grad():
        wide.concepts.weight.zero_()[: old.out_features] = old.weight
        wide.concepts.bias.fill_(old.bias.mean())[: old.out_features] = old.bias
        wide.words.weight.copy_(torch.cat([network.words.weight, points.T], 1))
    return wide.eval()


def losses(logits: Tensor, before: Tensor, counts: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
    """For each photo the surprise at its labels (N,), and at the shares that the network gave before (N,).

    logits (N, C); before (N, B), of the first B concepts; counts (N, L) and kinds (L, C) from `targets`.
    """
    logs = logits.log_softmax(1)
    seen = (logs.exp() @ kinds.T).clamp_min(1e-7).log()  # (N, L)
    return -(counts * seen).sum(1), -(before * logs[:, : before.shape[1]]).sum(1)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    network, graph = load_encoder(MODEL), read_graph(options.nouns)
    classes = network.metadata["classes"].split(",")
    photos = drawn(options.photos, options.most, options.seed)
    written = read_labels(options.labels, graph)
    labels = [labels_of(file, written, classes) for file in photos]
    if not any(labels):
        raise BadInput(
            "none of the photos is labelled: no line begins with its FOLDER/NAME, nor is it named by a class"
        )
    views = _kept(options.run / "views.pt", photos, options.crops, lambda: look(network, photos, options.crops))
    with torch.inference_mode():
        before = torch.cat([network.concepts(part.float()).softmax(1) for part in views.features.split(4096)])
    of_photos = torch.zeros(len(photos), before.shape[1]).index_add_(0, views.photos, before) / (1 + options.crops)
    more = missing(labels, of_photos, classes, graph, options.least, options.known)
    log.info("%d more: %s", len(more), " ".join(more))
    space = read_space(options.nouns, classes + more)
    if space.sha256 != network.metadata["words_sha256"]:
        raise BadInput(
            f"{MODEL} was trained to other noun vectors than {options.nouns} holds; train devise on it first"
        )
    student = widened(network, space.classes[len(classes) :])
    examples = Examples(views, before.half(), *targets(labels, space.wnids, graph))
    average = train(
        student.concepts, examples, config, rate=options.rate, labelled=options.labelled, before=options.before
    )
    student.concepts.load_state_dict(average.state_dict())
    notes = {"classes": ",".join(space.wnids), "words_sha256": space.sha256, "ranges": json.dumps(views.ranges)}
    held_out = [photo for folder in options.validation for photo in labelled([folder], list(space.wnids))]
    measured = validate(student, space, held_out) if held_out else {}
    metrics = {name: round(value, 4) for name, value in measured.items()}
    publish(student, MODEL, {**network.metadata, **notes}, metrics, folder=options.weights)


def train(
    concepts: nn.Linear, examples: Examples, config: TrainingConfig, *, rate: float, labelled: float, before: float
) -> nn.Module:
    """Train the concepts on examples, giving their averaged weights.

    `labelled` is the weight of a photo's labels in its loss, 0..1, `before` that of the earlier answers.
    """
    views, share = examples.views, labelled * examples.counts.sum(1)  # 0 for photos without labels
    optimizer = torch.optim.AdamW(concepts.parameters(), lr=rate, weight_decay=1e-4)
    learner = Learner(concepts, optimizer, average=0.99)
    trainer = Trainer(config, {"concepts": learner})
    for step in trainer:
        batch = views.weights.multinomial(BATCH, replacement=True, generator=trainer.generator)
        photos = views.photos[batch]
        logits = concepts(views.features[batch].float())
        earlier = examples.before[batch].float()
        at_labels, as_before = losses(logits, earlier, examples.counts[photos], examples.kinds)
        learner.step((share[photos] * at_labels + (1 - share[photos]) * before * as_before).mean())
        if step % 20 == 0:
            trainer.log(labels=at_labels.mean(), before=as_before.mean())
    return learner.averaged


def drawn(folders: Sequence[tuple[Path, float]], most: int, seed: int) -> dict[Path, float]:
    """At most so many photos of each folder, at random, and how often each is to be drawn."""
    found = {}
    for folder, weight in folders:
        files = photo_files([folder])
        some = torch.randperm(len(files), generator=torch.Generator().manual_seed(seed))[:most]
        found |= {files[number]: weight / len(some) for number in sorted(some.tolist())}
    return found


def _kept(file: Path, photos: Mapping[Path, float], crops: int, make: Callable[[], Views]) -> Views:
    """The views in a file, made the first time; BadInput where those are of other photos."""
    made_of = [f"{crops} crops", *(f"{weight:g} {photo}" for photo, weight in photos.items())]
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(file) as part:
            torch.save(vars(make()) | {"made_of": made_of}, part)
    kept = cast(dict[str, Any], unpickle(file))
    if kept.pop("made_of", None) != made_of:
        raise BadInput(f"{file.parent} was begun with other photos; give those, or another folder with --run")
    return Views(**kept)


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train concepts", description=__doc__)
    parser.add_argument("--photos", type=folder_and_weight, nargs="+", required=True, help="DIR=WEIGHT")
    parser.add_argument(
        "--labels", type=existing_file, nargs="*", default=[LABELS], help="FOLDER/NAME, a tab, synset ids by commas"
    )
    parser.add_argument("--nouns", type=existing_file, required=True, help="from python -m embeddings export")
    parser.add_argument("--validation", type=existing_folder, nargs="*", default=[], help="held-out photos, by class")
    parser.add_argument("--most", type=int, default=3000, help="photos of a folder")
    parser.add_argument("--crops", type=int, default=2, help="random ones a photo, beside its middle")
    parser.add_argument("--least", type=int, default=5, help="photos that show a new concept")
    parser.add_argument("--known", type=float, default=0.35, help="share of a noun that needs no concept of its own")
    parser.add_argument("--rate", type=float, default=1e-3, help="AdamW's highest learning rate")
    parser.add_argument("--labelled", type=float, default=0.85, help="weight of the labels where there are some, 0..1")
    parser.add_argument("--before", type=float, default=2.0, help="weight of the answers of before")
    add_training_options(parser, steps=1500)
    return parser.parse_args(arguments)
