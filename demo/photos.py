"""The photos that the Find tab searches: a folder, its index, and copies of single photos that may be served."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from gradio.utils import get_upload_folder
from PIL import Image

from demo.image_input import thumbnail
from demo.naming import look
from demo.samples import copy_samples, samples
from demo.settings import Settings
from embeddings.pictures import PictureSet, cache_folder, find_pictures, index_folder
from embeddings.search import Hit, images_for, similar
from zoo.encode import stamp
from zoo.errors import BadPicture
from zoo.pixels import open_picture, save_picture
from zoo.steps import Step

THUMBNAIL_SIDE = 360


class Photos:
    """A folder of photos and its index, which the first search builds and every later one shares."""

    def __init__(self, folder: Path, title: str, device: str) -> None:
        self.folder, self.title = folder.resolve(), title
        self._device = device
        self._indexed: PictureSet | None = None

    def index(self) -> Iterator[Step]:
        """Index what changed in the folder since the last time, once a server, yielding progress."""
        if self._indexed is None:
            for progress in index_folder(self.folder, self._look_at, model=stamp(), unreadable=(BadPicture,)):
                yield Step(progress.done, progress.total, note=progress.note)
            self._indexed = PictureSet.open(self.folder, model=stamp())

    def find(self, query: str, top: int) -> list[Hit]:
        """The photos nearest to a typed query."""
        return images_for(query, self._ready(), k=top)

    def like(self, picture: Image.Image, top: int) -> list[Hit]:
        """The photos nearest to a picture."""
        return similar(look(picture, self._device), self._ready(), k=top)

    def first(self, count: int) -> list[Path]:
        """Some photos of the folder, for looking around."""
        return [self.folder / name for name in find_pictures(self.folder)[:count]]

    def count(self) -> int:
        """How many photos are indexed."""
        return len(self._ready())

    def inside(self, path: str | Path) -> str:
        """A photo's name within the folder, which is all that callers learn of where it lies."""
        return Path(path).relative_to(self.folder).as_posix()

    def about(self, path: str | Path) -> str:
        """What to say of a photo: its name, and for a sample photo whose it is."""
        sample = samples().get(Path(path).stem.replace("-", " "))
        return f"{sample.title.capitalize()} ({sample.credit})" if sample else self.inside(path)

    def served_copy(self, path: str | Path) -> Path:
        """A copy of a photo that the page may serve and send to other tabs, upright and without the place."""
        version = f"{path} {Path(path).stat().st_mtime_ns}".encode()
        copy = Path(get_upload_folder()) / "photos" / sha256(version).hexdigest() / Path(path).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        save_picture(open_picture(path), copy)
        return copy

    def _ready(self) -> PictureSet:
        for _ in self.index():
            pass
        return self._indexed

    def _look_at(self, path: Path) -> np.ndarray:
        return look(open_picture(path), self._device)


def open_photos(settings: Settings) -> Photos:
    """The photo folder of the settings, or else the sample photos that are installed."""
    if settings.photos:
        return Photos(settings.photos, f"Photos in {settings.photos.name}", settings.device)
    return Photos(copy_samples(cache_folder() / "samples"), "Sample photos of the installed packages", settings.device)


@lru_cache(maxsize=128)
def photo_thumbnail(path: str) -> Image.Image:
    """A photo as the gallery shows it."""
    return thumbnail(Path(path), THUMBNAIL_SIDE)


def as_json(photos: Photos, hits: list[Hit]) -> list[dict[str, Any]]:
    """The shape that `python -m embeddings find --json` prints, with names inside the folder."""
    return [{"file": photos.inside(hit.id), "score": hit.score} for hit in hits]
