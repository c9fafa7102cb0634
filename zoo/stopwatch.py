"""Seconds and memory: the median time of works that run in turn, and the most memory that a process has held."""

import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

REPEATS = 5
STATUS = Path("/proc/self/status")

Job = Callable[[], object]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Spent:
    """Seconds that some work took on the clock, and of the processor on all cores together."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Timing:
    """The median time of a job in seconds, and the most memory the process has held so far, in megabytes.

    `share` is the part of this time that the job it is there to be compared with takes.
    """

    job: str
    seconds: float
    peak_megabytes: float
    share: float | None = None

    def line(self) -> str:
        """Say it in a line of text."""
        share = "" if self.share is None else f"  this network takes {self.share:.2f} of it"
        return f"{self.job:36} {self.seconds:7.3f} s  {self.peak_megabytes:6.0f} MB at most so far{share}"


def alternately(works: Mapping[str, Job], repeats: int = REPEATS) -> list[Timing]:
    """Time works that are to be compared, in turn, so that whatever else the machine does hits them alike.

    Each runs once before, which is when its memory is read; with no repeats that one run counts.
    """
    first, peaks = {}, {}
    for name, work in works.items():
        first[name], peaks[name] = seconds_of(work), peak_megabytes()
    rounds = [{name: seconds_of(work) for name, work in works.items()} for _ in range(repeats)] or [first]
    return [Timing(name, statistics.median(times[name] for times in rounds), peaks[name]) for name in works]


def timed(work: Callable[[], Made]) -> tuple[Made, Spent]:
    """Do some work once; gives what it gave, and what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    made = work()
    return made, Spent(time.perf_counter() - clock, time.process_time() - processor)


def median_of(spent: Sequence[Spent]) -> Spent:
    """Give the median on the clock, and that of the processor."""
    return Spent(*(statistics.median(getattr(one, name) for one in spent) for name in ("clock", "processor")))


def seconds_of(job: Job) -> float:
    """Seconds on the clock that one run takes."""
    return timed(job)[1].clock


def peak_megabytes() -> float:
    """Give the most resident memory that this process has held."""
    told = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text()) if STATUS.exists() else None
    if told:  # rusage counts what the parent held when this process began
        return int(told[1]) / 2**10
    units = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, others kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units
