"""Lists of tags as TIFF and EXIF have them, added up before anybody copies what they point at.

Many tags may point at the same bytes: a block of 64 KB can ask for gigabytes.
"""

import re
import struct
from dataclasses import dataclass
from itertools import islice

MAX_EXIF = 2**16  # bytes, what one segment of a JPEG holds
MAX_NUMBERS = 2**20  # numbers of a TIFF's own tags, each a Python object: the tiles of 50 million pixels are 200,000
MAX_TAGS = 4_096  # of a directory; files of cameras have some 60
MAX_BLOCKS = 8  # that look like EXIF in one file
DEPTH = 3  # the directory, EXIF in it, interoperability in that
UNIT_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
PLAIN_BYTES = (1, 2, 6, 7)  # types whose values stay bytes
FRACTIONS = (5, 10)
FURTHER = (0x8769, 0x8825, 0xA005)  # tags that lead to the directories of EXIF, GPS and interoperability
EXIF_START = b"Exif\0\0"
HEADER = re.compile(rb"II\*\0|MM\0\*")


@dataclass(frozen=True)
class Tag:
    """A tag as its directory tells it, its values unread."""

    number: int
    type: int
    count: int
    place: int  # where the value lies, or the value itself where it is a single number

    @property
    def size(self) -> int:
        """Bytes of all values."""
        return self.count * UNIT_BYTES[self.type]


def is_modest_exif(block: bytes) -> bool:
    """Tell whether all tags of an EXIF block together ask for no more bytes than it has, which are at most MAX_EXIF."""
    block = block.removeprefix(EXIF_START)
    if len(block) > MAX_EXIF or block.startswith(EXIF_START):  # Pillow takes off one after the other, each by a copy
        return False
    directories = _directories(memoryview(block))
    return directories is not None and _size(directories) <= len(block)


def is_modest_tiff(data: bytes) -> bool:
    """Tell whether the tags of a TIFF ask for no more than it has, and few numbers; its EXIF for MAX_EXIF."""
    directories = _directories(memoryview(data))
    if directories is None:
        return False
    first, *others = directories
    numbers = sum(tag.count for tag in first if tag.type not in PLAIN_BYTES)
    fractions = sum(tag.size for tag in first if tag.type in FRACTIONS)
    is_small = numbers <= MAX_NUMBERS and fractions <= MAX_EXIF
    return is_small and _size([first]) <= len(data) and _size(others) <= MAX_EXIF


def holds_modest_exif(data: bytes) -> bool:
    """Tell whether every EXIF block that lies in the open somewhere in a file is modest, as far as can be told."""
    starts = [found.start() for found in islice(HEADER.finditer(data), MAX_BLOCKS + 1)]
    if len(starts) > MAX_BLOCKS or 2 * EXIF_START in data:
        return False
    found = [_directories(memoryview(data)[start:]) for start in starts]
    return all(directories is not None and _size(directories) <= MAX_EXIF for directories in found)


def _size(directories: list[list[Tag]]) -> int:
    return sum(tag.size for directory in directories for tag in directory)


def _directories(block: memoryview) -> list[list[Tag]] | None:
    """List the first directory, those to which its tags lead, and those to which theirs do; None for a long one."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(block[:2]))
    if order is None or len(block) < 16:
        return [[]]
    is_big = 43 in (block[2], block[3])
    start = struct.unpack_from(order + "Q", block, 8)[0] if is_big else struct.unpack_from(order + "I", block, 4)[0]
    found, waiting = [], [start]
    for _ in range(DEPTH):
        level = [_tags(block, place, order, is_big) for place in waiting]
        waiting = []
        for tags in level:
            if tags is None:
                return None
            found.append(tags)
            waiting += {tag.number: tag.place for tag in tags if tag.number in FURTHER}.values()
    return found


def _tags(block: memoryview, place: int, order: str, is_big: bool) -> list[Tag] | None:
    """List the tags of a directory up to the first that is cut short, where Pillow stops as well; None for too many."""
    head = struct.Struct(order + ("Q" if is_big else "H"))
    layout = struct.Struct(order + ("HHQQ" if is_big else "HHII"))
    if place + head.size > len(block):
        return []
    count, place = head.unpack_from(block, place)[0], place + head.size
    if count > MAX_TAGS:
        return None
    tags = []
    for _ in range(count):
        if place + layout.size > len(block):
            break
        tag = Tag(*layout.unpack_from(block, place))
        place += layout.size
        if tag.type not in UNIT_BYTES:
            continue
        if tag.size > (8 if is_big else 4) and tag.place + tag.size > len(block):
            break
        tags.append(tag)
    return tags
