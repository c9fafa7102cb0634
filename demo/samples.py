"""The sample photos that installed packages carry, with their credits; nothing is fetched."""

import shutil
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from zoo.files import written_beside

# Photographs only: the packages also carry textures, scans, slides, drawings, logos, test charts and a film still.
CREDITS = {
    "skimage/data/astronaut.png": ("astronaut", "NASA, public domain"),
    "skimage/data/camera.png": ("cameraman", "Lav Varshney, CC0"),
    "skimage/data/chelsea.png": ("cat", "Stefan van der Walt, CC0"),
    "skimage/data/coffee.png": ("coffee", "Rachel Michetti and Pikolo Espresso Bar, CC0"),
    "skimage/data/coins.png": ("coins", "Brooklyn Museum, no known restrictions"),
    "skimage/data/hubble_deep_field.jpg": ("galaxies", "NASA, public domain"),
    "skimage/data/motorcycle_left.png": ("motorcycle", "Middlebury stereo dataset, Nesic et al. 2014"),
    "skimage/data/rocket.jpg": ("rocket", "SpaceX, public domain"),
    "sklearn/datasets/images/china.jpg": ("pagoda", "Daniel Büchele, CC BY 2.0"),
    "sklearn/datasets/images/flower.jpg": ("dahlia", "vultilion, CC BY 2.0"),
    "gradio/media_assets/images/cheetah.jpg": ("running cheetah", "from the gradio package"),
    "gradio/media_assets/images/cheetah1.jpg": ("cheetah", "from the gradio package"),
    "gradio/media_assets/images/lion.jpg": ("lion", "from the gradio package"),
    "gradio/media_assets/images/tower.jpg": ("tower", "from the gradio package"),
}


@dataclass(frozen=True)
class Sample:
    """One photo that an installed package carries."""

    title: str
    credit: str
    path: Path

    @property
    def file(self) -> str:
        """A file name that a person can read: "running-cheetah.jpg"."""
        return f"{self.title.replace(' ', '-')}{self.path.suffix}"

    def copy_to(self, folder: Path) -> Path:
        """Make a fresh copy of the photo in this folder, whole at any moment: others may be reading the one before."""
        folder.mkdir(parents=True, exist_ok=True)
        with written_beside(folder / self.file) as part:
            shutil.copyfile(self.path, part)
        return folder / self.file


@cache
def samples() -> dict[str, Sample]:
    """Give the sample photos that are installed here, by title."""
    found = (Sample(title, credit, _installed(name)) for name, (title, credit) in CREDITS.items())
    return {sample.title: sample for sample in found if sample.path.is_file()}


def copy_samples(folder: Path) -> Path:
    """Put the sample photos into one folder, where they can be indexed; gives the folder."""
    for sample in samples().values():
        if not (folder / sample.file).exists():
            sample.copy_to(folder)
    return folder


def _installed(name: str) -> Path:
    package, _, inside = name.partition("/")
    spec = find_spec(package)  # finds the package without importing it: scikit-learn takes a second
    return Path(spec.origin).parent / inside if spec and spec.origin else Path(name)
