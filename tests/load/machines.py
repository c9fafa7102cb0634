"""Two machines of a Ray cluster, made of network namespaces: what docs/scale.md says to type, and a cable pulled out.

Run `PYTHONPATH=.:tests python tests/load/machines.py`. Each machine has an address, a name, processes and shared memory
of its own; the folders of pictures and of results are the same on both. A folder is indexed and enlarged, and a page is
asked; each time the second machine is cut off in the middle. Vectors and files must be those that one process gives,
and whose job on the page was lost is told so in a sentence. It needs root, Linux with iproute2, and Ray
(requirements-cluster.txt), and ends with exit code 1 where anything is not so.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from trial_results import hashes_of, vectors_of

from embeddings.library.collection import PictureSet
from zoo.errors import IrisError
from zoo.evaluation.sample_photos import make_sample_photos

HEAD, SECOND = "10.77.0.1", "10.77.0.2"
ROOT = Path(__file__).parents[2]
RAY = "/tmp/ray"  # where Ray keeps its sockets
OWN = (
    f"mkdir -p {RAY} && mount -t tmpfs tmpfs {RAY} && mount -t tmpfs tmpfs /dev/shm && hostname {{name}} && echo there"
)
SIDE = 96  # pixels of the pictures
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 600
PAGE = "http://127.0.0.1:7860/"
# Asks for so many optimisations at once, says when they run, and then what became of each.
ASKED = """
import sys
from gradio_client import Client, handle_file
client = Client(sys.argv[1], verbose=False)
photo, given = handle_file(sys.argv[2]), {"size": 96, "iterations": int(sys.argv[4])}
jobs = [client.submit(photo, photo, **given, api_name="/stylize_from_artwork") for _ in range(int(sys.argv[3]))]
while not all(job.outputs() or job.done() for job in jobs):
    pass
print("running", flush=True)
for job in jobs:
    print(job.exception(600) or "painted", flush=True)
"""


@dataclass(frozen=True)
class Machine:
    """A network namespace with what else a machine has of its own; `process` holds it."""

    name: str
    process: int
    environment: dict[str, str]

    def command(self, *command: str) -> list[str]:
        """Give what runs a command there."""
        return ["nsenter", f"--target={self.process}", "--mount", "--uts", "--net", "--pid", f"--wdns={ROOT}", *command]

    def start(self, *command: str, output: int | None = None) -> subprocess.Popen[str]:
        """Start a command there."""
        return subprocess.Popen(
            self.command(*command), env=self.environment, stdout=output, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *command: str) -> None:
        """Run a command there to its end."""
        subprocess.run(self.command(*command), env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def cut_off(self, is_off: bool = True) -> None:
        """Pull the cable out of the machine, or put it in."""
        _ip("-n", self.name, "link", "set", "cable", "down" if is_off else "up")


@contextmanager
def machines(place: Path) -> Generator[list[Machine]]:
    """Give a head and a second machine of one network."""
    token = secrets.token_hex(32)
    environment = os.environ | {
        "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token, "IRIS_CACHE": str(place / "cache"), "OMP_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with ExitStack() as stack:
        made = []
        for name, address in {"iris-head": HEAD, "iris-second": SECOND}.items():
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            if not made:
                _ip("-n", name, "link", "add", "cable", "type", "veth", "peer", "name", "other")
            else:
                _ip("-n", made[0].name, "link", "set", "other", "netns", name, "name", "cable")
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", "cable")
            for device in ("lo", "cable"):
                _ip("-n", name, "link", "set", device, "up")
            own = ["unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
            script = f"{OWN.format(name=name)} && exec sleep infinity"
            holder = subprocess.Popen(
                ["ip", "netns", "exec", name, *own, "sh", "-c", script], stdout=subprocess.PIPE, text=True
            )
            stack.callback(holder.wait)
            stack.callback(holder.kill)
            assert holder.stdout is not None
            if holder.stdout.readline() != "there\n":
                raise SystemExit(f"no machine {name} can be made; is this root?")
            [inner] = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
            made.append(Machine(name, int(inner), environment))
        yield made


@contextmanager
def cluster(place: Path) -> Generator[tuple[Machine, Machine]]:
    """Give two machines on which Ray was started as docs/scale.md says."""
    with machines(place) as (head, second):
        head.run("ray", "start", "--head", "--node-ip-address", HEAD, "--num-cpus=2")
        second.run("ray", "start", "--address", f"{HEAD}:6379", "--num-cpus=2")
        yield head, second


def main() -> int:
    """Try all, and say what is wrong."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--pictures", type=int, default=120, metavar="N", help="default: %(default)s")
    options = made.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        place = Path(folder)
        for path in make_sample_photos(place / "photos", options.pictures):
            with Image.open(path) as photo:
                photo.resize((SIDE, SIDE)).save(path)
        faults = [fault for trial in (index, enlarge, page) for fault in trial(place)]
    sys.stdout.write("".join(f"wrong: {fault}\n" for fault in faults))
    return int(bool(faults))


def index(place: Path) -> list[str]:
    """Index a folder on both machines, one of which is lost."""
    words = [sys.executable, "-m", "embeddings", "index", str(place / "photos")]
    subprocess.run(words, env=os.environ | {"IRIS_CACHE": str(place / "here")}, check=True)
    with cluster(place) as (head, second):
        _interrupted(head, second, words, lambda: _indexed(place / "photos", place / "cache"))
    here, there = (vectors_of(place / "photos", place / name / "pictures") for name in ("here", "cache"))
    same = here[0] == there[0] and np.abs(here[1] - there[1]).max() < 1e-3
    return [] if same else ["the index of two machines is another"]


def enlarge(place: Path) -> list[str]:
    """Enlarge a folder on both machines, one of which is lost."""
    words = [sys.executable, "-m", "zoo", "upscale", "--precision", "float32", str(place / "photos")]
    subprocess.run([*words, str(place / "large-here")], check=True)
    with cluster(place) as (head, second):
        _interrupted(head, second, [*words, str(place / "large")], lambda: len(hashes_of(place / "large")))
    return [] if hashes_of(place / "large") == hashes_of(place / "large-here") else ["the enlarged files are others"]


def page(place: Path) -> list[str]:
    """Ask a page on the head for work that both machines do, one of which is lost."""
    photo = str(next((place / "photos").iterdir()))
    with cluster(place) as (head, second):
        serving = head.start("python", "app.py", "--engine", "ray", "--address", "auto", "--jobs", "4")
        try:
            _until_served(head, serving)
            lost = _asked(head, photo, 3, 500, second.cut_off)
            told = _asked(head, photo, 2, 5)
        finally:
            serving.terminate()
            serving.wait(PATIENCE_SECONDS)
            second.cut_off(False)
    sys.stdout.write(f"page: {lost} of those at work when a machine was lost, then {told}\n")
    wrong = [f"the page said {one}" for one in lost if one != "painted" and "was lost; try again" not in one]
    return wrong + [f"afterwards the page said {one}" for one in told if one != "painted"]


def _asked(
    head: Machine, photo: str, count: int, iterations: int, meanwhile: Callable[[], None] | None = None
) -> list[str]:
    asking = head.start("python", "-c", ASKED, PAGE, photo, str(count), str(iterations), output=subprocess.PIPE)
    assert asking.stdout is not None
    lines = []
    for line in asking.stdout:
        if line != "running\n":
            lines.append(line.strip())
        elif meanwhile:
            meanwhile()
    return lines


def _interrupted(head: Machine, second: Machine, words: Sequence[str], done: Callable[[], int]) -> None:
    """Run a command on the cluster, and cut the second machine off once some of the results are there."""
    start = time.monotonic()
    on_ray = ["--engine", "ray", "--address", f"{HEAD}:6379", "--workers", "4"]
    running = head.start(*words, *on_ray)
    cut_off = 0.0
    while running.poll() is None:
        if not cut_off and done():
            second.cut_off()
            cut_off = time.monotonic() - start
        if time.monotonic() - start > PATIENCE_SECONDS:
            running.kill()
            raise SystemExit(f"{' '.join(words[1:4])} did not end; cut off after {cut_off:.0f} s")
        time.sleep(POLL_SECONDS)
    second.cut_off(False)
    sys.stdout.write(
        f"{' '.join(words[1:4])}: cut off after {cut_off:.0f} s, ended after {time.monotonic() - start:.0f} s\n"
    )
    if running.returncode or not cut_off:
        raise SystemExit(f"{' '.join(words)} ended with {running.returncode}")


def _until_served(head: Machine, serving: subprocess.Popen[str]) -> None:
    asking = f"import urllib.request; urllib.request.urlopen('{PAGE}', timeout=5)"
    end = time.monotonic() + PATIENCE_SECONDS
    while subprocess.run(
        head.command("python", "-c", asking), env=head.environment, stderr=subprocess.DEVNULL
    ).returncode:
        if serving.poll() is not None or time.monotonic() > end:
            raise SystemExit("the page did not start")


def _indexed(folder: Path, cache: Path) -> int:
    try:
        return len(PictureSet.open(folder, where=cache / "pictures"))
    except IrisError:  # not begun yet
        return 0


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


if __name__ == "__main__":
    sys.exit(main())
