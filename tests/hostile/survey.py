"""What hostile files cost: ``python -m hostile.survey FOLDER`` in `tests/` prints a row for each file and surface.

Each goes through the command line, the web API and the page, and costs what it takes beyond a plain small photo:
processor seconds, and the most memory beyond what there was. Linux only: /proc tells both.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from page_server import PATIENCE, ROOT, free_port
from page_visitor import PageRefused, Visitor

from demo.samples import samples

MOST_SECONDS, MOST_MEGABYTES = 2.0, 300.0
LONGEST_ANSWER = 90  # characters of an answer in the table
TICKS = 100.0  # of the processor's clock in a second, as /proc counts
PICTURES = {".png", ".jpg", ".webp", ".tif", ".gif", ".avif", ".bmp"}


@dataclass(frozen=True)
class Cost:
    """What was answered, and what that took."""

    answer: str
    seconds: float
    megabytes: float

    def beyond(self, usual: "Cost") -> "Cost":
        """What this cost more than something usual."""
        return Cost(self.answer, self.seconds - usual.seconds, self.megabytes - usual.megabytes)

    def is_held(self) -> bool:
        """Whether the bounds hold and nobody saw a stack trace."""
        is_cheap = self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES
        return is_cheap and "Traceback" not in self.answer and self.answer not in ("", "null")


class Processes:
    """A process and those that it started, looked at from outside."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def pids(self) -> list[int]:
        """The process and all below it."""
        found = [self._pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found

    def seconds(self) -> float:
        """Processor seconds of all of them, with those that have ended."""
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            total += sum(int(field) for field in fields[11:15])
        return total / TICKS

    def reset_peak(self) -> None:
        """Count the most memory from now on."""
        for pid in self.pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def megabytes(self, which: str) -> float:
        """Memory of all of them together: VmRSS now, VmHWM at most."""
        lines = [line for pid in self.pids() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith(f"{which}:")) / 1024


def on_command_line(file: Path) -> Cost:
    """What a command on a file costs: `name` for pictures, `index` for zips, `words` for vectors."""
    commands = {".zip": ["index", str(file)], ".txt": ["words", "cat", "--vectors", str(file)]}
    command = [sys.executable, "-m", "embeddings", *commands.get(file.suffix, ["name", str(file)])]
    measured = (
        "import resource, subprocess, sys; ended = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss, (ended.stderr or ended.stdout).strip())"
    )
    told = subprocess.run(
        [sys.executable, "-c", measured, *command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    seconds, kilobytes, answer = told.split(" ", 2)
    return Cost(answer.strip(), float(seconds), float(kilobytes) / 1024)


class Surfaces:
    """A server, asked as programs and as the page ask it."""

    def __init__(self, url: str, process: Processes) -> None:
        self._url, self._process = url, process

    def measured(self, ask: Callable[[], str]) -> Cost:
        """What it costs the server to answer."""
        begun, resident = self._process.seconds(), self._process.megabytes("VmRSS")
        self._process.reset_peak()
        answer = ask()
        return Cost(answer, self._process.seconds() - begun, self._process.megabytes("VmHWM") - resident)

    def by_api(self, file: Path) -> str:
        """Name a picture over plain HTTP."""
        with file.open("rb") as opened:
            sent = httpx.post(f"{self._url}/gradio_api/upload", files={"files": (file.name, opened)}, timeout=PATIENCE)
        if sent.status_code != 200:
            return sent.text
        body = {"data": [{"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}]}
        call = httpx.post(f"{self._url}/gradio_api/call/name_image", json=body, timeout=PATIENCE)
        if call.status_code != 200:
            return call.text
        address = f"{self._url}/gradio_api/call/name_image/{call.json()['event_id']}"
        return _told(json.loads(httpx.get(address, timeout=PATIENCE).text.rpartition("data: ")[2]))

    def by_page(self, file: Path) -> str:
        """Put a file into the field that it is for, and press the button."""
        visitor = Visitor(self._url)
        try:
            if file.suffix == ".zip":
                field = next(name for name in visitor.fields() if name.startswith("Search your own photos"))
                shown = visitor.change(field, "upload", {field: visitor.upload(file)}, has="iris-status")
            else:
                shown = visitor.press("Name it", {"Your picture": visitor.upload(file)})
        except PageRefused as refusal:
            return str(refusal)
        return " ".join(str(value) for name, value in shown.items() if "status" in name)


def _told(answer: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(answer, dict):
        return str(answer["error"])
    return answer[0]["answer"]["word"]


def survey(folder: Path, place: Path) -> bool:
    """Print what each file costs on each surface beyond a plain photo; gives whether all bounds hold."""
    plain, port = samples()["cat"].path, free_port()
    log = place / "log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stdout=written, stderr=written
        )
    try:
        surfaces, usual = Surfaces(f"http://127.0.0.1:{port}", Processes(server.pid)), on_command_line(plain)
        _wait(f"http://127.0.0.1:{port}", server)
        for ask in (surfaces.by_api, surfaces.by_page):
            for _ in range(2):  # the first one loads networks
                ask(plain)
        rows = []
        for file in sorted(_unpacked(path, place) for path in folder.iterdir()):
            rows.append((file, "command", on_command_line(file).beyond(usual)))
            if file.suffix in PICTURES:
                rows.append((file, "API", surfaces.measured(lambda file=file: surfaces.by_api(file))))
            if file.suffix in {*PICTURES, ".zip"}:
                rows.append((file, "page", surfaces.measured(lambda file=file: surfaces.by_page(file))))
        for row in rows:
            _print(*row)
        traces = log.read_text().count("Traceback")
        sys.stdout.write(f"{sum(not cost.is_held() for _, _, cost in rows)} of {len(rows)} over; {traces} traces\n")
        return traces == 0 and all(cost.is_held() for _, _, cost in rows)
    finally:
        server.terminate()
        server.wait()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            httpx.get(url, timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def _unpacked(path: Path, place: Path) -> Path:
    if path.suffix != ".gz":
        return path
    unpacked = place / path.stem
    unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    return unpacked


def _print(file: Path, surface: str, cost: Cost) -> None:
    words = " ".join(cost.answer.split())[:LONGEST_ANSWER]
    numbers = f"{max(0.0, cost.seconds):5.2f} s {max(0.0, cost.megabytes):5.0f} MB"
    sys.stdout.write(f"{'ok  ' if cost.is_held() else 'OVER'} {file.name[:34]:34} {surface:7} {numbers}  {words}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    with tempfile.TemporaryDirectory() as made:
        sys.exit(0 if survey(parser.parse_args().folder, Path(made)) else 1)
