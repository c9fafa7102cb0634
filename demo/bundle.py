"""The examples that the page opens with, made by the bundled networks and put among the page's files.

Run `python -m demo.bundle` where a network that makes one of them has other weights.
"""

import shutil
from pathlib import Path

from demo.style import artwork, video
from demo.style.paintings import OPENING
from demo.style.style_options import painted_sample
from demo.upscale import tab as upscale_tab
from demo.web import examples


def opening_examples(device: str = "cpu") -> list[Path]:
    """Give the files of all examples, made now where they are not kept."""
    painted = [painted_sample(OPENING, device), artwork.painted_sample(device)]
    return [*painted, *video.painted_sample(device), *upscale_tab.enlarged_sample(device)]


def bundle() -> None:
    """Put the examples of today's weights in place of the bundled ones."""
    made = {path: path.read_bytes() for path in opening_examples()}
    shutil.rmtree(examples.BUNDLED, ignore_errors=True)
    for path, data in made.items():
        copy = examples.BUNDLED / path.parent.name / path.name
        copy.parent.mkdir(parents=True)
        copy.write_bytes(data)


if __name__ == "__main__":
    bundle()
