"""What the subcommands of ``python -m zoo`` do, once their arguments are read."""

import json
import logging
import os
import sys
from argparse import Namespace
from dataclasses import asdict, replace
from functools import partial
from importlib import import_module
from pathlib import Path

from PIL.Image import Image

from zoo.catalog import CATALOG, ModelEntry, entry
from zoo.clips import is_clip
from zoo.errors import BadInput, IrisError
from zoo.files import is_here, pull
from zoo.folders import Read, Work, finish_with_bar, run_on
from zoo.optimize import Recipe, stylize_from_artwork
from zoo.pixels import open_picture, to_picture, to_tensor
from zoo.sharing import push
from zoo.stylize import MODEL as PAINTINGS
from zoo.stylize import checked, checked_strength, styles, stylize
from zoo.upscale import upscale
from zoo.video import stylize_video

OPTIMISING = (  # what only --method optimize takes
    "iterations", "start", "optimizer", "pooling", "content_weight", "style_weight", "tv_weight", "layer_weight",
    "scales", "maps", "seed",
)  # fmt: skip


def show_models(options: Namespace) -> None:
    """List the catalog."""
    if options.json:
        _say(json.dumps([_facts(model) for model in CATALOG.values()], indent=2))
        return
    for model in CATALOG.values():
        metrics = ", ".join(f"{name} {value:g}" for name, value in model.metrics.items())
        size = f"{model.bytes / 1e6:.1f} MB" if model.bytes else ""
        _say(f"{model.key:20} {size:>8}  {_where(model)}\n{'':30} {model.title}; {model.licence}")
        if metrics:
            _say(f"{'':30} {metrics}")


def pull_models(options: Namespace) -> None:
    """Fetch hub models, or check that bundled ones are whole."""
    if bool(options.keys) == options.all:
        raise BadInput("name the models to pull, or --all; python -m zoo models lists them")
    for model in [entry(key) for key in options.keys] or CATALOG.values():
        _say(f"{model.key}  {pull(model)}")


def push_models(options: Namespace) -> None:
    """Publish bundled models with their cards."""
    _say(push([entry(key) for key in options.keys], options.to))


def stylize_pictures(options: Namespace) -> None:
    """Repaint a picture, a folder of pictures or a clip."""
    if options.style == PAINTINGS:
        options.style = None  # the model of all paintings; --blend chooses among them
    if is_clip(options.source, options.target):
        return _stylize_clip(options)
    method = options.method or ("optimize" if _is_artwork(options.style) else "fast")
    _finish(options, _painting_from(options) if method == "optimize" else _painting_in(options))


def upscale_pictures(options: Namespace) -> None:
    """Enlarge a picture or a folder of pictures four times, or to an exact width."""
    settings = {"key": options.model, "detail": options.detail, "width": options.width, "tile": options.tile}
    read = partial(open_picture, keep_gps=options.keep_gps)
    _finish(options, lambda picture: upscale(picture, **settings), read)


def train(options: Namespace) -> None:
    """Hand over to a training script; they are imported by name because nothing that serves users needs them."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("zoo.train").setLevel(logging.INFO)
    import_module(f"zoo.train.{options.name}").main(options.arguments)


def score_backbones(options: Namespace) -> None:
    """Compare ImageNet networks that an encoder can start from: nouns hit before any training, and time."""
    scoring = import_module("zoo.train.backbone_scores")
    starts = {key: Path(file) for key, _, file in (start.partition("=") for start in options.start)}
    wnids = options.classes.read_text().split()
    scores = scoring.score_backbones(starts, options.photos, options.nouns, wnids)
    lines = [json.dumps([asdict(score) for score in scores])] if options.json else scoring.table(scores)
    for line in lines:
        _say(line)


def _is_artwork(style: str | None) -> bool:
    """Whether --style means a file: it is no painting's name, and it is there or has an ending."""
    return style is not None and style not in styles() and (os.path.exists(style) or bool(Path(style).suffix))


def _stylize_clip(options: Namespace) -> None:
    if options.mask or options.outside or options.method == "optimize" or _is_artwork(options.style):
        raise BadInput("a clip is painted in one pass, whole; give --style NAME or --blend, no --mask, no artwork")
    settings = {"strength": options.strength, "keep_colors": options.keep_colors, "size": options.size}
    steps = stylize_video(options.source, options.target, _weights(options), **settings, steady=not options.flicker)
    finish_with_bar(steps, Path(options.source).name)


def _painting_in(options: Namespace) -> Work:
    """One-pass work from --style or --blend."""
    weights = _weights(options)
    settings = {"strength": options.strength, "keep_colors": options.keep_colors, "mask": _mask(options)}
    if options.outside is not None:
        settings["outside"] = checked(blend_from(options.outside), tuple(styles()))
    return lambda picture: stylize(picture, weights, size=options.size, **settings)


def _weights(options: Namespace) -> dict[str, float]:
    if (options.style is None) == (options.blend is None):
        raise BadInput(f"give either --style or --blend; the styles are {', '.join(styles())}")
    given = [name for name in OPTIMISING if getattr(options, name) is not None]
    if given:
        raise BadInput(f"--{given[0].replace('_', '-')} is for --method optimize, with --style PICTURE")
    weights = {options.style: 1.0} if options.blend is None else blend_from(options.blend)
    checked(weights, tuple(styles())), checked_strength(options.strength)
    return weights


def _painting_from(options: Namespace) -> Work:
    """Optimising work from the picture that --style names."""
    if options.style is None or options.blend is not None:
        raise BadInput("--method optimize takes its style from one picture; give --style PICTURE and no --blend")
    if options.outside is not None:
        raise BadInput("--outside is for one pass, with --style NAME or --blend; leave it out with --method optimize")
    artwork, recipe = open_picture(options.style), recipe_from(options)
    given = {"size": options.size, "iterations": options.iterations}
    settings = {name: value for name, value in given.items() if value is not None}
    settings |= {"recipe": recipe, "keep_colors": options.keep_colors, "mask": _mask(options)}
    if options.maps is not None:
        settings["maps"] = tuple(open_picture(path) for path in options.maps)
    doodle = options.maps is not None and Path(options.source).resolve() == Path(options.maps[1]).resolve()
    return lambda picture: stylize_from_artwork(None if doodle else picture, artwork, **settings)


def recipe_from(options: Namespace) -> Recipe:
    """The recipe that the flags of `stylize --method optimize` make; what they do not say is as usual."""
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
    return None if options.mask is None else to_picture(to_tensor(open_picture(options.mask)))


def _finish(options: Namespace, work: Work, read: Read = open_picture) -> None:
    failures = run_on(Path(options.source), Path(options.target), work, read)
    for failure in failures:
        sys.stderr.write(failure + "\n")
    if failures:
        raise IrisError(f"{len(failures)} of the pictures in {options.source} could not be done; the others are")


def _facts(model: ModelEntry) -> dict[str, object]:
    names = ("key", "task", "title", "source", "repo", "revision", "bytes", "sha256", "licence", "paper")
    facts = {name: getattr(model, name) for name in (*names, "training_data", "preprocessing")}
    return facts | {"here": is_here(model), "where": _where(model), "metrics": dict(model.metrics)}


def _where(model: ModelEntry) -> str:
    if is_here(model):
        return "bundled" if model.source == "bundled" else "in the hub's cache"
    return f"python -m zoo pull {model.key}" if model.source == "hub" else "not trained yet"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
