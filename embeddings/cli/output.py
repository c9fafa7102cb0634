"""Lines on standard output."""

import sys


def write_line(text: str) -> None:
    """Print one line of a command's result."""
    sys.stdout.write(text + "\n")
