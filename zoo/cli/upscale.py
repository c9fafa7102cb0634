"""``python -m zoo upscale``."""

from argparse import Namespace
from functools import partial

from zoo.cli.pictures import save_results
from zoo.images.decode import open_picture
from zoo.superres.upscale import upscale


def upscale_pictures(options: Namespace) -> None:
    """Enlarge a picture or a folder of pictures four times, or to an exact width."""
    settings = {"key": options.model, "detail": options.detail, "width": options.width, "tile": options.tile}
    read = partial(open_picture, keep_gps=options.keep_gps)
    save_results(options, lambda picture: upscale(picture, **settings), read)
