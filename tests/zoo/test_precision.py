"""The precision is what was asked for, or what this machine is faster by, and changes no answer."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from zoo import precision
from zoo.command_line import Precision
from zoo.encoder.encode import encode
from zoo.evaluation import timing_precision
from zoo.evaluation.timing_precision import bench_precision
from zoo.precision import autocast, bfloat16_is_faster, compute_dtype, precision_in_use, use_precision


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = precision_in_use()
    yield
    use_precision(before)


def product_type() -> torch.dtype:
    with autocast("cpu"):
        return (torch.rand(2, 2) @ torch.rand(2, 2)).dtype


@pytest.mark.parametrize(("name", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_a_precision_that_is_asked_for_is_computed_in(name: Precision, dtype: torch.dtype) -> None:
    use_precision(name)
    assert compute_dtype() == product_type() == dtype


@pytest.mark.parametrize("faster", [True, False])
def test_by_itself_it_follows_the_machine(faster: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use_precision("auto")
    monkeypatch.setattr(precision, "bfloat16_is_faster", lambda device: faster)
    assert (product_type() == torch.bfloat16) == faster


def test_a_processor_without_bfloat16_keeps_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    use_precision("auto")
    bfloat16_is_faster.cache_clear()
    monkeypatch.setattr(precision, "processor_has_bfloat16", lambda: False)
    assert product_type() == torch.float32
    bfloat16_is_faster.cache_clear()


def test_a_device_without_bfloat16_computes_as_it_is() -> None:
    use_precision("bfloat16")
    with autocast("meta"):
        assert (torch.rand(2, 2) @ torch.rand(2, 2)).dtype == torch.float32


def test_what_a_convolution_waits_for_the_processor_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def convolve(*given: object, padding: int) -> int:
        if not torch.is_autocast_enabled("cpu"):
            return sum(range(400_000))
        time.sleep(0.03)  # as where other processes have the cores
        return sum(range(40_000))

    monkeypatch.setattr(precision, "processor_has_bfloat16", lambda: True)
    monkeypatch.setattr("torch.nn.functional.conv2d", convolve)
    bfloat16_is_faster.cache_clear()
    try:
        assert bfloat16_is_faster("cpu")
    finally:
        bfloat16_is_faster.cache_clear()


def test_measuring_leaves_random_numbers_alone() -> None:
    bfloat16_is_faster.cache_clear()
    torch.manual_seed(0)
    first = torch.rand(1)
    torch.manual_seed(0)
    bfloat16_is_faster("cpu")
    assert torch.rand(1) == first


def test_vectors_of_a_picture_hardly_depend_on_the_precision() -> None:
    cat, vectors = Image.fromarray(data.chelsea()), []
    for name in ("float32", "bfloat16"):
        use_precision(name)
        vectors.append(encode([cat])[0])
    assert not np.array_equal(*vectors) and vectors[0] @ vectors[1] > 0.999


@pytest.mark.slow
def test_bench_compares_every_job_in_every_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing_precision, "SMALL", (16, 16))
    monkeypatch.setattr(timing_precision, "LARGE", (48, 48))
    found = list(bench_precision(repeats=1))
    assert [each.precision for each in found] == ["float32", "bfloat16", "auto"] * 4
    for first, second, _ in zip(found[::3], found[1::3], found[2::3], strict=True):
        assert (first.ratio, first.largest_difference, first.psnr) == (1, 0, None)
        assert second.psnr is None or second.psnr > 30
    assert precision_in_use() == "auto"
