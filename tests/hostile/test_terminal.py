"""A terminal obeys no name of a file, and a reader that has seen enough ends a command quietly."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.command_line import complain, on_one_line, plain, write_line

ROOT = Path(__file__).parents[2]
HOSTILE = "a\x1b[2J\x9b2J\u202egnp.exe\x07\rb\udce9"


@pytest.mark.parametrize("shown", [plain, on_one_line])
def test_what_a_terminal_would_obey_is_written_out(shown: Callable[[str], str]) -> None:
    text = shown(HOSTILE)
    assert not set(text) & set("\x1b\x9b\u202e\x07\r") and text.startswith("a\\x1b[2J")


def test_errors_and_warnings_are_shown_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain(HOSTILE, 2) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_terminal_gets_results_plainly_and_a_program_gets_them_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_line("a\x1bb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    write_line("a\x1bb")
    assert capsys.readouterr().out == "a\x1bb\na\\x1bb\n"


def test_warnings_of_a_command_hold_no_codes() -> None:
    program = f"from zoo.command_line import run; run('x', 'x', [], []); import logging; logging.warning({HOSTILE!r})"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert b"\x1b" not in ended.stderr and b"\\x1b[2J" in ended.stderr


@pytest.mark.slow
def test_a_closed_pipe_ends_a_command_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "zoo", "models"]
    ended = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")
