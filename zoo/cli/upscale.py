"""``python -m zoo upscale``."""

from argparse import ArgumentParser, Namespace
from functools import partial

from zoo.cli.pictures import add_in_and_out, save_results
from zoo.images.decode import open_picture
from zoo.superres.upscale import DEFAULT_MODEL, DEFAULT_TILE, upscale


def upscale_pictures(options: Namespace) -> None:
    """Enlarge a picture or a folder of pictures four times, or to an exact width."""
    settings = {"key": options.model, "detail": options.detail, "width": options.width, "tile": options.tile}
    read = partial(open_picture, keep_gps=options.keep_gps)
    save_results(options, lambda picture: upscale(picture, **settings), read)


def add_upscale(made: ArgumentParser) -> None:
    """Add the arguments of `upscale`."""
    made.description = upscale_pictures.__doc__
    add_in_and_out(made)
    made.add_argument("--model", metavar="KEY|FILE", help=f"default: {DEFAULT_MODEL}")
    made.add_argument("--detail", type=float, metavar="D", help="0 (true) to 1 (sharp), instead of a model")
    made.add_argument("--width", type=int, metavar="N", help="exactly so many pixels wide; default: four times as wide")
    made.add_argument("--tile", type=int, default=DEFAULT_TILE, metavar="N", help="pixels, default: %(default)s")
    made.add_argument("--keep-gps", action="store_true", help="keep the place that a photo says it was taken at")
    made.set_defaults(run=upscale_pictures)
