"""Photos to try things on, made of those that come with scikit-image: JPEG of a usual size, no two of them alike."""

from pathlib import Path

from PIL import Image, ImageOps
from skimage import data

SIZE = (500, 375)
STEP = 0.01  # of a side that is cut off more from one round to the next


def make_sample_photos(folder: Path, count: int) -> list[Path]:
    """Write so many photos into a new folder."""
    folder.mkdir(parents=True)
    photos = [Image.fromarray(photo()) for photo in (data.astronaut, data.chelsea, data.coffee, data.rocket)]
    return [_write(folder / f"photo{n:04}.jpg", photos[n % len(photos)], n // len(photos)) for n in range(count)]


def _write(path: Path, photo: Image.Image, number: int) -> Path:
    cut = (number % 20) * STEP
    left, top = cut * photo.width, cut * photo.height
    framed = ImageOps.fit(photo.crop((int(left), int(top), photo.width, photo.height)), SIZE)
    framed.save(path, quality=90)
    return path
