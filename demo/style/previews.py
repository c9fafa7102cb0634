"""How each painting looks: the network's own work on a sample photo, painted by `python -m demo.style.previews`."""

from pathlib import Path

from PIL import Image

from demo.samples import samples
from demo.web.choices import thumbnail
from demo.web.examples import kept_picture
from zoo.catalog import entry
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.progress import run_to_end
from zoo.style.fast import MODEL, styles, stylize

FOLDER = Path(__file__).with_name("previews")
VERSION = FOLDER / "weights.sha256"  # of the network that painted them
PREVIEWED, SIDE = "pagoda", 192
QUALITY = 88


def preview(style: str, device: str) -> Image.Image:
    """Give a style's work on a sample photo: the bundled one, or for other weights one that is made once and kept."""
    bundled = FOLDER / f"{style}.webp"
    if bundled.exists() and painted_by() == entry(MODEL).sha256:
        return open_picture(bundled)
    return open_picture(kept_picture(f"{style}.png", MODEL, lambda: _painted(style, device)))


def painted_by() -> str:
    """Give the sha256 of the weights that painted the bundled previews."""
    return VERSION.read_text().strip()


def paint_all(device: str = "cpu") -> None:
    """Paint the bundled previews anew, in place of those that are there."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    for style in styles():
        save_picture(_painted(style, device), FOLDER / f"{style}.webp", quality=QUALITY)
    VERSION.write_text(f"{entry(MODEL).sha256}\n")


def _painted(style: str, device: str) -> Image.Image:
    photo = thumbnail(samples()[PREVIEWED].path, SIDE)
    return run_to_end(stylize(photo, {style: 1.0}, device=device))


if __name__ == "__main__":
    paint_all()
