"""Two figures of the cards: stated against true accuracy, and errors against how much is answered."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from zoo.files import written_beside

Curve = tuple[np.ndarray, np.ndarray]


def draw(folder: Path, *, reliability: Curve, risk: Curve) -> None:
    """Write reliability.svg and risk-coverage.svg into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "reliability.svg", reliability, ("how sure the answer is", "how often it is right"), (0, 1))
    _write(folder / "risk-coverage.svg", risk, ("share of photos answered", "share of answers wrong"), None)


def _write(file: Path, curve: Curve, labels: tuple[str, str], diagonal: tuple[float, float] | None) -> None:
    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    if diagonal:
        axes.plot(diagonal, diagonal, color="grey", linestyle=":")
    axes.plot(*curve, marker="o")
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(0, 1), ylim=(0, 1))
    with written_beside(file) as part:
        figure.savefig(part, format="svg", metadata={"Date": None})
