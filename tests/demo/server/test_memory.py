"""Threads share a few memory pools, as the C library itself tells, and what is free there is given back."""

import ctypes
import platform
import subprocess
import sys

import pytest

from demo.server.memory import ARENAS

CODE = """
import ctypes, threading
from demo.server.memory import bound_arenas
assert bound_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
together = threading.Barrier(8)
def allocate():
    together.wait()
    pieces = [libc.malloc(1000) for _ in range(1000)]
    together.wait()
    for piece in pieces:
        libc.free(piece)
threads = [threading.Thread(target=allocate) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a pool for each thread")
def test_threads_share_a_few_memory_pools() -> None:
    assert hasattr(ctypes.CDLL(None), "malloc_stats")
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=True)
    assert told.stderr.count("Arena ") == ARENAS


FREED = """
import ctypes, re
from pathlib import Path
from demo.server.memory import give_back_free_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def resident():
    return int(re.search("VmRSS:.* ([0-9]+) kB", Path("/proc/self/status").read_text())[1]) // 1024
pieces = [libc.malloc(60_000) for _ in range(2_000)]
for piece in pieces:
    ctypes.memset(piece, 1, 60_000)
for piece in pieces[:-1]:  # what is left at the end keeps glibc from giving back what lies before it
    libc.free(piece)
before = resident()
assert give_back_free_memory()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked for its free memory")
def test_what_is_free_in_the_middle_of_a_pool_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, timeout=120, check=True)
    assert int(told.stdout) > 80  # megabytes, of 120 that were freed
