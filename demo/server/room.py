"""How much room visitors take in the folder of uploads and results: each of them, and all together."""

import os
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

LEAST = 4096  # bytes that the smallest file takes of a disk
LOOK_SECONDS = 5.0  # from one sum of the folder to the next
VISITOR_FULL = "you keep much on this server already; try again in some hours"
ALL_FULL = "the server's disk is full; try again later"


@dataclass
class Gift:
    """How much a visitor has put there at once, and when."""

    visitor: str
    time: float
    bytes: int = LEAST


class Room:
    """The folder: so many bytes for each visitor and for all, in files that are kept for so many seconds."""

    def __init__(
        self, folder: Path, *, visitor: int, total: int, seconds: float, now: Callable[[], float] = monotonic
    ) -> None:
        self._folder, self._visitor, self._total, self._seconds, self._now = folder, visitor, total, seconds, now
        self._gifts: deque[Gift] = deque()  # as long as they are kept, the oldest first
        self._given: Counter[str] = Counter()  # bytes, by visitor
        self._used, self._looked = 0, float("-inf")

    def is_full_for(self, visitor: str, more: int = 0) -> bool:
        """Tell whether a visitor may not put so many bytes there, having put much there already."""
        old = self._now() - self._seconds
        while self._gifts and self._gifts[0].time <= old:
            gift = self._gifts.popleft()
            self._given[gift.visitor] -= gift.bytes
            if not self._given[gift.visitor]:
                del self._given[gift.visitor]
        return self._given[visitor] + more > self._visitor

    def is_full(self, more: int = 0) -> bool:
        """Tell whether nobody may put so many bytes there."""
        if self._now() - self._looked > LOOK_SECONDS:
            self._used, self._looked = _size_of(self._folder), self._now()
        return self._used + more > self._total

    def begin(self, visitor: str) -> Gift:
        """Count a file that is coming."""
        gift = Gift(visitor, self._now())
        self._gifts.append(gift)
        self._given[visitor] += gift.bytes
        return gift

    def add(self, gift: Gift, count: int) -> None:
        """Count bytes that have come."""
        gift.bytes += count
        self._given[gift.visitor] += count
        self._used += count


def is_at_this_machine(visitor: str) -> bool:
    """Tell whether a visitor sits at the machine of the server, whose disk is that visitor's own."""
    try:
        return ip_address(visitor).is_loopback
    except ValueError:
        return False


def _size_of(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:  # deleted meanwhile
                continue
    return total
