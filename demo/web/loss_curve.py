"""How a loss falls, drawn as a small SVG in the colours of the page."""

from collections.abc import Sequence
from math import log

WIDTH, HEIGHT = 300, 60  # units of the drawing, which is stretched over the width of its place


def loss_curve(losses: Sequence[float], total: int) -> str:
    """Draw the losses so far over `total` iterations on a logarithmic scale; nothing before there are two."""
    heights = [log(loss) for loss in losses if 0 < loss < float("inf")]
    if len(heights) < 2:
        return ""
    low, high = min(heights), max(heights)
    span = (high - low) or 1.0
    step = WIDTH / max(1, max(total, len(heights)) - 1)
    line = " ".join(f"{i * step:.1f},{HEIGHT * (high - y) / span:.1f}" for i, y in enumerate(heights))
    said = f"Loss {losses[0]:.3g} to {losses[-1]:.3g}"
    return (
        f'<figure class="iris-curve"><svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{said}"><polyline points="{line}"/></svg>'
        f"<figcaption>{said}</figcaption></figure>"
    )
