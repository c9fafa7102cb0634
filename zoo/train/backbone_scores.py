"""Which ImageNet network to start an encoder from: what it knows before any training, against its time."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from zoo.errors import BadInput
from zoo.nets.backbones import BODIES
from zoo.nets.edge_encoder import INPUT_SIDE
from zoo.train.devise import Photo, photos_of_classes, start, validate
from zoo.train.teachers import read_classifier
from zoo.train.word_space import WordSpace, read_word_space

ROUNDS = 10
TOGETHER = 16  # photos in a batch
HALF = 2  # bytes of a number in a published file


@dataclass(frozen=True)
class BackboneScore:
    """A network as it starts (ConSE): hits among all nouns by folder of photos, size, and time without decoding.

    `milliseconds` is one photo on the clock, on as many threads as torch takes; `processor` is the processor time of a
    photo among sixteen.
    """

    backbone: str
    hits: Mapping[str, Mapping[str, float]]
    megabytes: float
    milliseconds: float
    processor: float


def score_backbones(
    starts: Mapping[str, Path], folders: list[Path], nouns: Path, wnids: list[str]
) -> list[BackboneScore]:
    """Score networks by backbone, from the files of their ImageNet weights, on labelled photos.

    Raises BadInput for an unknown backbone, and where a folder holds no photo of these classes.
    """
    unknown = starts.keys() - BODIES.keys()
    if unknown:
        raise BadInput(f"no backbone {unknown.pop()[:80]!r}; there are {', '.join(BODIES)}")
    space = read_word_space(nouns, wnids)
    photos = {folder.name: photos_of_classes(folder, wnids) for folder in folders}
    networks = {key: start(read_classifier(file, key), space, key).eval() for key, file in starts.items()}
    times = _times(networks)
    return [
        BackboneScore(
            key,
            {name: _hits(network, space, some) for name, some in photos.items()},
            round(HALF * sum(weight.numel() for weight in network.parameters()) / 1e6, 1),
            *times[key],
        )
        for key, network in networks.items()
    ]


def table(scores: list[BackboneScore]) -> Iterator[str]:
    """Write the scores as lines of text."""
    for score in scores:
        times = f"{score.milliseconds:6.1f} ms alone  {score.processor:6.1f} ms in a batch"
        yield f"{score.backbone:22} {score.megabytes:5.1f} MB  {times}"
        for folder, hits in score.hits.items():
            yield f"{'':22} {folder}: " + ", ".join(f"{name} {share:.3f}" for name, share in hits.items())


def _hits(network: nn.Module, space: WordSpace, photos: list[Photo]) -> dict[str, float]:
    return {name: round(share, 4) for name, share in validate(network, space, photos).items()}


@torch.inference_mode()
def _times(networks: Mapping[str, nn.Module]) -> dict[str, tuple[float, float]]:
    """Milliseconds on the clock for one photo and of the processor for one of many, in turn, medians."""
    one, many = (torch.rand(n, 3, INPUT_SIDE, INPUT_SIDE).to(memory_format=torch.channels_last) for n in (1, TOGETHER))
    clock, processor = ({key: [] for key in networks} for _ in range(2))
    for _ in range(1 + ROUNDS):
        for key, network in networks.items():
            clock[key].append(_seconds(time.perf_counter, lambda network=network: network(one)))
            processor[key].append(_seconds(time.process_time, lambda network=network: network(many)) / TOGETHER)
    return {key: (_median(clock[key]), _median(processor[key])) for key in networks}


def _seconds(now: Callable[[], float], work: Callable[[], object]) -> float:
    before = now()
    work()
    return now() - before


def _median(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds[1:]), 1)  # the first run is to warm up
