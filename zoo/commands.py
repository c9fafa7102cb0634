"""What the subcommands of ``python -m zoo`` do, once their arguments are read."""

import json
import os
import sys
from argparse import Namespace
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from PIL.Image import Image

from zoo.bench import bench as timings
from zoo.catalog import CATALOG, ModelEntry, entry
from zoo.errors import BadInput, IrisError
from zoo.files import is_here, pull, weights_path
from zoo.folders import Work, run_on
from zoo.nets.residual_upscaler import enlarge
from zoo.optimize import DEFAULT_STYLE_WEIGHT, stylize_from_artwork
from zoo.pixels import open_picture, to_picture, to_tensor
from zoo.sharing import push
from zoo.steps import finish
from zoo.stylize import MODEL as PAINTINGS
from zoo.stylize import checked, checked_strength, styles, stylize
from zoo.upscale import upscale

BICUBIC = "bicubic"  # a model of no weights, to check the measure on
LEAST_STRENGTH = 1e-6  # optimising needs a style's weight above 0


def show_models(options: Namespace) -> None:
    """List the catalog."""
    if options.json:
        _say(json.dumps([_facts(model) for model in CATALOG.values()], indent=2))
        return
    for model in CATALOG.values():
        metrics = ", ".join(f"{name} {value:g}" for name, value in model.metrics.items())
        size = f"{model.bytes / 1e6:.1f} MB"
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
    """Repaint a picture or a folder of pictures."""
    if options.style == PAINTINGS:
        options.style = None  # the model of all paintings; --blend chooses among them
    method = options.method or ("optimize" if _is_artwork(options.style) else "fast")
    _finish(options, _painting_from(options) if method == "optimize" else _painting_in(options))


def upscale_pictures(options: Namespace) -> None:
    """Enlarge a picture or a folder of pictures four times."""
    _finish(options, lambda picture: upscale(picture, key=options.model, tile=options.tile))


def score(options: Namespace) -> None:
    """Measure a super-resolution model on pairs of pictures."""
    from zoo.score import CONVENTION, score_superres  # takes a second to import, which only this command needs

    if options.model == BICUBIC:
        found = score_superres(enlarge, options.data)
    else:
        weights_path(entry(options.model))
        found = score_superres(lambda x: to_tensor(finish(upscale(to_picture(x), key=options.model))), options.data)
    if options.json:
        _say(json.dumps({"model": options.model, **asdict(found), "convention": CONVENTION}))
    else:
        _say(f"{options.model}  {found.psnr_y:.2f} dB  {found.ssim_y:.4f}  {found.images} images\n{CONVENTION}")


def bench(options: Namespace) -> None:
    """Time every job on photos that come with scikit-image, and say how much memory it takes."""
    found = list(timings(options.threads))
    if options.json:
        _say(json.dumps([asdict(timing) for timing in found], indent=2))
        return
    for timing in found:
        _say(f"{timing.job:36} {timing.seconds:7.3f} s  {timing.peak_megabytes:6.0f} MB at most so far")


def train(options: Namespace) -> None:
    """Hand over to a training script; they are imported by name because nothing that serves users needs them."""
    import_module(f"zoo.train.{options.name}").main(options.arguments)


def _is_artwork(style: str | None) -> bool:
    """Whether --style means a file: it is no painting's name, and it is there or has an ending."""
    return style is not None and style not in styles() and (os.path.exists(style) or bool(Path(style).suffix))


def _painting_in(options: Namespace) -> Work:
    """One-pass work from --style or --blend."""
    if (options.style is None) == (options.blend is None):
        raise BadInput(f"give either --style or --blend; the styles are {', '.join(styles())}")
    weights = {options.style: 1.0} if options.blend is None else blend_from(options.blend)
    checked(weights, tuple(styles())), checked_strength(options.strength)
    settings = {"strength": options.strength, "keep_colors": options.keep_colors, "mask": _mask(options)}
    return lambda picture: stylize(picture, weights, size=options.size, **settings)


def _painting_from(options: Namespace) -> Work:
    """Optimising work from the picture that --style names."""
    if options.style is None or options.blend is not None:
        raise BadInput("--method optimize takes its style from one picture; give --style PICTURE and no --blend")
    artwork, strength = open_picture(options.style), checked_strength(options.strength)
    given = {"size": options.size, "iterations": options.iterations, "seed": options.seed}
    settings = {name: value for name, value in given.items() if value is not None}
    settings |= {"keep_colors": options.keep_colors, "mask": _mask(options)}
    settings["style_weight"] = max(strength, LEAST_STRENGTH) * DEFAULT_STYLE_WEIGHT
    return lambda picture: stylize_from_artwork(picture, artwork, **settings)


def blend_from(text: str) -> dict[str, float]:
    """Style weights from `A=0.6,B=0.4`; raises BadInput for another form."""
    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(weight) for name, weight in pairs}
    except ValueError:
        raise BadInput(f"cannot read the blend {text[:80]!r}; write it as A=0.6,B=0.4") from None


def _mask(options: Namespace) -> Image | None:
    return None if options.mask is None else to_picture(to_tensor(open_picture(options.mask)))


def _finish(options: Namespace, work: Work) -> None:
    failures = run_on(Path(options.source), Path(options.target), work)
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
