"""How the memory of a server with many threads is kept from growing."""

import ctypes
import sys

ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
SESSIONS = 500  # opened pages whose state is kept; Gradio copies the whole layout for each (0.4 MB), and keeps 10,000
ARENAS = 2  # glibc makes up to eight for each processor, and what is freed in one is of no use to another


def bound_arenas() -> bool:
    """Let threads share a few memory pools; whether the C library of this system could be told so."""
    return _call("mallopt", ARENA_MAX, ARENAS)


def give_back_free_memory() -> bool:
    """Give what is free in the memory pools back to the system; whether there was any.

    By itself glibc does so only at the end of a pool: an hour of ten visitors left 300 MB of 1,410 free and kept.
    """
    return _call("malloc_trim", 0)


def _call(name: str, *given: int) -> bool:
    """Call a function of glibc, by which it says whether it did something; on another system nothing is done."""
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    return function is not None and function(*given) == 1
