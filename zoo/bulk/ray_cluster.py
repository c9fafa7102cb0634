"""Ray as Iris uses it: started on the loopback of this machine or joined where it runs, telling nobody of it."""

import importlib
import os
import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from zoo.errors import IrisError, Missing

ANSWER_SECONDS = 10  # for a cluster to answer at all; Ray itself tries for many minutes
STARTS = 3  # tries on this machine: where it is busy Ray gives up after 30 seconds, which nothing changes
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_worker_niceness": "0",  # at Ray's 15 other work on the machine keeps workers from the processor
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # keeps a cluster of one machine to the loopback
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # workers see the GPU that they are told to use
}


def import_ray(module: str = "ray") -> ModuleType:
    """Import Ray or a module of it; raises Missing that says how to install it."""
    os.environ.update(ENVIRONMENT)  # Ray reads them when it is imported
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Missing(
            "Ray is not installed; run: pip install -r requirements-cluster.txt, or leave --engine ray out"
        ) from None


@contextmanager
def ray_cluster(address: str | None, *, processors: int, store_bytes: int) -> Generator[ModuleType]:
    """Give Ray, joined to the cluster at an address or to one that `connect` starts here, and leave it at the end."""
    ray = import_ray()
    connect(ray, address, processors=processors, store_bytes=store_bytes)
    try:
        yield ray
    finally:
        ray.shutdown()


def connect(ray: ModuleType, address: str | None, *, processors: int, store_bytes: int) -> None:
    """Join the cluster at an address, or start one of so many processors here; raises IrisError where that fails.

    `store_bytes` is the memory of a cluster on this machine for what is sent.
    """
    settings: dict[str, Any] = {"address": address, "logging_level": "ERROR", "log_to_driver": False}
    if address is None:
        settings |= {
            "address": "local", "num_cpus": processors, "include_dashboard": False,
            "object_store_memory": store_bytes, "_node_ip_address": "127.0.0.1",
        }  # fmt: skip
    where = f"the Ray cluster at {address}" if address else "Ray on this machine"
    if address is not None:
        _check_answers(address)
    for tries_left in reversed(range(1 if address else STARTS)):
        try:
            ray.init(**settings)
            return
        except Exception as error:  # what Ray raises where it does not start in time has no class of its own
            ray.shutdown()
            if not tries_left:
                raise IrisError(
                    f"{where} cannot be used ({_reason(error, address)}, or leave --engine ray out"
                ) from error


def _check_answers(address: str) -> None:
    """Raise IrisError where an address names a machine and a port, and nobody listens there."""
    named = re.fullmatch(r"(?:ray://)?(?P<machine>[^/]+):(?P<port>\d+)", address)
    if named is None:
        return
    try:
        socket.create_connection((named["machine"], int(named["port"])), timeout=ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise IrisError(
            f"no Ray cluster answers at {address} ({error}); check the address and that it runs (ray start --head), or "
            "leave --engine ray out"
        ) from error


def _reason(error: Exception, address: str | None) -> str:
    """Tell what Ray says of a cluster that it cannot use and, after the bracket, what to do."""
    versions = re.findall(r"(?:Ray|Python): (\S+)", str(error))
    if "ersion mismatch" in str(error) and len(versions) == 4:
        there, here = (f"Ray {ray} and Python {python}" for ray, python in (versions[:2], versions[2:]))
        return f"{there} there, {here} here); install the same on all machines"
    advice = "check that it runs and that RAY_AUTH_TOKEN is its own" if address else "try again when it is less busy"
    return f"{str(error).strip().splitlines()[0]}); {advice}"


def processors_here() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
