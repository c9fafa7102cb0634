"""The command line of the image models: ``python -m zoo --help``."""

import argparse
import sys
import warnings
from collections.abc import Callable
from typing import NoReturn

from zoo import commands
from zoo.errors import BadInput, IrisError
from zoo.optimize import DEFAULT_ITERATIONS
from zoo.stylize import DEFAULT_STRENGTH
from zoo.upscale import DEFAULT_MODEL, DEFAULT_TILE

TRAININGS = ("style", "superres", "features", "devise")
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
    _add_stylize(_picture_command(add, "stylize", commands.stylize_pictures, "repaint in the manner of a painting"))
    upscale = _picture_command(add, "upscale", commands.upscale_pictures, "enlarge four times")
    upscale.add_argument("--model", default=DEFAULT_MODEL, metavar="KEY", help="default: %(default)s")
    upscale.add_argument("--tile", type=int, default=DEFAULT_TILE, metavar="N", help="pixels, default: %(default)s")
    score = _command(add, "score", commands.score, "measure a model")
    score.add_argument("task", choices=["superres"])
    score.add_argument("--data", required=True, metavar="DIR", help="pairs NAME_HR.* and NAME_LR.*")
    score.add_argument("--model", default=DEFAULT_MODEL, metavar="KEY", help="default: %(default)s; or bicubic")
    score.add_argument("--json", action="store_true")
    bench = _command(add, "bench", commands.bench, "time every job on this machine")
    bench.add_argument("--threads", type=int, metavar="N", help="default: as many as torch takes")
    bench.add_argument("--json", action="store_true")
    train = _command(add, "train", commands.train, "train a model; NAME --help lists what it takes")
    train.add_argument("name", choices=TRAININGS)
    train.add_argument("arguments", nargs=argparse.REMAINDER)
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
    models = _command(add, "models", commands.show_models, "what there is")
    models.add_argument("--json", action="store_true")
    pull = _command(add, "pull", commands.pull_models, "fetch models from the hub, checked")
    pull.add_argument("keys", nargs="*", metavar="KEY")
    pull.add_argument("--all", action="store_true")
    push = _command(add, "push", commands.push_models, "publish bundled models with their cards")
    push.add_argument("keys", nargs="+", metavar="KEY")
    push.add_argument("--to", required=True, metavar="OWNER/REPO")


def _add_stylize(made: argparse.ArgumentParser) -> None:
    made.add_argument("--style", metavar="NAME|PICTURE", help="a painting that the model knows, or any artwork's file")
    made.add_argument("--blend", metavar="A=0.6,B=0.4", help="several paintings at once")
    made.add_argument("--strength", type=float, default=DEFAULT_STRENGTH, help="0..1, default: %(default)s")
    made.add_argument("--keep-colors", action="store_true", help="keep the photo's colours")
    made.add_argument("--mask", metavar="PNG", help="white is painted, black is left")
    made.add_argument("--size", type=int, metavar="N", help="longest side at which it is painted, in pixels")
    made.add_argument("--method", choices=["fast", "optimize"], help="default: fast for a name, optimize for a picture")
    iterations = f"for optimize, default: {DEFAULT_ITERATIONS}"
    made.add_argument("--iterations", type=int, metavar="N", help=iterations)
    made.add_argument("--seed", type=int, metavar="N", help="for optimize")


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module=r"PIL\.")  # remarks on damaged files; what matters becomes an error
    sys.exit(main())
