"""The precision of convolutions and products: bfloat16 where this machine is faster by it, or what the user forces.

Parameters, sums and results stay in float32. A processor's word for bfloat16 says little about its speed (AVX-512 with
and without tiles differ by a factor of four), so a convolution is timed, once for each device.
"""

import time
from contextlib import AbstractContextManager
from functools import cache

import torch
import torch.nn.functional as F

from zoo.command_line import Precision
from zoo.threads import one_thread

GAIN = 0.8  # of float32's time: what bfloat16 must come down to
ROUNDS = 5
WIDTH, SIDE = 64, 96  # of the convolution that is timed: some three milliseconds of one core

_chosen: Precision = "auto"


def use_precision(precision: Precision) -> None:
    """Set the precision for all networks of this process, as `torch.set_num_threads` sets its threads."""
    global _chosen
    _chosen = precision


def precision_in_use() -> Precision:
    """Give the precision that was set, "auto" before any was."""
    return _chosen


def precision_in_force(device: str | torch.device = "cpu") -> Precision:
    """Give the precision that is computed in on a device, for other processes that shall do the same."""
    return "bfloat16" if compute_dtype(device) == torch.bfloat16 else "float32"


def compute_dtype(device: str | torch.device = "cpu") -> torch.dtype:
    """Give the type that convolutions and products are computed in on a device."""
    if _chosen == "auto":
        return torch.bfloat16 if bfloat16_is_faster(str(device)) else torch.float32
    return torch.bfloat16 if _chosen == "bfloat16" else torch.float32


def autocast(device: str | torch.device = "cpu") -> AbstractContextManager[None]:
    """Compute in `compute_dtype` within; for a device without bfloat16, as it is."""
    kind = torch.device(device).type
    if kind not in ("cpu", "cuda"):
        return torch.autocast("cpu", enabled=False)
    return torch.autocast(kind, torch.bfloat16, enabled=compute_dtype(device) == torch.bfloat16, cache_enabled=False)


def processor_has_bfloat16() -> bool:
    """Tell whether torch's convolutions take bfloat16 on this processor at all."""
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


@cache
def bfloat16_is_faster(device: str) -> bool:
    """Time a convolution in both types, the quickest of some rounds; on a GPU its word is taken.

    What counts is the processor time of one thread: by the clock, and with threads that wait for each other, the answer
    changed from one process to the next where others had the cores, and with it the bits of results.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu" or not processor_has_bfloat16():
        return False
    image = torch.full((1, WIDTH, SIDE, SIDE), 0.5).contiguous(memory_format=torch.channels_last)
    weight = torch.full((WIDTH, WIDTH, 3, 3), 0.5).contiguous(memory_format=torch.channels_last)
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(1 + ROUNDS):  # the first is to warm up
        for is_half, times in seconds.items():
            with one_thread("torch"), torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=is_half):
                start = time.thread_time()
                F.conv2d(image, weight, padding=1)
                times.append(time.thread_time() - start)
    return min(seconds[True][1:]) <= GAIN * min(seconds[False][1:])
