"""What the command lines share: parsers whose complaints are one sentence, commands imported when they run."""

import argparse
import io
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, get_args

from zoo.errors import BadInput, IrisError

Precision = Literal["auto", "float32", "bfloat16"]  # of the networks' arithmetic, see zoo.precision

INTERRUPTED, PIPE_CLOSED = 130, 141  # as shells number Ctrl-C, and SIGPIPE
# C0 and C1, and what turns the direction of writing, by which "gnp.exe" looks like "exe.png".
TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROL_CHARACTERS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), *TURNS)}
OBEYED = {code: shown for code, shown in CONTROL_CHARACTERS.items() if chr(code) not in "\n\t"}
PRECISIONS = get_args(Precision)


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, shown where all errors are."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; see {self.prog} --help")


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Add the precision of the arithmetic."""
    help_ = "of the arithmetic, default: bfloat16 where this machine is faster by it"
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help=help_)


def existing_folder(text: str) -> Path:
    """Parse an argument that names a folder."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text)


def existing_file(text: str) -> Path:
    """Parse an argument that names a file."""
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return Path(text)


@dataclass(frozen=True)
class Command:
    """A subcommand; `adder` names, as "module:function", what adds its arguments and sets `run` to what it does.

    The module, and with it whatever it needs, is imported only for the command that is given.
    """

    name: str
    adder: str
    help: str


def run(program: str, description: str, commands: Sequence[Command], arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_PlainFormatter())
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="surrogateescape")  # a file's name in its own bytes, also where they are no UTF-8
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = parser_of(program, description, commands, given).parse_args(given)
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except IrisError as error:
        return complain(str(error), error.exit_code)
    except OSError as error:
        return complain(f"{error}; nothing half-written is left", 1)
    except KeyboardInterrupt:
        return complain("stopped; nothing half-written is left", INTERRUPTED)
    return 0


def parser_of(program: str, description: str, commands: Sequence[Command], given: Sequence[str]) -> OneLineParser:
    """Parse all commands with their help; only the one that is given has its arguments."""
    parser = OneLineParser(prog=program, description=description)
    add = parser.add_subparsers(required=True, metavar="COMMAND").add_parser
    chosen = next((word for word in given if not word.startswith("-")), None)
    for command in commands:
        made = add(command.name, help=command.help)
        if command.name == chosen:
            pkgutil.resolve_name(command.adder)(made)
    return parser


def complain(sentence: str, exit_code: int) -> int:
    """Say on standard error why a program ends; gives its exit code."""
    sys.stderr.write(f"{plain(sentence)}\n")
    return exit_code


def plain(text: str) -> str:
    """Make a text one that a terminal shows and does not obey, whatever names of files it holds."""
    return text.translate(OBEYED).encode("utf-8", "backslashreplace").decode()


class _PlainFormatter(logging.Formatter):
    """Messages that a terminal shows and does not obey."""

    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))


def on_one_line(name: str) -> str:
    """Write a file's name without the line breaks and other control characters that it may hold."""
    return name.translate(CONTROL_CHARACTERS)


def write_line(text: str) -> None:
    """Print one line of a command's result."""
    sys.stdout.write(f"{plain(text) if sys.stdout.isatty() else text}\n")
