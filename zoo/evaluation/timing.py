"""How long each job takes on this machine, and how much memory: medians of several runs after one to warm up."""

from collections.abc import Iterator, Mapping

from PIL import Image
from skimage import data

from zoo.encoder.encode import encode
from zoo.progress import run_to_end
from zoo.stopwatch import Job, Timing, alternately
from zoo.style.fast import styles, stylize
from zoo.style.optimize import stylize_from_artwork
from zoo.superres.upscale import upscale

ITERATIONS = 10


def jobs() -> Mapping[str, tuple[str, Job]]:
    """By part: what is done, on photos that come with scikit-image, and the doing."""
    photo = Image.fromarray(data.astronaut())  # 512 x 512
    small, artwork = photo.resize((128, 128)), Image.fromarray(data.coffee())
    first = styles()[0]
    return {
        "name": ("name one picture of 512 x 512", lambda: encode([photo])),
        "style": ("restyle 512 x 512 in one pass", lambda: run_to_end(stylize(photo, {first: 1.0}))),
        "superres": ("enlarge 128 x 128 to 512 x 512", lambda: run_to_end(upscale(small))),
        "artwork": (
            f"optimise at 384 px, {ITERATIONS} iterations",
            lambda: run_to_end(stylize_from_artwork(photo, artwork, iterations=ITERATIONS)),
        ),
    }


def bench(part: str | None = None) -> Iterator[Timing]:
    """Time the job of one part, or of all, one after the other."""
    for name, (job, work) in jobs().items():
        if part in (None, name):
            yield from alternately({job: work})
