"""``python -m zoo upscale``."""

from argparse import ArgumentParser, Namespace
from functools import partial

from zoo.cli.inputs import for_each_input
from zoo.cli.pictures import add_in_and_out, save_results
from zoo.command_line import add_precision
from zoo.images.decode import open_picture
from zoo.precision import use_precision
from zoo.superres.networks import AUTOMATIC, DEFAULT_DETAIL
from zoo.superres.upscale import DEFAULT_TILE, SCALES, enlarged_size, upscale


def upscale_pictures(options: Namespace) -> None:
    """Enlarge a picture or a folder of pictures four times, by another factor, or to an exact width."""
    use_precision(options.precision)
    work = partial(
        upscale, key=options.model, detail=options.detail, scale=options.scale, width=options.width, tile=options.tile,
        self_ensemble=options.self_ensemble,
    )  # fmt: skip
    size_of = partial(enlarged_size, scale=options.scale, width=options.width)
    save_results(options, work, partial(open_picture, keep_gps=options.keep_gps), size_of)


def add_upscale(made: ArgumentParser) -> None:
    """Add the arguments of `upscale`."""
    made.description = upscale_pictures.__doc__
    add_in_and_out(made)
    model_help = f"default: {AUTOMATIC}, by how clean a picture is"
    made.add_argument("--model", metavar="KEY|FILE", default=AUTOMATIC, help=model_help)
    detail_help = f"0 (true) to 1 (sharp) and 2 (crisp), default: {DEFAULT_DETAIL:g}"
    made.add_argument("--detail", type=float, metavar="D", help=detail_help)
    made.add_argument("--scale", type=int, choices=SCALES, help="so many times as wide and as high, default: 4")
    made.add_argument("--width", type=int, metavar="N", help="exactly so many pixels wide; instead of a scale")
    made.add_argument("--tile", type=int, metavar="N", help=f"pixels, default: {DEFAULT_TILE}")
    ensemble_help = "the mean of eight turned and mirrored passes: truer, eight times as long"
    made.add_argument("--self-ensemble", action="store_true", help=ensemble_help)
    made.add_argument("--keep-gps", action="store_true", help="keep the place that a photo says it was taken at")
    add_precision(made)
    made.set_defaults(run=partial(for_each_input, upscale_pictures))
