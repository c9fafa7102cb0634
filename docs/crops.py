"""Draw the README's sheets of enlarged crops: python docs/crops.py DIR, a folder of Kodak24's NN_HR.* and NN_LR.*."""

from argparse import ArgumentParser
from pathlib import Path

from PIL import Image
from sheets import FOLDER, sheet

from zoo.command_line import existing_folder
from zoo.evaluation.degradations import Degradation, degrade_picture
from zoo.files import pictures_in
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.progress import run_to_end
from zoo.superres.networks import AUTOMATIC, FIDELITY, SHARP
from zoo.superres.upscale import upscale

CROPS = {"05": (80, 290), "08": (300, 180), "15": (300, 120), "19": (300, 440), "23": (130, 170)}  # left, top
SIDE = 176  # px: of a crop, and of its place on the sheet
DEFAULT = "default"  # that of the page and the command line
SHEETS: dict[str, tuple[Degradation, tuple[str, str]]] = {
    "superres-sheet.jpg": ("clean", (FIDELITY, SHARP)),
    "superres-jpeg-sheet.jpg": ("jpeg", (FIDELITY, DEFAULT)),
}


def main(folder: Path) -> None:
    """Write the sheets beside this script."""
    pictures = {path.stem: open_picture(path) for path in pictures_in(folder)}
    for name, (inputs, ways) in SHEETS.items():
        rows = [
            row(degrade_picture(pictures[f"{number}_LR"], inputs, seed=number), pictures[f"{number}_HR"], ways, place)
            for number, place in CROPS.items()
        ]
        made = sheet(rows, ["bicubic", *ways, "truth"], cell=(SIDE, SIDE))
        save_picture(made, FOLDER / name, quality=90)


def row(small: Image.Image, truth: Image.Image, ways: tuple[str, str], place: tuple[int, int]) -> list[Image.Image]:
    """Draw the same square of a picture, enlarged in three ways, and as it was."""
    left, top = place
    bicubic = small.resize(truth.size, Image.Resampling.BICUBIC)
    results = [run_to_end(upscale(small, key=AUTOMATIC if way == DEFAULT else way)) for way in ways]
    return [picture.convert("RGB").crop((left, top, left + SIDE, top + SIDE)) for picture in (bicubic, *results, truth)]


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=existing_folder)
    main(parser.parse_args().folder)
