"""The command `iris`: the words of ``python -m zoo`` and ``python -m embeddings`` under one name, and the page."""

import argparse
import pkgutil
import sys
import warnings
from collections.abc import Sequence
from functools import partial

from embeddings.__main__ import COMMANDS as WORD_COMMANDS
from zoo import __version__
from zoo.__main__ import COMMANDS as MODEL_COMMANDS
from zoo.command_line import Command, run, write_line

DESCRIPTION = "Restyle, enlarge, name and find pictures."
SERVE = Command("serve", "iris:add_serve", "serve the web page; takes the options of app.py")
# Both packages measure, time and train; the next word says which of them is meant.
WORD_TASKS = {
    "score": ("answers", "finding", "nouns", "words", "zeroshot"),
    "bench": ("photos", "vectors", "nouns", "library", "table", "kills"),
    "train": ("words",),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["--version"]:
        write_line(f"iris {__version__}")
        return 0
    if given[:1] == [SERVE.name]:
        return _serve(given[1:])
    return run("iris", DESCRIPTION, commands(given), given)


def commands(given: Sequence[str]) -> list[Command]:
    """List every command once; where both packages have it, the one that takes the next word of `given`."""
    task = next((word for word in given[1:] if not word.startswith("-")), None)
    of_words = {command.name: command for command in WORD_COMMANDS}
    chosen = [SERVE]
    for command in MODEL_COMMANDS:
        twin = of_words.pop(command.name, command)
        chosen.append(twin if task in WORD_TASKS.get(command.name, ()) else _with_word_tasks(command))
    return [*chosen, *of_words.values()]


def _with_word_tasks(command: Command) -> Command:
    if command.name not in WORD_TASKS:
        return command
    tasks = ", ".join(WORD_TASKS[command.name])
    return Command(command.name, f"iris:add_{command.name}", f"{command.help}; or of words and search: {tasks}")


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Add nothing: `main` hands the options of `serve` on as they are."""
    parser.set_defaults(run=lambda _: _serve([]))


def _serve(options: Sequence[str]) -> int:
    from app import main as serve  # the other commands need no page

    return serve(options)


def _add_with_word_tasks(name: str, parser: argparse.ArgumentParser) -> None:
    [command] = [each for each in MODEL_COMMANDS if each.name == name]
    pkgutil.resolve_name(command.adder)(parser)
    parser.epilog = f"Of words and search: {', '.join(WORD_TASKS[name])}; see {parser.prog} NAME --help for each."


add_score = partial(_add_with_word_tasks, "score")
add_bench = partial(_add_with_word_tasks, "bench")
add_train = partial(_add_with_word_tasks, "train")


def without_remarks() -> int:
    """Run the command of the terminal, without Pillow's remarks on damaged files; what matters becomes an error."""
    warnings.filterwarnings("ignore", module=r"PIL\.")
    return main()


if __name__ == "__main__":
    sys.exit(without_remarks())
