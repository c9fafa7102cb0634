"""How long a painting in one pass takes alone, and while another visitor's long optimisation runs.

Run `PYTHONPATH=.:tests python tests/load/neighbour.py`, with what the server is to be started with behind it.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from gradio_client import handle_file
from page_server import Server, serve
from visitors import Visitor, visitor_of

from demo.samples import samples

SIDE, ITERATIONS = 512, 300  # of the neighbour's optimisation
ROUNDS = 7  # of a painting, beside a neighbour and without one


def main() -> None:
    """Start a server, and print how long a painting takes."""
    with tempfile.TemporaryDirectory() as place, serve(Path(place), *sys.argv[1:], threads="") as server:
        print(neighbour_line(server, Path(place)))


def neighbour_line(server: Server, place: Path) -> str:
    """Time a one-pass painting alone, and while another visitor's long optimisation runs."""
    one, other = visitor_of(server, place, 1), visitor_of(server, place, 2)
    photo, artwork = (handle_file(samples()[title].path) for title in ("astronaut", "pagoda"))
    one.ask("/stylize", photo)
    alone = seconds_of_paintings(one)
    long = other.client.submit(photo, artwork, SIDE, ITERATIONS, api_name="/stylize_from_artwork")
    while not long.outputs():
        time.sleep(0.1)
    beside = seconds_of_paintings(one)
    was_running = not long.done()
    long.cancel()
    usual, slowed = median(alone + seconds_of_paintings(one)), median(beside)
    told = f"one pass takes {usual:.2f} s alone, {slowed:.2f} s beside {ITERATIONS} iterations"
    return f"{told}: {slowed / usual:.1f} times as long" + ("" if was_running else "; they ended too soon to tell")


def seconds_of_paintings(visitor: Visitor) -> list[float]:
    """Time some paintings in one pass, one after the other."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.monotonic()
        visitor.ask("/stylize", handle_file(samples()["astronaut"].path))
        seconds.append(time.monotonic() - start)
    return seconds


if __name__ == "__main__":
    main()
