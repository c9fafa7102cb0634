"""How long each job takes on this machine, and how much memory: medians of several runs after one to warm up."""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from PIL import Image
from skimage import data

from zoo.encode import encode
from zoo.optimize import stylize_from_artwork
from zoo.steps import finish
from zoo.stylize import styles, stylize
from zoo.upscale import upscale

REPEATS = 5
ITERATIONS = 10


@dataclass(frozen=True)
class Timing:
    """The median time of a job in seconds, and the most memory the process has held so far, in megabytes."""

    job: str
    seconds: float
    peak_megabytes: float


def jobs() -> Mapping[str, Callable[[], object]]:
    """Every job by what it does, on photos that come with scikit-image."""
    photo = Image.fromarray(data.astronaut())  # 512 x 512
    small, artwork = photo.resize((128, 128)), Image.fromarray(data.coffee())
    first = styles()[0]
    return {
        "name one picture of 512 x 512": lambda: encode([photo]),
        "restyle 512 x 512 in one pass": lambda: finish(stylize(photo, {first: 1.0})),
        "enlarge 128 x 128 to 512 x 512": lambda: finish(upscale(small)),
        f"optimise at 384 px, {ITERATIONS} iterations": lambda: finish(
            stylize_from_artwork(photo, artwork, iterations=ITERATIONS)
        ),
    }


def bench(threads: int | None = None) -> Iterator[Timing]:
    """Time every job, one after the other, on so many threads (by default as many as torch takes)."""
    if threads:
        torch.set_num_threads(threads)
    for name, job in jobs().items():
        job()
        yield Timing(name, statistics.median(seconds_of(job) for _ in range(REPEATS)), peak_megabytes())


def seconds_of(job: Callable[[], object]) -> float:
    """Seconds on the clock that one run takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """The most resident memory that this process has held."""
    units = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units
