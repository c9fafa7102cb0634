"""How long enlarging takes and how much memory, beside the two networks of Real-ESRGAN as spandrel builds them.

The others have random weights, on which neither time nor memory depends, and the layout channels last, which makes them
faster by a fifth and more.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import torch
from PIL import Image
from skimage import data
from torch import nn

from zoo.catalog import entry
from zoo.images.tensors import to_tensor
from zoo.loading import load
from zoo.progress import run_to_end
from zoo.stopwatch import Job, alternately, peak_megabytes
from zoo.superres.networks import AUTOMATIC, FIDELITY, PHOTO
from zoo.superres.upscale import upscale

SIDE = 128
LARGE = (1024, 768)
CAMERA = (4000, 3000)  # whose memory counts
RRDB_WIDTH, RRDB_BLOCKS = 64, 23
COMPACT_WIDTH, COMPACT_DEPTH = 64, 32


@dataclass(frozen=True)
class Measure:
    """Median seconds of a job and what a process that does nothing else needs for it.

    `ratio` is of the time of this project's network alone, `file_megabytes` the length of the weight file, `peak` the
    most resident memory and `grown` what of it the job added to the loaded network, both in megabytes.
    """

    job: str
    parameters: int
    file_megabytes: float
    seconds: float
    ratio: float | None
    peak_megabytes: float
    grown_megabytes: float

    def line(self) -> str:
        """Say it in a line of text."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        size = f"{self.parameters / 1e6:.2f} M parameters, {self.file_megabytes:.1f} MB"
        memory = f"{self.peak_megabytes:.0f} MB at most, {self.grown_megabytes:.0f} for the job"
        return f"{self.job:36} {self.seconds:8.3f} s {ratio:>9}  {size}; {memory}"


@dataclass(frozen=True)
class Subject:
    """A network, the catalog key of its weights, and the work to time."""

    network: nn.Module
    key: str
    work: Job


def bench_superres() -> Iterator[Measure]:
    """Time one picture by every network in turn, medians; then, once, a large one through tiles, and a camera's.

    Each is then done once more in a process of its own, so that the memory of one is not taken for another's.
    """
    small = {name: make() for name, make in subjects().items()}
    timings = alternately({name: subject.work for name, subject in small.items()})
    for timing in timings:
        yield _measure(timing.job, small[timing.job], timing.seconds, timing.seconds / timings[0].seconds)
    for name, make in large_subjects().items():
        subject = make()
        (timing,) = alternately({name: subject.work}, repeats=0)
        yield _measure(name, subject, timing.seconds, None)


def subjects() -> Mapping[str, Callable[[], Subject]]:
    """By name what enlarges a picture of SIDE pixels; the first is what the others are compared with."""
    return {
        **{f"{key}, the network": partial(_alone_of, key) for key in (PHOTO, FIDELITY)},
        f"{AUTOMATIC}, upscale": lambda: _by_upscale((SIDE, SIDE)),
        "SRVGGNetCompact, the network": lambda: _alone(_compact(), "sr.realesr-general-x4"),
        "RRDBNet, the network": lambda: _alone(_rrdb(), "sr.realesrgan-x4"),
    }


def large_subjects() -> Mapping[str, Callable[[], Subject]]:
    """By name what is done once only."""
    return {f"{AUTOMATIC}, upscale {size[0]} x {size[1]}": partial(_by_upscale, size) for size in (LARGE, CAMERA)}


def memory_of(name: str) -> tuple[float, float]:
    """Measure the peak of this process when it has done one job, and how far that lies above the one before, in MB."""
    subject = (dict(subjects()) | dict(large_subjects()))[name]()
    before = peak_megabytes()
    subject.work()
    return peak_megabytes(), peak_megabytes() - before


def fresh_memory_of(name: str) -> tuple[float, float]:
    """Measure the same in a process of its own."""
    spawn, threads = get_context("spawn"), torch.get_num_threads()
    with ProcessPoolExecutor(1, spawn, initializer=torch.set_num_threads, initargs=(threads,)) as fresh:
        return fresh.submit(memory_of, name).result()


def _measure(name: str, subject: Subject, seconds: float, ratio: float | None) -> Measure:
    peak, grown = fresh_memory_of(name)
    numbers = sum(weight.numel() for weight in subject.network.parameters())
    return Measure(name, numbers, entry(subject.key).bytes / 1e6, seconds, ratio, peak, grown)


def _photo(size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(data.astronaut()).resize(size)


def _alone(network: nn.Module, key: str) -> Subject:
    image = to_tensor(_photo((SIDE, SIDE)))
    return Subject(network, key, torch.inference_mode()(lambda: network(image)))


def _alone_of(key: str) -> Subject:
    return _alone(load(key), key)


def _by_upscale(size: tuple[int, int]) -> Subject:
    photo = _photo(size)
    return Subject(load(PHOTO), PHOTO, lambda: run_to_end(upscale(photo)))


def _compact() -> nn.Module:
    from spandrel.architectures.Compact import Compact  # takes seconds to import, which only this job needs

    return (
        Compact(num_feat=COMPACT_WIDTH, num_conv=COMPACT_DEPTH, upscale=4).eval().to(memory_format=torch.channels_last)
    )


def _rrdb() -> nn.Module:
    from spandrel.architectures.ESRGAN import ESRGAN

    return ESRGAN(num_filters=RRDB_WIDTH, num_blocks=RRDB_BLOCKS).eval().to(memory_format=torch.channels_last)
