"""The command line of the image models, `python -m zoo`."""

import sys
import warnings

from zoo.command_line import Command, run

COMMANDS = (
    Command("models", "zoo.cli.models:add_models", "what there is"),
    Command("pull", "zoo.cli.models:add_pull", "fetch models from the hub, checked"),
    Command("push", "zoo.cli.models:add_push", "publish bundled models with their cards"),
    Command("stylize", "zoo.cli.stylize:add_stylize", "repaint in the manner of paintings or of any artwork"),
    Command("upscale", "zoo.cli.upscale:add_upscale", "enlarge two, three, four or eight times, or to a width"),
    Command("score", "zoo.cli.evaluate:add_scores", "measure a model"),
    Command("bench", "zoo.cli.evaluate:add_bench", "time the models on this machine"),
    Command("train", "zoo.cli.train:add_train", "train a model; NAME --help lists what it takes"),
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    return run("python -m zoo", __doc__, COMMANDS, arguments)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module=r"PIL\.")  # remarks on damaged files; what matters becomes an error
    sys.exit(main())
