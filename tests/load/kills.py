"""Jobs killed with -9 at random moments and run again: nothing torn, nothing left behind, nothing done twice.

Run `PYTHONPATH=.:tests python tests/load/kills.py --moments 100`; `--jobs` takes some of index, upscale, stylize, clip
and pull, each of which gets so many moments. It ends with exit code 1 where anything went wrong.
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import av
from hub_server import Hub, served
from PIL import Image
from skimage import data

from embeddings.library.collection import PictureSet
from zoo.errors import BadQuery, Refused
from zoo.evaluation.sample_clip import make_clip
from zoo.evaluation.sample_photos import make_sample_photos

POLL_SECONDS = 0.02
MAX_WAIT_SECONDS = 0.5
SIDE = 96  # pixels, at which is painted and from which is enlarged
PULL = """
import sys
from zoo.model_entry import ModelEntry
from zoo.hub import pull
name, size, sha256, repo, revision = sys.argv[1:]
made = {"key": "sr.made", "title": "", "network": None, "source": "hub", "licence": "MIT"}
made |= {"paper": "", "training_data": "", "preprocessing": ""}
pull(ModelEntry(filename=name, bytes=int(size), sha256=sha256, repo=repo, revision=revision, **made))
"""

Results = dict[str, tuple[object, str]]  # what tells that it was made anew, and what it holds


@dataclass(frozen=True)
class Job:
    """Something to kill: its command for a folder of results, and what lies there afterwards."""

    name: str
    command: Callable[[Path], list[str]]
    results: Callable[[Path], Results]
    environment: Callable[[Path], dict[str, str]] = lambda out: {}


@dataclass
class Account:
    """What became of one job over all moments."""

    name: str
    kills: int = 0
    results_at_kills: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kill:
    """When a job is killed: once so many results are there and so long it has run, and a moment later."""

    results: int
    seconds: float
    wait: float


def try_job(job: Job, moments: int, place: Path, chance: random.Random) -> Account:
    """Run a job undisturbed, then kill it at so many moments: shortly after some results, or before the only one."""
    account = Account(job.name)
    begun, ended = _run(job, place / "undisturbed")
    whole = {name: content for name, (_, content) in job.results(place / "undisturbed").items()}
    for number in range(moments):
        out = place / f"killed-{number}"
        after = 0.0 if len(whole) > 1 else chance.uniform(0.3 * begun, 0.8 * ended)  # later runs are quicker
        kill = Kill(chance.randrange(len(whole)), after, chance.uniform(0, MAX_WAIT_SECONDS))
        killed = _run(job, out, kill)[1] < 0
        account.kills += killed
        before = job.results(out)
        account.results_at_kills += len(before)
        _run(job, out)
        account.faults += [f"moment {number}: {fault}" for fault in _faults(whole, before, job.results(out), out)]
    return account


def _faults(whole: dict[str, str], before: Results, after: Results, out: Path) -> Iterator[str]:
    """What is wrong with what was there after the kill, and after the next run."""
    both = before.keys() & after.keys()
    yield from (f"{each} is torn" for each, (_, content) in before.items() if content != whole[each])
    yield from (f"{each} is missing" for each in whole.keys() - after.keys())
    yield from (f"{each} differs" for each in whole.keys() & after.keys() if after[each][1] != whole[each])
    yield from (f"{each} was done twice" for each in both if before[each] != after[each])
    yield from (f"{path} is left" for path in out.rglob("*") if path.suffix in (".part", ".incomplete"))


def _run(job: Job, out: Path, kill: Kill | None = None) -> tuple[float, float]:
    """Seconds until the first trace on the disk and until the end; the second is -1 where it was killed before."""
    out.mkdir(exist_ok=True)
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | job.environment(out)
    start, begun = time.monotonic(), 0.0
    process = subprocess.Popen(job.command(out), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        spent = time.monotonic() - start
        if not begun and any(path.is_file() for path in out.rglob("*")):
            begun = spent
        if kill is not None and spent >= kill.seconds and len(job.results(out)) >= kill.results:
            time.sleep(kill.wait)
            process.kill()
            return begun, -1 if process.wait() < 0 else spent
        time.sleep(POLL_SECONDS)
    assert process.stderr is not None
    told = process.stderr.read().decode()
    if process.returncode:
        raise SystemExit(f"{job.name} ended with {process.returncode}: {told}")
    return begun, time.monotonic() - start


def _files(out: Path) -> Results:
    """The files of a folder but for hidden ones, links followed."""
    paths = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(out)): (path.stat().st_mtime_ns, _hash(path)) for path in paths}


def _indexed(folder: Path, out: Path) -> Results:
    """The pictures of a library with their ids, which a picture that is encoded again gets anew."""
    try:
        pictures = PictureSet.open(folder, where=out / "pictures")
    except (BadQuery, Refused):  # not begun yet
        return {}
    found = pictures.store.ids()
    vectors = pictures.index.vectors(list(found.values()))
    rows = zip(found.items(), vectors, strict=True)
    return {name: (id, hashlib.sha256(vector.tobytes()).hexdigest()) for (name, id), vector in rows}


def _clips(out: Path) -> Results:
    """The clips of a folder by how many frames can be decoded: encoders give other bytes each time."""
    found = {}
    for name, (made, _) in _files(out).items():
        with av.open(str(out / name)) as clip:
            found[name] = made, str(sum(1 for _ in clip.decode(video=0)))
    return found


def _fetched(out: Path) -> Results:
    return {name: found for name, found in _files(out).items() if name.endswith(".bin")}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _made_jobs(place: Path, hub: Hub, count: int) -> Iterator[Job]:
    photos, clip = place / "photos", place / "clip.mp4"
    for path in make_sample_photos(photos, count):
        with Image.open(path) as photo:
            photo.resize((SIDE, SIDE)).save(path)
    make_clip(
        clip, Image.fromarray(data.astronaut()), Image.fromarray(data.chelsea()), size=(SIDE, SIDE), frames=40
    )  # fmt: skip
    zoo, words = [sys.executable, "-m", "zoo"], [sys.executable, "-m", "embeddings"]
    exact = ["--precision", "float32", "--skip-existing"]  # which type is the faster may be timed otherwise each time
    painted = ["--style", "the-scream", *exact]
    yield Job(
        "index", lambda out: [*words, "index", str(photos)], lambda out: _indexed(photos, out),
        lambda out: {"IRIS_CACHE": str(out)},
    )  # fmt: skip
    yield Job("upscale", lambda out: [*zoo, "upscale", str(photos), str(out), *exact], _files)
    yield Job("stylize", lambda out: [*zoo, "stylize", str(photos), str(out), *painted], _files)
    yield Job("clip", lambda out: [*zoo, "stylize", str(clip), str(out / "clip.mp4"), *painted], _clips)
    asked = [hub.filename, str(len(hub.data)), hashlib.sha256(hub.data).hexdigest(), hub.repo, hub.revision]
    yield Job(
        "pull", lambda out: [sys.executable, "-c", PULL, *asked], _fetched,
        lambda out: {"HF_HUB_CACHE": str(out / "hub"), "IRIS_CACHE": str(out / "iris"), "HF_ENDPOINT": hub.url},
    )  # fmt: skip


def main() -> int:
    """Try each job, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100, metavar="N", help="of each job, default: %(default)s")
    parser.add_argument("--jobs", nargs="+", default=["index", "upscale", "stylize", "clip", "pull"])
    parser.add_argument("--photos", type=int, default=48, metavar="N", help="of a folder, default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    hub = Hub("iris/made", "weights.bin", "0" * 40, chance.randbytes(20_000_000))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(served(hub))
        jobs = [job for job in _made_jobs(place, hub, options.photos) if job.name in options.jobs]
        accounts = []
        for job in jobs:
            (place / job.name).mkdir()
            accounts.append(try_job(job, options.moments, place / job.name, chance))
            account = accounts[-1]
            sys.stdout.write(
                f"{account.name:8} killed {account.kills:4} times with {account.results_at_kills:6} results there, "
                f"{len(account.faults)} faults\n"
            )
            sys.stdout.write("".join(f"    {fault}\n" for fault in account.faults))
            sys.stdout.flush()
    return int(any(account.faults for account in accounts))


if __name__ == "__main__":
    sys.exit(main())
