"""How many threads the arithmetic of torch and FAISS takes.

Threads of one sum wait for each other, so where other processes have the cores each wait lasts until all were given a
turn: beside two busy processes to name one photo took 0.9 s with two threads, and 13 ms alone.
"""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread(library: str) -> Generator[None]:
    """Keep OpenMP to the calling thread within the block, for work too small to be shared; `library` is imported."""
    with _pools(library).limit(limits=1, user_api="openmp"):
        yield


@cache
def _pools(library: str) -> ThreadpoolController:
    """Find the thread pools of all libraries that are loaded, once for each that must be among them."""
    return ThreadpoolController()
