"""The command line of the image models: ``python -m zoo --help``."""

import argparse
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, get_args

from zoo.cli import evaluate, models, stylize, train, upscale
from zoo.errors import BadInput, IrisError
from zoo.evaluation.degradations import Inputs
from zoo.style.config import Optimizer, Pooling, Recipe, Start
from zoo.style.fast import DEFAULT_STRENGTH
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE
from zoo.superres.upscale import DEFAULT_MODEL, DEFAULT_TILE, FIDELITY

PARTS = ("name", "style", "superres", "artwork")
TRAININGS = ("style", "superres", "features", "devise", "concepts")
INTERRUPTED = 130  # as shells number Ctrl-C


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, shown where all errors are."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; see {self.prog} --help")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    try:
        options = parser().parse_args(arguments)
        options.run(options)
    except IrisError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing half-written is left\n")
        return INTERRUPTED
    return 0


def parser() -> Parser:
    """All subcommands with their flags; defaults come from the functions that do the work."""
    whole = Parser(prog="python -m zoo", description=__doc__)
    add = whole.add_subparsers(required=True, metavar="COMMAND").add_parser
    _add_models(add)
    _add_stylize(_picture_command(add, "stylize", stylize.stylize_pictures, "repaint in the manner of a painting"))
    _add_upscale(_picture_command(add, "upscale", upscale.upscale_pictures, "enlarge four times"))
    _add_scores(add("score", help="measure a model").add_subparsers(required=True, metavar="TASK").add_parser)
    bench = _command(add, "bench", evaluate.run_bench, "time the models on this machine")
    parts = {"nargs": "?", "choices": PARTS, "metavar": "PART"}
    bench.add_argument("part", **parts, help=f"one of {', '.join(PARTS)}; style in depth; default: all in short")
    bench.add_argument("--threads", type=int, metavar="N", help="default: as many as torch takes")
    bench.add_argument("--json", action="store_true")
    training = _command(add, "train", train.train, "train a model; NAME --help lists what it takes")
    training.add_argument("name", choices=TRAININGS)
    training.add_argument("arguments", nargs=argparse.REMAINDER)
    return whole


def _command(
    add: Callable[..., argparse.ArgumentParser], name: str, run: Callable[[argparse.Namespace], None], say: str
) -> argparse.ArgumentParser:
    made = add(name, help=say, description=run.__doc__)
    made.set_defaults(run=run)
    return made


def _picture_command(
    add: Callable[..., argparse.ArgumentParser], name: str, run: Callable[[argparse.Namespace], None], say: str
) -> argparse.ArgumentParser:
    made = _command(add, name, run, say)
    made.add_argument("source", metavar="IN", help="a picture or a folder of pictures")
    made.add_argument("target", metavar="OUT", help="a file whose ending picks the format, or a folder")
    return made


def _add_models(add: Callable[..., argparse.ArgumentParser]) -> None:
    listing = _command(add, "models", models.show_models, "what there is")
    listing.add_argument("--json", action="store_true")
    pull = _command(add, "pull", models.pull_models, "fetch models from the hub, checked")
    pull.add_argument("keys", nargs="*", metavar="KEY")
    pull.add_argument("--all", action="store_true")
    push = _command(add, "push", models.push_models, "publish bundled models with their cards")
    push.add_argument("keys", nargs="+", metavar="KEY")
    push.add_argument("--to", required=True, metavar="OWNER/REPO")


def _add_scores(add: Callable[..., argparse.ArgumentParser]) -> None:
    superres = _command(add, "superres", evaluate.score_superres, "true to the original, enlarged four times")
    superres.add_argument("--data", required=True, metavar="DIR", help="pairs NAME_HR.* and NAME_LR.*")
    superres.add_argument("--model", action="append", metavar="KEY|FILE", help=f"default: {FIDELITY}; or bicubic")
    superres.add_argument("--all", action="store_true", help="bicubic and every model that is on this machine")
    superres.add_argument("--inputs", choices=get_args(Inputs), default="clean", help="made worse first")
    superres.add_argument("--vgg", type=Path, metavar="FILE", help="VGG-19's convolutions, to judge features by")
    degradation = _command(add, "degradation", evaluate.score_degradation, "the shrinking that training uses")
    degradation.add_argument("--data", required=True, metavar="DIR", help="pairs NAME_HR.* and NAME_LR.*")
    style = _command(add, "style", evaluate.score_style, "one-pass style transfer against optimisation")
    style.add_argument("--vgg", required=True, type=Path, metavar="FILE", help="VGG-19's convolutions, safetensors")
    style.add_argument("--paintings", required=True, metavar="DIR", help="files named after the network's paintings")
    style.add_argument("--photos", required=True, metavar="DIR", help="the first ten by name are taken")
    style.add_argument("--pairs", type=_pairs, default=1, metavar="N|all", help="paintings a photo, default: 1")
    style.add_argument("--iterations", type=int, default=300, metavar="N", help="default: %(default)s")
    style.add_argument("--size", type=int, default=DEFAULT_SIZE, metavar="N", help="longest side, default: %(default)s")
    video = _command(add, "video", evaluate.score_video, "how steadily a clip is painted")
    video.add_argument("--data", metavar="CLIP", help="default: one is made")
    video.add_argument("--style", metavar="NAME", help="default: the first")
    backbones = _command(add, "backbones", train.score_backbones, "ImageNet networks to start an encoder from")
    backbones.add_argument("--start", required=True, nargs="+", metavar="KEY=FILE", help="their ImageNet weights")
    backbones.add_argument("--photos", required=True, nargs="+", type=Path, metavar="DIR", help="wnids in their names")
    backbones.add_argument("--nouns", required=True, type=Path, metavar="FILE", help="from python -m embeddings export")
    backbones.add_argument("--classes", required=True, type=Path, metavar="FILE", help="the 1000 wnids, sorted")
    for made in (superres, degradation, style, video, backbones):
        made.add_argument("--json", action="store_true")


def _pairs(text: str) -> int | None:
    return None if text == "all" else int(text)


def _add_upscale(made: argparse.ArgumentParser) -> None:
    made.add_argument("--model", metavar="KEY|FILE", help=f"default: {DEFAULT_MODEL}")
    made.add_argument("--detail", type=float, metavar="D", help="0 (true) to 1 (sharp), instead of a model")
    made.add_argument("--width", type=int, metavar="N", help="exactly so many pixels wide; default: four times as wide")
    made.add_argument("--tile", type=int, default=DEFAULT_TILE, metavar="N", help="pixels, default: %(default)s")
    made.add_argument("--keep-gps", action="store_true", help="keep the place that a photo says it was taken at")


def _add_stylize(made: argparse.ArgumentParser) -> None:
    made.add_argument("--style", metavar="NAME|PICTURE", help="a painting that the model knows, or any artwork's file")
    made.add_argument("--blend", metavar="A=0.6,B=0.4", help="several paintings at once")
    made.add_argument("--strength", type=float, default=DEFAULT_STRENGTH, help="0..1, default: %(default)s")
    made.add_argument("--flicker", action="store_true", help="for a clip: paint each frame by itself")
    made.add_argument("--keep-colors", action="store_true", help="keep the photo's colours")
    made.add_argument("--mask", metavar="PNG", help="white is painted, black is left")
    made.add_argument("--outside", metavar="A=0.6,B=0.4", help="with --mask: black is painted in this blend")
    made.add_argument("--size", type=int, metavar="N", help="longest side at which it is painted, in pixels")
    made.add_argument("--method", choices=["fast", "optimize"], help="default: fast for a name, optimize for a picture")
    _add_recipe(made.add_argument_group("for optimize"))


def _add_recipe(group: argparse._ArgumentGroup) -> None:
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


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module=r"PIL\.")  # remarks on damaged files; what matters becomes an error
    sys.exit(main())
