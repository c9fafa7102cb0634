"""What every bundled network makes of a sample, small enough to be kept.

Run `python tests/golden/golden_jobs.py` to make the golden pictures and answers anew after a network was trained, and
look at them before they are committed.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image, ImageOps

from demo.samples import samples
from embeddings.naming.classifier import zero_shot_classifier
from zoo.encoder.encode import class_probabilities, classes
from zoo.images.decode import open_picture
from zoo.progress import run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.fast import styles, stylize
from zoo.superres.upscale import upscale

FOLDER = Path(__file__).parent
ANSWERS = FOLDER / "answers.json"
SIZE = (96, 72)
UPSCALERS = ("sr.fidelity-x4", "sr.clean-x4", "sr.sharp-x4", "sr.photo-x4", "sr.photo-sharp-x4")

Job = Callable[[], Image.Image]


def sample(name: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """A sample photo cut and shrunk to a size."""
    return ImageOps.fit(open_picture(samples()[name].path).convert("RGB"), size)


def paint(name: str) -> Image.Image:
    return run_to_end(stylize(sample("pagoda"), {name: 1.0}))


def paint_like(artwork: str) -> Image.Image:
    return run_to_end(stylize_like(sample("pagoda"), sample(artwork, (256, 192))))


def enlarge(key: str) -> Image.Image:
    return run_to_end(upscale(sample("cat", (36, 27)), key=key))


def jobs() -> dict[str, Job]:
    """Golden pictures by file name without its ending."""
    made: dict[str, Job] = {f"style.{name}": partial(paint, name) for name in styles()}
    made |= {f"after.{artwork}": partial(paint_like, artwork) for artwork in ("dahlia", "galaxies")}
    return made | {key: partial(enlarge, key) for key in UPSCALERS}


def answers() -> dict[str, str]:
    """The word that every sample photo is named by."""
    classifier = zero_shot_classifier(classes())
    probabilities = {name: class_probabilities([open_picture(one.path)])[0] for name, one in samples().items()}
    return {name: classifier.answer(row).label for name, row in probabilities.items()}


def main() -> None:
    """Write all golden pictures and answers."""
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name, job in jobs().items():
        job().save(FOLDER / f"{name}.png", optimize=True)
    ANSWERS.write_text(json.dumps(answers(), indent=1) + "\n")


if __name__ == "__main__":
    main()
