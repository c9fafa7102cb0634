"""A server in a storm: ``python -m hostile.storm`` in `tests/` prints what is left of its service.

A thousand useless requests must end in a sentence each, with no stack trace in the log; and while one visitor asks for
120 jobs at once, others are served within their usual time. Other visitors are other addresses of the loopback.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from page_server import PATIENCE, ROOT, free_port

from demo.samples import samples

REQUESTS, JOINS, ASKED = 1_000, 120, 8
JSON = {"content-type": "application/json"}
META = {"_type": "gradio.FileData"}
ENDPOINTS = ("stylize", "stylize_from_artwork", "upscale", "name_image", "find_images", "similar_images", "models")
JUNK: list[Any] = [
    None, True, -1, 1e308, 10**30, "", "x" * 5_000, "a\0b", "../../etc/passwd", [], [[]], {}, {"path": 5},
    {"path": None, "meta": META}, {"path": "/etc/passwd", "meta": META}, {"path": "..", "meta": META}, {"meta": META},
    {"path": "x", "url": "file:///etc/passwd", "meta": META}, "data:image/png;base64," + "A" * 2_000, {"path": "\0"},
    {"path": "/", "meta": META, "size": "many", "orig_name": 5}, [{"path": "x"}] * 3, {"a": {"b": [1] * 50}},
]  # fmt: skip


class Caller:
    """A visitor at an address of the loopback."""

    def __init__(self, url: str, address: str) -> None:
        transport = httpx.HTTPTransport(local_address=address)
        self._client = httpx.Client(base_url=url, timeout=PATIENCE, transport=transport)

    def upload(self, path: Path) -> dict[str, Any]:
        """A file as an argument of a call."""
        with path.open("rb") as file:
            sent = self._client.post("/gradio_api/upload", files={"files": (path.name, file)}).raise_for_status()
        return {"path": sent.json()[0], "meta": META}

    def join(self, endpoint: str, body: object) -> httpx.Response:
        """Ask for a job, without waiting for its result."""
        return self._client.post(f"/gradio_api/call/{endpoint}", content=json.dumps(body), headers=JSON)

    def call(self, endpoint: str, body: object) -> str:
        """Ask for a job; what is answered, in one text."""
        joined = self.join(endpoint, body)
        if joined.status_code != 200:
            return joined.text
        address = f"/gradio_api/call/{endpoint}/{joined.json()['event_id']}"
        return self._client.get(address).text.rpartition("data: ")[2].strip()

    def seconds(self, endpoint: str, body: object) -> float:
        """How long a call takes that is to be answered."""
        begun = time.perf_counter()
        answer = self.call(endpoint, body)
        if not answer.startswith("["):
            raise AssertionError(f"{endpoint} is not served: {answer[:200]}")
        return time.perf_counter() - begun


def hostile_body(chance: random.Random) -> object:
    """A body as no honest program sends it."""
    data = [chance.choice(JUNK) for _ in range(chance.randrange(7))]
    return chance.choice([{"data": data}, {"data": data, "event_data": chance.choice(JUNK)}, data, {"data": {}}, {}])


def throw(caller: Caller, log: Path) -> bool:
    """Send useless requests; gives whether each got a sentence and the log stayed without a stack trace."""
    chance, kinds = random.Random(0), Counter[str]()
    for _ in range(REQUESTS):
        endpoint = chance.choice((*ENDPOINTS, "nothing"))
        answer = caller.call(endpoint, hostile_body(chance))
        kinds["null" if answer in ("", "null") or '"error": null' in answer else "sentence or answer"] += 1
    text = log.read_text()
    sys.stdout.write(
        f"{REQUESTS} requests: {dict(kinds)}; {text.count('Traceback')} stack traces, {len(text):,} bytes of log\n"
    )
    return not kinds["null"] and "Traceback" not in text


def crowd(greedy: Caller, other: Caller) -> bool:
    """Let one visitor join many times at once; gives whether another is served in at most twice the usual time."""
    photo = samples()["cat"].path
    given = other.upload(photo)
    calls = (("name_image", {"data": [given]}), ("find_images", {"data": ["cat"]}))
    for endpoint, body in calls:
        other.seconds(endpoint, body)  # the first one loads networks
    usual = {endpoint: median(other.seconds(endpoint, body) for _ in range(ASKED)) for endpoint, body in calls}
    mine = greedy.upload(photo)
    with ThreadPoolExecutor(JOINS) as pool:
        joins = list(pool.map(lambda _: greedy.join("name_image", {"data": [mine]}).status_code, range(JOINS)))
    held = True
    for endpoint, body in calls:
        now = median(other.seconds(endpoint, body) for _ in range(ASKED))
        sys.stdout.write(f"{endpoint}: {usual[endpoint]:.2f} s alone, {now:.2f} s beside {JOINS} joins\n")
        held &= now <= 2 * usual[endpoint] + 0.5
    sys.stdout.write(f"joins answered: {dict(Counter(joins))}\n")
    return held


def main() -> bool:
    """Start a server, and let it stand the storm."""
    port = free_port()
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        with log.open("w") as written:
            command = [sys.executable, "app.py", "--port", str(port)]
            server = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=written)
        try:
            url = f"http://127.0.0.1:{port}"
            while server.poll() is None:
                try:
                    httpx.get(url, timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            held = crowd(Caller(url, "127.0.0.2"), Caller(url, "127.0.0.3"))
            return throw(Caller(url, "127.0.0.4"), log) and held
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
