"""Draw the README's sheets of styles: python docs/sheets.py ARTWORK (needs requirements-dev.txt; minutes on a CPU)."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

sys.path.insert(0, str(Path(__file__).parent.parent))

from demo.samples import samples
from zoo.command_line import existing_file
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.progress import run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.fast import styles, stylize
from zoo.style.optimize import stylize_from_artwork

FOLDER = Path(__file__).parent
PHOTOS = ("pagoda", "tower", "astronaut", "cat", "dahlia", "rocket")
SHOWN, COLUMNS = ("pagoda", "cat", "astronaut"), 7
WORK, CELL = 384, (176, 132)  # px: longest side while painting; a picture on the sheet
GAP, LINE = 4, 16
ROWS = ("wheat-field", "great-wave", "starry-night", "composition-vii")


def main(artwork: Path) -> None:
    """Write style-sheet.jpg and style-ways.jpg beside this script."""
    photos = {name: photo(name) for name in PHOTOS}
    save_picture(stacked([in_all_styles(photos[name]) for name in SHOWN]), FOLDER / "style-sheet.jpg", quality=82)
    save_picture(ways(photos, open_picture(artwork)), FOLDER / "style-ways.jpg", quality=78)


def in_all_styles(picture: Image.Image) -> Image.Image:
    """Draw a photo and what every painting makes of it, in lines of COLUMNS."""
    names = styles()
    pictures = [picture, *(run_to_end(stylize(picture, {name: 1.0})) for name in names)]
    titles = ["photo", *names]
    lines = range(0, len(titles), COLUMNS)
    return stacked([sheet([pictures[at : at + COLUMNS]], titles[at : at + COLUMNS]) for at in lines])


def photo(name: str) -> Image.Image:
    """Cut a sample to the sheet's proportions."""
    width, height = CELL
    return ImageOps.fit(open_picture(samples()[name].path).convert("RGB"), (WORK, WORK * height // width))


def ways(photos: dict[str, Image.Image], artwork: Image.Image) -> Image.Image:
    """Strength, a blend, colours and masks, and optimisation growing, a row each."""
    first, second, third, fourth = ROWS
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    strength = [run_to_end(stylize(photos["pagoda"], {first: 1.0}, strength=share)) for share in shares]
    blend = [run_to_end(stylize(photos["tower"], {second: 1 - share, third: share})) for share in shares]
    cat, mask = photos["cat"], round_mask(photos["cat"].size)
    parts = [
        cat,
        run_to_end(stylize(cat, {fourth: 1.0})),
        run_to_end(stylize(cat, {fourth: 1.0}, keep_colors=True)),
        run_to_end(stylize(cat, {fourth: 1.0}, mask=mask)),
        run_to_end(stylize(cat, {fourth: 1.0}, mask=mask, outside={second: 1.0})),
    ]
    rocket = photos["rocket"]
    rockets = [rocket, ImageOps.fit(artwork.convert("RGB"), rocket.size), run_to_end(stylize_like(rocket, artwork))]
    rockets += [optimised(rocket, artwork, rounds) for rounds in (50, 150)]
    titles = [
        [f"{first}, strength {share:g}" for share in shares],
        [f"{second} {1 - share:g}, {third} {share:g}" for share in shares],
        ["photo", fourth, "its colours kept", "inside a mask", f"{second} outside"],
        ["photo", "any artwork", "one pass after it", "optimised, 50 iterations", "150 iterations"],
    ]
    width, height = CELL
    rows = [strength, blend, parts, rockets]
    return stacked([sheet([row], names, cell=(2 * width, 2 * height)) for row, names in zip(rows, titles, strict=True)])


def optimised(picture: Image.Image, artwork: Image.Image, rounds: int) -> Image.Image:
    """Paint the picture after the artwork in so many iterations."""
    return run_to_end(stylize_from_artwork(picture, artwork, iterations=rounds))


def round_mask(size: tuple[int, int]) -> Image.Image:
    """White in a central ellipse, black around it."""
    width, height = size
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((width // 5, height // 12, width * 4 // 5, height * 11 // 12), fill=255)
    return mask


def sheet(rows: Sequence[Sequence[Image.Image]], titles: Sequence[str], *, cell: tuple[int, int] = CELL) -> Image.Image:
    """Pictures in rows under a line of titles."""
    width, height = cell
    wide, tall = len(titles) * (width + GAP) - GAP, LINE + len(rows) * (height + GAP) - GAP
    made = Image.new("RGB", (wide, tall), "white")
    for column, title in enumerate(titles):
        ImageDraw.Draw(made).text((column * (width + GAP) + 2, 1), title, fill="black")
        for row, pictures in enumerate(rows):
            small = pictures[column].resize(cell, Image.Resampling.LANCZOS)
            made.paste(small, (column * (width + GAP), LINE + row * (height + GAP)))
    return made


def stacked(sheets: Sequence[Image.Image]) -> Image.Image:
    """Sheets of one width below one another."""
    made = Image.new("RGB", (sheets[0].width, sum(one.height + GAP for one in sheets) - GAP), "white")
    top = 0
    for one in sheets:
        made.paste(one, (0, top))
        top += one.height + GAP
    return made


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("artwork", metavar="ARTWORK", type=existing_file)
    main(parser.parse_args().artwork)
