"""``python -m zoo stylize``."""

import os
from argparse import ArgumentParser, Namespace, _ArgumentGroup
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import get_args

from PIL.Image import Image

from zoo.cli.clips import Paint, clips_below, run_on_clips
from zoo.cli.inputs import for_each_input
from zoo.cli.pictures import add_in_and_out, save_results
from zoo.command_line import add_precision
from zoo.errors import BadInput
from zoo.files import CLIP_ENDINGS, is_made
from zoo.images.batch import Work
from zoo.images.decode import open_picture
from zoo.listing import Listing
from zoo.precision import use_precision
from zoo.progress import run_to_end, with_bar
from zoo.style.any_artwork import stylize_like
from zoo.style.config import Optimizer, Pooling, Recipe, Start
from zoo.style.fast import MODEL as PAINTINGS
from zoo.style.fast import styles, stylize
from zoo.style.optimize import DEFAULT_ITERATIONS, stylize_from_artwork
from zoo.style.settings import DEFAULT_STRENGTH, checked_strength, checked_weights
from zoo.style.video import SteadyPainter, Style, stylize_video
from zoo.video.container import is_clip

OPTIMISING = (  # what only --method optimize takes
    "iterations", "start", "optimizer", "pooling", "content_weight", "style_weight", "tv_weight", "layer_weight",
    "scales", "maps", "seed", "full_size",
)  # fmt: skip


def stylize_pictures(options: Namespace) -> None:
    """Repaint a picture, a clip, or a folder of them."""
    use_precision(options.precision)
    if options.style == PAINTINGS:
        options.style = None  # the model of all paintings; --blend chooses among them
    if is_clip(options.source, options.target):
        if not (options.skip_existing and is_made(Path(options.target))):
            _clip_painter(options)(Path(options.source), Path(options.target))
        return
    clips = clips_below(options.source)
    if clips:
        source, target = Path(options.source), Path(options.target)
        run_on_clips(_clip_painter(options), source, target, clips, skip_existing=options.skip_existing)
        if not any(Listing(source)):
            return
    save_results(options, _work(options), done=CLIP_ENDINGS if clips else ())


def _work(options: Namespace) -> Work:
    """Give the way to paint: after an artwork in one pass, unless there is something that only optimisation heeds."""
    if options.method == "optimize" or (_is_artwork(options.style) and options.method is None and _optimising(options)):
        return _optimised_after(options)
    return _painted(options)


def _optimising(options: Namespace) -> list[str]:
    """Give the given options that only optimisation heeds."""
    return [name for name in OPTIMISING if getattr(options, name) is not None]


def _is_artwork(style: str | None) -> bool:
    """Tell whether --style means a file: it is no painting's name, and it is there or has an ending."""
    return style is not None and style not in styles() and (os.path.exists(style) or bool(Path(style).suffix))


def _clip_painter(options: Namespace) -> Paint:
    """Give the way to paint a clip into another file."""
    if options.mask or options.outside or options.method == "optimize":
        raise BadInput("a clip is painted in one pass, whole; give --style or --blend, no --mask, no --method optimize")
    style = _one_pass_style(options)
    settings = {"strength": options.strength, "keep_colors": options.keep_colors, "size": options.size}

    def paint(source: Path, target: Path) -> None:
        painter = SteadyPainter(style, **settings, steady=not options.flicker)
        run_to_end(with_bar(stylize_video(source, target, painter), source.name))

    return paint


def _one_pass_style(options: Namespace) -> Style:
    """Give the artwork that --style names, or the weights of the paintings of --style or --blend."""
    checked_strength(options.strength)
    if given := _optimising(options):
        raise BadInput(f"--{given[0].replace('_', '-')} is for --method optimize, with --style PICTURE and no clip")
    if not _is_artwork(options.style):
        if (options.style is None) == (options.blend is None):
            raise BadInput(f"give either --style or --blend; the styles are {', '.join(styles())}")
        return checked_weights(
            {options.style: 1.0} if options.blend is None else blend_from(options.blend), tuple(styles())
        )
    if options.blend is not None or options.outside is not None:
        raise BadInput("an artwork is not blended; give --style PICTURE alone, without --blend and --outside")
    return open_picture(options.style)


def _painted(options: Namespace) -> Work:
    """One-pass work in the style of --style or --blend."""
    style = _one_pass_style(options)
    settings = {"strength": options.strength, "keep_colors": options.keep_colors, "size": options.size}
    if isinstance(style, Image):
        return partial(stylize_like, artwork=style, mask=_mask(options), **settings)
    outside = None if options.outside is None else checked_weights(blend_from(options.outside), tuple(styles()))
    return partial(stylize, weights=style, mask=_mask(options), outside=outside, **settings)


def _optimised_after(options: Namespace) -> Work:
    """Optimising work from the picture that --style names."""
    if options.style is None or options.blend is not None:
        raise BadInput("--method optimize takes its style from one picture; give --style PICTURE and no --blend")
    if options.outside is not None:
        raise BadInput("--outside is for one pass, with --style NAME or --blend; leave it out with --method optimize")
    artwork, recipe = open_picture(options.style), recipe_from(options)
    given = {"size": options.size, "iterations": options.iterations}
    settings = {name: value for name, value in given.items() if value is not None}
    settings |= {
        "full_size": bool(options.full_size),
        "recipe": recipe,
        "keep_colors": options.keep_colors,
        "mask": _mask(options),
    }
    if options.maps is not None:
        settings["maps"] = tuple(open_picture(path) for path in options.maps)
    doodle = options.maps is not None and Path(options.source).resolve() == Path(options.maps[1]).resolve()
    return lambda picture: stylize_from_artwork(None if doodle else picture, artwork, **settings)


def recipe_from(options: Namespace) -> Recipe:
    """Give the recipe that the flags of `stylize --method optimize` make; what they do not say is as usual."""
    usual = Recipe()
    given = {
        "content_weight": options.content_weight, "smoothness": options.tv_weight, "start": options.start,
        "optimizer": options.optimizer, "pooling": options.pooling, "scales": options.scales, "seed": options.seed,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    weight = usual.style_weight if options.style_weight is None else options.style_weight
    layers = {**usual.layer_weights, **(blend_from(options.layer_weight) if options.layer_weight else {})}
    strength = checked_strength(options.strength)
    return replace(usual, style_weight=strength * weight, layer_weights=layers, **given)


def blend_from(text: str) -> dict[str, float]:
    """Weights by name from `A=0.6,B=0.4`; raises BadInput for another form."""
    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(weight) for name, weight in pairs}
    except ValueError:
        raise BadInput(f"cannot read {text[:80]!r}; write it as A=0.6,B=0.4") from None


def _mask(options: Namespace) -> Image | None:
    return None if options.mask is None else open_picture(options.mask)


def add_stylize(made: ArgumentParser) -> None:
    """Add the arguments of `stylize`."""
    made.description = stylize_pictures.__doc__
    add_in_and_out(made)
    made.add_argument("--style", metavar="NAME|PICTURE", help="a painting that the model knows, or any artwork's file")
    made.add_argument("--blend", metavar="A=0.6,B=0.4", help="several paintings at once")
    made.add_argument("--strength", type=float, default=DEFAULT_STRENGTH, help="0..1, default: %(default)s")
    made.add_argument("--flicker", action="store_true", help="for a clip: paint each frame by itself")
    made.add_argument("--keep-colors", action="store_true", help="keep the photo's colours")
    made.add_argument("--mask", metavar="PNG", help="white is painted, black is left")
    made.add_argument("--outside", metavar="A=0.6,B=0.4", help="with --mask: black is painted in this blend")
    made.add_argument("--size", type=int, metavar="N", help="longest side at which it is painted, in pixels")
    made.add_argument(
        "--method", choices=["fast", "optimize"], help="default: fast, or optimize where its options are given"
    )
    add_precision(made)
    _add_recipe(made.add_argument_group("for optimize"))
    made.set_defaults(run=partial(for_each_input, stylize_pictures))


def _add_recipe(group: _ArgumentGroup) -> None:
    usual = Recipe()
    weights = ",".join(f"{name}={weight:g}" for name, weight in usual.layer_weights.items())
    scales = ",".join(f"{scale:g}" for scale in usual.scales)
    add = group.add_argument
    add("--iterations", type=int, metavar="N", help=f"default: {DEFAULT_ITERATIONS}")
    add("--start", choices=get_args(Start), help=f"default: {usual.start}")
    add("--optimizer", choices=get_args(Optimizer), help=f"default: {usual.optimizer}")
    add("--pooling", choices=get_args(Pooling), help=f"in the feature network, default: {usual.pooling}")
    add("--content-weight", type=float, metavar="W", help=f"default: {usual.content_weight:g}")
    add("--style-weight", type=float, metavar="W", help=f"at strength 1, default: {usual.style_weight:g}")
    add("--tv-weight", type=float, metavar="W", help=f"smoothness (total variation), default: {usual.smoothness:g}")
    add("--layer-weight", metavar="LAYER=W,...", help=f"of the style, default: {weights}; 0 switches a layer off")
    add("--scales", type=_numbers, metavar="S,...", help=f"parts of the size, coarse to fine, default: {scales}")
    add("--maps", nargs=2, metavar=("OF_PICTURE", "OF_IN"), help="flat colours that say what is painted like what")
    add("--seed", type=int, metavar="N", help=f"default: {usual.seed}")
    paint_on = "paint on up to the picture's own size, tile by tile, instead of enlarging what was painted at --size"
    add("--full-size", action="store_true", default=None, help=paint_on)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))
