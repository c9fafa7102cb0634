"""How long a one-pass painting takes here and on a worker, and how a picture had best travel between them.

Run `PYTHONPATH=. python tests/load/engines.py`.

Both sides are run in turn, in one run; medians are told. It needs Ray: requirements-cluster.txt.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from zoo.bulk.ray_jobs import RayJobs, ray_jobs
from zoo.images.decode import open_picture
from zoo.precision import precision_in_force, use_precision
from zoo.progress import in_one_step, run_to_end
from zoo.style.fast import styles, stylize

SIDES = {"0.75 million pixels": (1000, 750), "12 million pixels": (4000, 3000), "24 million pixels": (6000, 4000)}
PAINTED = (512, 512)


def main() -> None:
    """Measure and print one line each."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--rounds", type=int, default=9, metavar="N", help="of which medians are taken, default: 9")
    rounds = made.parse_args().rounds
    precision = precision_in_force()
    use_precision(precision)
    with ray_jobs(1, None, setup=partial(use_precision, precision)) as workers:
        print(*painting_lines(workers, rounds), sep="\n")
        print(*travel_lines(workers, rounds), sep="\n")


def painting_lines(workers: RayJobs, rounds: int) -> Iterator[str]:
    """Time a one-pass painting on both sides."""
    given = photo(PAINTED), {styles()[0]: 1.0}
    times = in_turn(
        {
            "here": lambda: run_to_end(stylize(*given)),
            "on a worker": lambda: run_to_end(workers.steps(stylize, *given)),
        },
        rounds,
    )
    yield from (f"{PAINTED[0]}x{PAINTED[1]} painted in one pass {where}: {told}" for where, told in times.items())


def travel_lines(workers: RayJobs, rounds: int) -> Iterator[str]:
    """Time a picture's way to a worker and back, by each way in which it could go."""
    with tempfile.TemporaryDirectory() as shared:
        for title, size in SIDES.items():
            picture, file = photo(size), Path(shared, "photo.jpg")
            picture.save(file, quality=90)
            data = file.read_bytes()
            ways: dict[str, Callable[[], object]] = {
                "pixels": lambda picture=picture: run_to_end(workers.steps(in_one_step, np.asarray, picture)),
                "its file": lambda data=data: run_to_end(workers.steps(in_one_step, decoded, data)),
                "a shared folder": lambda file=file: run_to_end(workers.steps(in_one_step, decoded, str(file))),
                "decoded here": lambda data=data: open_picture(BytesIO(data)),
            }
            told = in_turn(ways, rounds)
            yield f"{title} to a worker and back as " + ", ".join(f"{way} {time}" for way, time in told.items())


def decoded(source: bytes | str) -> np.ndarray:
    """Read a picture where this runs."""
    return np.asarray(open_picture(source))


def in_turn(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, str]:
    """Run every way once in each round; the median time of each, the first round left out."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(1 + rounds):
        for name, run in ways.items():
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    return {name: f"{median(times[1:]):.3f} s" for name, times in seconds.items()}


def photo(size: tuple[int, int]) -> Image.Image:
    """A picture with as much detail as a photo has."""
    coarse = torch.rand(1, 3, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(0))
    smooth = torch.nn.functional.interpolate(coarse, (size[1], size[0]), mode="bicubic").clamp(0, 1)
    return Image.fromarray((255 * smooth[0].permute(1, 2, 0)).round().byte().numpy())


if __name__ == "__main__":
    main()
