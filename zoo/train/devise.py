"""Train ``devise.nouns``: an ImageNet network becomes a map from pictures to noun vectors (DeViSE, Frome et al. 2013).

The network starts with each ImageNet class at its noun (ConSE, Norouzi et al. 2014); then the whole of it moves. Three
losses: the paper's hinge rank loss against random wrong nouns, a cosine loss, and one more than the paper: the starting
network's soft answers are to be given again by cosines to the class vectors, so that classes with few or no training
photos are not lost.
"""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import torch
from torch import Tensor, nn

from zoo.catalog import CATALOG
from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.errors import BadInput
from zoo.hub import path_of
from zoo.nets.backbones import BODIES, DEFAULT_BACKBONE, ImageNetClassifier
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.learner import Learner
from zoo.train.photos import START_METHOD, photo_files, read_photo
from zoo.train.publish import publish
from zoo.train.teachers import read_classifier
from zoo.train.trainer import Trainer, add_training_options, training_config
from zoo.train.word_space import UNLABELLED, WordSpace, hit_at, read_word_space, word_space_losses
from zoo.vision import transforms as v2


@dataclass(frozen=True)
class Photo:
    """A training photo and its class number in 0..999, or UNLABELLED."""

    path: Path
    label: int


def labelled(folders: list[Path], wnids: list[str]) -> list[Photo]:
    """List photos whose class is the start of a folder's or the file's own name; others count as unlabelled."""
    number = {name: index for index, name in enumerate(wnids)}
    photos = []
    for path in photo_files(folders):
        names = [part[:9] for part in path.parts[-3:]]
        photos.append(Photo(path, next((number[name] for name in names if name in number), UNLABELLED)))
    return photos


def photos_of_classes(folder: Path, wnids: list[str]) -> list[Photo]:
    """List the photos below a folder whose class is known, as `labelled` knows it; raises BadInput where none is."""
    found = [photo for photo in labelled([folder], wnids) if photo.label != UNLABELLED]
    if not found:
        raise BadInput(f"no photo below {folder} is named after a class; put it in a folder named by its wnid")
    return found


def augmentation(side: int) -> v2.Transform:
    """Make the random resized crop of uint8 photos, flip, a little colour, sometimes grey."""
    return v2.Compose(
        [
            v2.RandomResizedCrop(side, scale=(0.3, 1.0), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(0.3, 0.3, 0.3, 0.05)], 0.5),
            v2.RandomGrayscale(0.05),
        ]
    )


class Photos(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """Random photos without end: a group is drawn by weight, then a photo from it; item numbers only seed the draw."""

    def __init__(self, groups: list[list[Photo]], weights: list[float], *, side: int, seed: int) -> None:
        self.groups, self.weights, self.seed = groups, torch.tensor(weights), seed
        self.augment = augmentation(side)

    def batches(self, size: int, *, first: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield images (size, 3, side, side) in 0..1 and labels (size,) from an item number on."""
        context = START_METHOD if workers else None
        loader = torch.utils.data.DataLoader(
            self, size, sampler=count(first), num_workers=workers, multiprocessing_context=context
        )
        return iter(loader)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        torch.manual_seed(self.seed * 1_000_003 + index)
        group = self.groups[int(self.weights.multinomial(1))]
        photo = group[int(torch.randint(len(group), ()))]
        return self.augment(read_photo(photo.path)).float().div(255), photo.label


def start(teacher: ImageNetClassifier, space: WordSpace, backbone: str = DEFAULT_BACKBONE) -> PictureEncoder:
    """Make the starting network, with its classes at their nouns: ConSE, before any training."""
    network = PictureEncoder(space.vectors.shape[1], backbone=backbone)
    network.body.load_state_dict(teacher.body.state_dict())
    network.concepts.load_state_dict(teacher.classify.state_dict())
    network.words.load_state_dict({"weight": space.classes.T.contiguous()})
    return network.to(memory_format=torch.channels_last)


@torch.inference_mode()
def embed_files(network: nn.Module, photos: list[Photo]) -> Tensor:
    """Points (N, dimension) of photos as users give them: short side 256, centre 224."""
    crop = v2.Compose([v2.CenterCrop(224), v2.ToDtype(torch.float32, scale=True)])
    network.eval()
    device = next(network.parameters()).device
    images = (crop(read_photo(photo.path, short_side=256))[None] for photo in photos)
    return torch.cat([network(image.to(device, memory_format=torch.channels_last)) for image in images])


def validate(network: nn.Module, space: WordSpace, photos: list[Photo]) -> dict[str, float]:
    """Share of photos whose class is the nearest, or among the five nearest, of all nouns and of the classes alone."""
    points = embed_files(network, photos).cpu()
    true = space.class_rows[torch.tensor([p.label for p in photos])]
    return {
        "hit1": hit_at(1, points @ space.vectors.T, true),
        "hit5": hit_at(5, points @ space.vectors.T, true),
        "hit1_classes": hit_at(1, points @ space.classes.T, torch.tensor([p.label for p in photos])),
    }


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    wnids = options.classes.read_text().split()
    space = read_word_space(options.nouns, wnids)
    groups = [labelled([folder], wnids) for folder, _ in options.photos]
    held_out = [photo for folder in options.validation for photo in photos_of_classes(folder, wnids)]
    teacher = read_classifier(options.start or path_of(CATALOG[options.backbone]), options.backbone)
    network = start(teacher, space, options.backbone).to(config.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=1e-4)
    learner = Learner(network, optimizer, average=0.995, clip=1.0)
    trainer = Trainer(config, {"network": learner})
    if trainer.step == 0:
        trainer.log(**validate(network, space, held_out))
    photos = Photos(groups, [weight for _, weight in options.photos], side=options.side, seed=options.seed)
    batches = photos.batches(options.batch, first=trainer.step * options.batch, workers=options.workers)
    teacher, targets = teacher.to(config.device), space.to(config.device)
    for step in trainer:
        images, labels = (part.to(config.device) for part in next(batches))
        images = images.to(memory_format=torch.channels_last)
        wrong = torch.randint(len(space.vectors), (options.wrong,), generator=trainer.generator).to(config.device)
        with trainer.autocast():
            points, logits = network(images), teacher(images).detach()
        parts = word_space_losses(targets, points.float(), labels, logits.float(), wrong)
        learner.step(parts["soft"] + options.cosine * parts["cosine"] + parts["rank"])
        if step % 20 == 0:
            trainer.log(**parts)
        if step % options.validate == options.validate - 1:
            trainer.log(**validate(learner.averaged, space, held_out))
    finish(learner.averaged, space, held_out, options)


def finish(network: nn.Module, space: WordSpace, held_out: list[Photo], options: Namespace) -> None:
    """Measure on the held-out photos, and bundle."""
    notes = {
        "backbone": options.backbone,
        "dimension": str(space.vectors.shape[1]),
        "classes": ",".join(space.wnids),
        "words_sha256": space.sha256,
    }
    metrics = {name: round(value, 4) for name, value in validate(network, space, held_out).items()}
    publish(network, "devise.nouns", notes, metrics, folder=options.weights)


def folder_and_weight(text: str) -> tuple[Path, float]:
    """``DIR=0.3`` or ``DIR``."""
    folder, _, weight = text.partition("=")
    return existing_folder(folder), float(weight or 1)


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train devise", description=__doc__)
    parser.add_argument("--photos", type=folder_and_weight, nargs="+", required=True, help="DIR=WEIGHT, wnids in names")
    parser.add_argument("--validation", type=existing_folder, nargs="+", required=True, help="held-out labelled photos")
    parser.add_argument("--nouns", type=existing_file, required=True, help="from python -m embeddings export")
    parser.add_argument("--classes", type=existing_file, required=True, help="the 1000 wnids, one a line, sorted")
    parser.add_argument("--backbone", choices=BODIES, default=DEFAULT_BACKBONE, help="default: %(default)s")
    parser.add_argument(
        "--start", type=existing_file, metavar="FILE", help="its ImageNet weights; default: as zoo pull had them"
    )
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=160, help="side of the training crops in pixels")
    parser.add_argument("--rate", type=float, default=5e-6, help="AdamW's highest learning rate")
    parser.add_argument("--cosine", type=float, default=2.0, help="weight of the cosine loss")
    parser.add_argument("--wrong", type=int, default=512, help="random wrong nouns a step")
    parser.add_argument("--validate", type=int, default=500, help="steps between validations")
    parser.add_argument("--workers", type=int, default=0)
    add_training_options(parser, steps=3000)
    options = parser.parse_args(arguments)
    if options.start is None and options.backbone not in CATALOG:
        parser.error(f"{options.backbone} is not on the hub; give its weights with --start FILE")
    return options
