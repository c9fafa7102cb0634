"""Many visitors at once: errors, results that came to the wrong visitor, times and memory.

Run `PYTHONPATH=.:tests python tests/load/visitors.py --visitors 50 --minutes 8`, with what the server is to be started
with behind `--`, such as `-- --jobs 2`. `--page` adds what only the page does: a clip, any artwork in one pass, several
pictures. It ends with exit code 1 where anything went wrong.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from gradio_client import Client, handle_file
from page_server import INDEXED, PATIENCE, Server, serve
from page_visitor import Visitor as PageVisitor
from PIL import Image

from demo.samples import samples
from demo.web.several import LABEL
from zoo.evaluation.sample_clip import make_clip
from zoo.images.decode import open_picture

SETTLED_MINUTES = 2.0  # from then on memory is to stay
REST_SECONDS = 60  # after which memory is what the server keeps, and not what its jobs need
PAUSE_SECONDS = (0.5, 3.0)  # of a visitor between two jobs
WIDTH = 200  # pixels of the widest picture; by its width a visitor knows its own
CLIP_SIZE, FRAMES, SEVERAL = (160, 96), 10, 3
Job = Callable[["Visitor"], bool]


@dataclass(frozen=True)
class Visitor:
    """One who asks, with a picture that no other has; behind a proxy, which tells the server its address."""

    number: int
    client: Client
    url: str
    address: dict[str, str]
    picture: Path
    size: tuple[int, int]

    def opened(self) -> PageVisitor:
        """The page, opened anew."""
        return PageVisitor(self.url, headers=self.address)

    def ask(self, endpoint: str, *given: object) -> Any:  # noqa: ANN401
        """Call an endpoint; gives what it answers."""
        return self.client.predict(*given, api_name=endpoint)

    def has(self, file: str, size: tuple[int, int]) -> bool:
        """Whether a result is of this visitor's picture."""
        return Path(file).name.startswith(f"{self.picture.stem}-") and open_picture(file).size == size


@dataclass
class Report:
    """What happened, by endpoint."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    megabytes: dict[str, float] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The report as text."""
        done = sum(map(len, self.seconds.values()))
        yield f"{done} answers, {len(self.errors)} errors, {len(self.mixed)} mixed up"
        for endpoint, times in sorted(self.seconds.items()):
            last = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
            told = f"median {median(times):6.2f} s, 95 % within {last:6.2f} s, {last / median(times):.1f} times that"
            yield f"{endpoint:22} {len(times):5} times, {told}"
        first, settled, *_, end = self.megabytes.values()
        yield ", ".join(f"{when} {size:.0f} MB" for when, size in self.megabytes.items())
        yield f"memory at the end: {end / first:.2f} of that after the first job of each kind"
        yield f"memory at the end: {end / settled:.2f} of that once it settled"
        yield from (f"error: {line}" for line in self.errors[:20])
        yield from (f"mixed up: {line}" for line in self.mixed[:20])


def _stylized(visitor: Visitor) -> bool:
    return visitor.has(visitor.ask("/stylize", handle_file(visitor.picture)), visitor.size)


def _after_artwork(visitor: Visitor) -> bool:
    pictures = handle_file(visitor.picture), handle_file(samples()["pagoda"].path)
    return visitor.has(visitor.ask("/stylize_from_artwork", *pictures, 64, 10), visitor.size)


def _enlarged(visitor: Visitor) -> bool:
    width, height = visitor.size
    return visitor.has(visitor.ask("/upscale", handle_file(visitor.picture)), (4 * width, 4 * height))


def _named(visitor: Visitor) -> bool:
    return visitor.ask("/name_image", handle_file(visitor.picture))["file"] == visitor.picture.name


def _found(visitor: Visitor) -> bool:
    word = random.Random(visitor.number).choice(("cat", "coffee"))
    return visitor.ask("/find_images", word)[0]["file"] == samples()[word].file


def _similar(visitor: Visitor) -> bool:
    title = INDEXED[visitor.number % len(INDEXED)]
    return visitor.ask("/similar_images", handle_file(samples()[title].path))[0]["file"] == samples()[title].file


def _listed(visitor: Visitor) -> bool:
    return any(model["key"] == "style.paintings" for model in visitor.ask("/models"))


def _after_artwork_at_once(visitor: Visitor) -> bool:
    page = visitor.opened()
    given = {"Your picture": page.upload(visitor.picture), "The artwork": page.upload(samples()["pagoda"].path)}
    shown = page.change("The artwork", "change", given, has="Result")
    return visitor.has(shown["Result"]["value"]["path"], visitor.size)


def _clip_painted(visitor: Visitor) -> bool:
    page, clip = visitor.opened(), visitor.picture.with_suffix(".mp4")
    shown = page.press("Paint the clip", {"Your clip": page.upload(clip)})
    return Path(shown["Save the clip"]["value"]["path"]).name.startswith(f"{clip.stem}-")


def _several_enlarged(visitor: Visitor) -> bool:
    page = visitor.opened()
    shown = page.press("Enlarge them all", {LABEL: [page.upload(visitor.picture) for _ in range(SEVERAL)]})
    return [tile["title"] for tile in shown["Your pictures"]["value"]["tiles"]] == SEVERAL * [visitor.picture.stem]


JOBS: dict[str, Job] = {
    "/stylize": _stylized, "/stylize_from_artwork": _after_artwork, "/upscale": _enlarged, "/name_image": _named,
    "/find_images": _found, "/similar_images": _similar, "/models": _listed,
}  # fmt: skip
PAGE_JOBS: dict[str, Job] = {
    "any artwork, one pass": _after_artwork_at_once, "a clip": _clip_painted, "several pictures": _several_enlarged,
}  # fmt: skip


def main() -> int:
    """Start a server, let visitors ask it for a while, and print what happened."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--visitors", type=int, default=50, metavar="N", help="default: %(default)s")
    made.add_argument("--minutes", type=float, default=8.0, metavar="M", help="default: %(default)s")
    made.add_argument("--page", action="store_true", help="also jobs that only the page has")
    made.add_argument("--width", type=int, default=WIDTH, metavar="PX", help="of the pictures, default: %(default)s")
    made.add_argument("options", nargs="*", help="of app.py, after --")
    given = made.parse_args()
    with tempfile.TemporaryDirectory() as place, serve(Path(place), *given.options, threads="") as server:
        jobs = JOBS | PAGE_JOBS if given.page else JOBS
        visitors = [visitor_of(server, Path(place), number, given.width) for number in range(given.visitors)]
        report = load(server, visitors, jobs, given.minutes)
    print(*report.lines(), sep="\n")
    return int(bool(report.errors or report.mixed))


def load(server: Server, visitors: Sequence[Visitor], jobs: Mapping[str, Job], minutes: float) -> Report:
    """Let visitors ask for random jobs, one after the other."""
    report = Report()
    for job in jobs.values():
        job(visitors[0])
    time.sleep(REST_SECONDS)
    report.megabytes["after the first job of each kind"] = megabytes_of(server.process)
    begun, settled = time.monotonic(), min(SETTLED_MINUTES, minutes / 2)
    with ThreadPoolExecutor(len(visitors)) as pool:
        visits = [pool.submit(_visit, visitor, jobs, begun + 60 * minutes, report) for visitor in visitors]
        for minute in (settled, *range(ceil(settled + 0.1), ceil(minutes))):
            time.sleep(max(0.0, begun + 60 * minute - time.monotonic()))
            report.megabytes[f"after {minute:g} minutes"] = megabytes_of(server.process)
        for visit in visits:
            visit.result()
    time.sleep(REST_SECONDS)
    report.megabytes[f"after {minutes:g} minutes and a rest"] = megabytes_of(server.process)
    return report


def _visit(visitor: Visitor, jobs: Mapping[str, Job], until: float, report: Report) -> None:
    chance = random.Random(visitor.number)
    while time.monotonic() < until:
        endpoint = chance.choice(list(jobs))
        start = time.monotonic()
        try:
            is_own = jobs[endpoint](visitor)
        except Exception as error:  # whatever a visitor may meet is what this counts
            report.errors.append(f"{endpoint} of visitor {visitor.number}: {type(error).__name__}: {error}")
        else:
            report.seconds.setdefault(endpoint, []).append(time.monotonic() - start)
            if not is_own:
                report.mixed.append(f"{endpoint} of visitor {visitor.number}")
        time.sleep(chance.uniform(*PAUSE_SECONDS))


def visitor_of(server: Server, place: Path, number: int, width: int = WIDTH) -> Visitor:
    """A visitor with an address, a picture and a clip of its own."""
    address = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"}
    client = Client(
        server.url, verbose=False, headers=address, download_files=str(place / f"got-{number}"),
        httpx_kwargs={"timeout": PATIENCE},
    )  # fmt: skip
    picture = place / f"visitor{number}.png"
    visitor = Visitor(number, client, server.url, address, picture, (width - number, round(0.4 * width)))
    photo = Image.open(samples()["astronaut"].path).convert("RGB")
    turned = photo.rotate(7 * number)
    turned.resize(visitor.size).save(picture)
    make_clip(picture.with_suffix(".mp4"), turned, photo, size=CLIP_SIZE, frames=FRAMES)
    return visitor


def megabytes_of(process: int) -> float:
    """The memory of a process and its children, what they share counted once."""
    total, waiting = 0.0, [process]
    while waiting:
        folder = Path(f"/proc/{waiting.pop()}")
        try:
            told = (folder / "smaps_rollup").read_text()
            waiting += [int(child) for task in folder.glob("task/*/children") for child in task.read_text().split()]
        except OSError:
            continue  # it has ended meanwhile
        total += sum(float(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024
    return total


if __name__ == "__main__":
    sys.exit(main())
