"""How the memory of a server with many threads is kept from growing."""

import ctypes
import sys

ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
ARENAS = 2  # glibc makes up to eight for each processor, and what is freed in one is of no use to another


def bound_arenas() -> bool:
    """Let threads share a few memory pools; whether the C library of this system could be told so."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(ARENA_MAX, ARENAS) == 1
