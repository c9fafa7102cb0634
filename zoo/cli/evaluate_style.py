"""What ``python -m zoo score style`` prints: pairs in both ways, VGG-19 being the judge, and their means."""

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean

from tqdm import tqdm

from zoo.command_line import write_line
from zoo.evaluation.perceptual import read_vgg
from zoo.evaluation.style import (
    CONVENTION,
    STRENGTHS,
    Losses,
    PairScore,
    StyleScore,
    mean_of,
    pairs_of,
    score_gatys,
    score_pairs,
)

HEADER = (
    f"{'':36}  content          style            total            gram\n{'photo, painting':36}"
    + "  one pass   opt." * 4
)


def report_style(options: Namespace) -> None:
    """Print how near one-pass style transfer comes to optimisation, pair by pair and on average."""
    pairs = pairs_of(options.photos, options.paintings, options.pairs, any_artwork=options.any_artwork)
    settings = {"size": options.size, "iterations": options.iterations, "any_artwork": options.any_artwork}
    judge = read_vgg(options.vgg)
    scores = score_pairs(judge, pairs, **settings)
    found: list[PairScore] = []
    plain: list[Losses] = []
    if not options.json:
        write_line(HEADER)
    for files, pair in zip(pairs, tqdm(scores, total=len(pairs), unit="pair", leave=False, disable=None), strict=True):
        found.append(pair)
        if options.gatys:
            plain.append(score_gatys(judge, files, size=options.size, iterations=options.gatys))
        if not options.json:
            tqdm.write("\n".join(_pair_lines(pair, plain[-1:])))
    mean = mean_of(found)
    if options.json:
        rows = [asdict(pair) for pair in found]
        for row, losses in zip(rows, plain, strict=False):
            row["gatys"] = asdict(losses)
        write_line(json.dumps({"pairs": rows, "mean": asdict(mean), "convention": CONVENTION}))
    else:
        write_line("\n".join(_mean_lines(mean, found)))


def _pair_lines(pair: PairScore, plain: Sequence[Losses]) -> list[str]:
    both = zip(asdict(pair.one_pass).values(), asdict(pair.optimised).values(), strict=True)
    columns = "".join(f"  {ours:8.3f} {theirs:6.3f}" for ours, theirs in both)
    return [f"{f'{pair.photo}, {pair.painting}':36}{columns}", *(_row("    VGG-19 itself", one, 3) for one in plain)]


def _mean_lines(mean: StyleScore, pairs: Sequence[PairScore]) -> list[str]:
    falls = ", ".join(f"{value:.3f} at {strength:g}" for strength, value in zip(STRENGTHS, mean.style_at, strict=True))
    means = [
        f"{name} {fmean(getattr(pair.one_pass, name) for pair in pairs):.3f}" for name in ("content", "style", "gram")
    ]
    return [
        _row("one pass over optimised, mean", mean.ratio, 2),
        f"style by strength: {falls}; at 0 {mean.psnr:.1f} dB to the photo",
        f"one pass, mean: {', '.join(means)}",
        f"optimisation leaves {mean.left:.3f} of the photo's style loss, by the features it goes by",
        CONVENTION,
    ]


def _row(name: str, losses: Losses, digits: int) -> str:
    return f"{name:36}" + "".join(f"  {value:15.{digits}f}" for value in asdict(losses).values())
