"""Commands run as users run them: what they say, how they refuse, and files that they must refuse."""

from argparse import Namespace

import pytest
from picture_files import bomb, encoded, quarters

from zoo.__main__ import COMMANDS, main
from zoo.command_line import parser_of

BAD_FILES = {
    "empty.png": b"",
    "text.jpg": b"not a picture",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "cut.png": encoded(quarters(), "PNG")[:80],
    "bomb.png": bomb(),
}


def parsed(*arguments: str) -> Namespace:
    return parser_of("zoo", "", COMMANDS, arguments).parse_args(arguments)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> str:
    """Run a command that must fail with this exit code and one line on standard error, which is given."""
    assert main([str(argument) for argument in arguments]) == code
    out, err = said(capsys)
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err
    return err
