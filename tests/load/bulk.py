"""A folder indexed and enlarged here and by two workers of Ray, one of which is killed on the way, or the driver.

Run `PYTHONPATH=. python tests/load/bulk.py --pictures 200`. Vectors and files must be the same, and nothing that was
done before the driver was killed may be done again by the next run; what Ray costs by itself is told by seconds on the
clock and of the processor. It needs Ray (requirements-cluster.txt) and Linux, and
ends with exit code 1 where anything differs.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from trial_results import hashes_of, vectors_of

from embeddings.library.collection import PictureSet
from zoo.errors import BadQuery, Refused
from zoo.evaluation.sample_photos import make_sample_photos

RAY = ("--engine", "ray", "--workers", "2")
POLL_SECONDS = 0.05
KILL_AT = 0.3  # of the results
WORKER = b"ray::_Worker"  # how a process of zoo.bulk.ray_engine calls itself


@dataclass(frozen=True)
class Spent:
    """What one way took."""

    clock: float
    processor: float  # of the driver, the workers and Ray's own processes that ended with them
    killed: int
    done: int = 0  # results that were there when the driver was killed


def run(command: Sequence[str], out: Path, count: int, *, kill: bool = False) -> Spent:
    """Run a command; kill one worker of it once a part of the results is there."""
    clock, processor, killed = time.monotonic(), _processor_seconds(), 0
    environment = os.environ | {"IRIS_CACHE": str(out)}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        if kill and not killed and _done(out) >= KILL_AT * count:
            for worker in _workers(out)[:1]:
                os.kill(worker, signal.SIGKILL)
                killed += 1
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(time.monotonic() - clock, _processor_seconds() - processor, killed)


def run_killed(command: Sequence[str], out: Path, count: int) -> Spent:
    """Run a command, kill it and not its workers once a part of the results is there, and run it again."""
    clock, processor = time.monotonic(), _processor_seconds()
    environment = os.environ | {"IRIS_CACHE": str(out)}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None and _done(out) < KILL_AT * count:
        time.sleep(POLL_SECONDS)
    process.kill()
    process.wait()
    done, before = _done(out), _marks(out)
    again = run(command, out, count)
    if not before.items() <= _marks(out).items():
        raise SystemExit(f"{' '.join(command)} did again what was done before it was killed")
    return replace(again, clock=time.monotonic() - clock, processor=_processor_seconds() - processor, done=done)


def _marks(out: Path) -> dict[str, int]:
    """The results that are there, with what differs for one that was made anew: ids of a library, or dates of files."""
    libraries = list(out.glob("pictures/*/library.sqlite"))
    if libraries:
        return PictureSet.of_file(out, libraries[0]).store.ids()
    return {path.name: path.stat().st_mtime_ns for path in out.glob("[!.]*.jpg")}


def _workers(out: Path) -> list[int]:
    """The processes of workers that were started with this cache."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            mine = f"IRIS_CACHE={out}".encode() in (process / "environ").read_bytes()
            if mine and (process / "cmdline").read_bytes().startswith(WORKER):
                found.append(int(process.name))
    return found


def _done(out: Path) -> int:
    """How many results are there: files, or pictures in the library of the cache."""
    libraries = list(out.glob("pictures/*/library.sqlite"))
    if not libraries:
        return sum(path.suffix == ".jpg" and not path.name.startswith(".") for path in out.rglob("*"))
    try:
        return len(PictureSet.of_file(out, libraries[0]))
    except (BadQuery, Refused):  # being made
        return 0


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main() -> int:
    """Run both jobs both ways, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=200, metavar="N", help="to index, default: %(default)s")
    parser.add_argument("--enlarged", type=int, default=24, metavar="N", help="to enlarge, default: %(default)s")
    parser.add_argument("--address", metavar="A", help="of a cluster that runs, whose workers are not killed")
    options = parser.parse_args()
    ray = (*RAY, "--address", options.address) if options.address else RAY
    with tempfile.TemporaryDirectory() as kept:
        place = Path(kept)
        photos, some = place / "photos", place / "some"
        make_sample_photos(photos, options.pictures)
        make_sample_photos(some, options.enlarged)
        for name in ("index-local", "index-ray", "index-killed", "upscale-local", "upscale-ray", "upscale-killed"):
            (place / name).mkdir()
        index, enlarge = ("embeddings", "index", str(photos)), ("zoo", "upscale", str(some))
        rows = {
            "index, local": run(index, place / "index-local", options.pictures),
            "index, Ray": run((*index, *ray), place / "index-ray", options.pictures, kill=True),
            "index, driver killed": run_killed((*index, *ray), place / "index-killed", options.pictures),
            "upscale, local": run(
                (*enlarge, str(place / "upscale-local")), place / "upscale-local", options.enlarged
            ),
            "upscale, Ray": run(
                (*enlarge, str(place / "upscale-ray"), *ray), place / "upscale-ray", options.enlarged, kill=True
            ),
            "upscale, driver killed": run_killed(
                (*enlarge, str(place / "upscale-killed"), "--skip-existing", *ray), place / "upscale-killed",
                options.enlarged,
            ),
        }  # fmt: skip
        for name, row in rows.items():
            sys.stdout.write(
                f"{name:24}{row.clock:8.1f} s{row.processor:8.1f} s of cpu, workers killed: {row.killed}, "
                f"done when the driver was: {row.done}\n"
            )
        names, here = vectors_of(photos, place / "index-local" / "pictures")
        same_vectors = len(set(names)) == options.pictures
        for way in ("index-ray", "index-killed"):
            others, there = vectors_of(photos, place / way / "pictures")
            same_vectors = same_vectors and names == others and bool(np.array_equal(here, there))
        local = hashes_of(place / "upscale-local")
        same_files = all(hashes_of(place / way) == local for way in ("upscale-ray", "upscale-killed"))
        sys.stdout.write(f"vectors the same: {same_vectors}; files the same: {same_files}\n")
    return int(not (same_vectors and same_files))


if __name__ == "__main__":
    sys.exit(main())
