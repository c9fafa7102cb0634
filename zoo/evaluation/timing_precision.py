"""What bfloat16 gains on this machine and what it changes: times and results beside those of float32."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from zoo.command_line import Precision
from zoo.encoder.encode import encode
from zoo.nets import eight_bit
from zoo.precision import compute_dtype, precision_in_use, use_precision
from zoo.progress import run_to_end
from zoo.stopwatch import REPEATS, alternately
from zoo.style.fast import styles, stylize
from zoo.superres.networks import FIDELITY, PHOTO
from zoo.superres.upscale import upscale

SMALL, LARGE = (128, 128), (512, 512)

Work = Callable[[], np.ndarray]  # gives an array of 0..255, or of unit vectors


@dataclass(frozen=True)
class PrecisionTiming:
    """Median seconds of a job in a precision; `ratio` and what follows are against float32.

    `largest_difference` is in levels of 255 for pictures, in the vector's own numbers for encoding; `psnr` in decibel
    is between the two results, None where they are equal.
    """

    job: str
    precision: Precision
    computed_in: str
    seconds: float
    ratio: float
    largest_difference: float
    psnr: float | None

    def line(self) -> str:
        """Say it in a line of text."""
        seen = f"{self.precision} ({self.computed_in})"
        same = "" if self.psnr is None else f"; differs by {self.largest_difference:.3g} at most, {self.psnr:.1f} dB"
        return f"{self.job:36} {seen:20} {self.seconds:7.3f} s  {self.ratio:.2f} x float32{same}"


def bench_precision(repeats: int = REPEATS) -> Iterator[PrecisionTiming]:
    """Time each job in every precision in turn, and compare the results with those of float32."""
    before = precision_in_use()
    try:
        for job, work in _jobs().items():
            yield from _compared(job, work, repeats)
    finally:
        use_precision(before)


def _jobs() -> Mapping[str, Work]:
    photo = Image.fromarray(data.astronaut())
    small, large, style = photo.resize(SMALL), photo.resize(LARGE), styles()[0]
    return {
        **{
            f"upscale {SMALL[0]} x {SMALL[1]}, {key}": lambda key=key: np.asarray(
                run_to_end(upscale(small, key=key)), np.float64
            )
            for key in (PHOTO, FIDELITY)
        },
        f"stylize {LARGE[0]} x {LARGE[1]}, {style}": lambda: np.asarray(
            run_to_end(stylize(large, {style: 1.0})), np.float64
        ),
        "encode 16 pictures": lambda: encode([large] * 16).astype(np.float64),
    }


def _compared(job: str, work: Work, repeats: int) -> Iterator[PrecisionTiming]:
    precisions: tuple[Precision, ...] = ("float32", "bfloat16", "auto")
    timings = alternately({precision: partial(_run, precision, work) for precision in precisions}, repeats)
    truth = _run("float32", work)
    peak = 255 if truth.max() > 1 else 2  # a unit vector's numbers lie in -1..1
    for timing, precision in zip(timings, precisions, strict=True):
        found = _run(precision, work)
        computed_in = "int8" if _in_eight_bits(job, precision) else str(compute_dtype()).removeprefix("torch.")
        yield PrecisionTiming(
            job,
            precision,
            computed_in,
            timing.seconds,
            timing.seconds / timings[0].seconds,
            float(np.abs(found - truth).max()),
            peak_signal_noise_ratio(truth, found, data_range=peak) if (found != truth).any() else None,
        )


def _in_eight_bits(job: str, precision: Precision) -> bool:
    return precision == "auto" and job.startswith("encode") and eight_bit.supported()


def _run(precision: Precision, work: Work) -> np.ndarray:
    use_precision(precision)
    return work()
