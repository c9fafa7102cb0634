"""``python -m zoo bench`` and most of ``python -m zoo score``."""

import json
from argparse import Namespace
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tqdm import tqdm

from zoo.cli.output import write_line
from zoo.evaluation.perceptual import read_vgg
from zoo.evaluation.sample_clip import make_trial_clip
from zoo.evaluation.timing import Timing, bench
from zoo.evaluation.timing_style import bench_style
from zoo.evaluation.timing_superres import Measure, bench_superres
from zoo.evaluation.video import score_video as flicker_of
from zoo.style.fast import styles


def score_superres(options: Namespace) -> None:
    """Measure super-resolution models on pairs of pictures, in one table."""
    from zoo.cli.evaluate_superres import report_superres  # takes a second to import, which only this command needs

    report_superres(options)


def score_degradation(options: Namespace) -> None:
    """Compare the shrinking that training uses with the small pictures of a test set."""
    from zoo.cli.evaluate_superres import report_degradation

    report_degradation(options)


def score_style(options: Namespace) -> None:
    """Compare one-pass style transfer with optimisation, VGG-19 being the judge."""
    from zoo.evaluation.style import CONVENTION, STRENGTHS, PairScore, mean_of, pairs_of, score_pairs

    pairs = pairs_of(options.photos, options.paintings, options.pairs)
    scores = score_pairs(read_vgg(options.vgg), pairs, size=options.size, iterations=options.iterations)
    found: list[PairScore] = []
    if not options.json:
        write_line(
            f"{'':36}  content          style            total\n{'photo, painting':36}" + "  one pass   opt." * 3
        )
    for pair in tqdm(scores, total=len(pairs), unit="pair", leave=False, disable=None):
        found.append(pair)
        if not options.json:
            losses = zip(asdict(pair.one_pass).values(), asdict(pair.optimised).values(), strict=True)
            tqdm.write(f"{f'{pair.photo}, {pair.painting}':36}" + "".join(f"  {a:8.3f} {b:6.3f}" for a, b in losses))
    mean = mean_of(found)
    if options.json:
        write_line(
            json.dumps({"pairs": [asdict(pair) for pair in found], "mean": asdict(mean), "convention": CONVENTION})
        )
        return
    ratio = "".join(f"  {value:15.2f}" for value in asdict(mean.ratio).values())
    falls = ", ".join(f"{value:.3f} at {strength:g}" for strength, value in zip(STRENGTHS, mean.style_at, strict=True))
    write_line(f"{'one pass over optimised, mean':36}{ratio}")
    write_line(f"style by strength: {falls}; at 0 {mean.psnr:.1f} dB to the photo")
    write_line(
        f"optimisation leaves {mean.left:.3f} of the photo's style loss, by the features it goes by\n{CONVENTION}"
    )


def score_video(options: Namespace) -> None:
    """Both ways of painting a clip, by default one made of two photos that come with scikit-image."""
    weights = {options.style or styles()[0]: 1.0}
    with TemporaryDirectory() as folder:
        clip = options.data or Path(folder, "trial.mp4")
        if options.data is None:
            make_trial_clip(clip)
        found = flicker_of(clip, weights)
    if options.json:
        write_line(json.dumps({"style": next(iter(weights)), **asdict(found)}))
        return
    write_line(f"flicker {found.steady:.2f} steady, {found.frame_by_frame:.2f} frame by frame: {found.ratio:.2f} of it")
    write_line(f"{found.frames} frames, {found.seconds:.2f} s each; sound and times as before: {found.kept}")


def run_bench(options: Namespace) -> None:
    """Time what the models do on photos that come with scikit-image, and say how much memory it takes."""
    if options.threads:
        torch.set_num_threads(options.threads)
    whole = {"style": bench_style, "superres": bench_superres}.get(options.part, partial(bench, options.part))
    say = _say_measure if options.part == "superres" else _say_timing
    found = []
    for timing in whole():
        found.append(asdict(timing))
        if not options.json:
            say(timing)
    if options.json:
        write_line(json.dumps(found, indent=2))


def _say_timing(timing: Timing) -> None:
    share = "" if timing.share is None else f"  this network takes {timing.share:.2f} of it"
    write_line(f"{timing.job:36} {timing.seconds:7.3f} s  {timing.peak_megabytes:6.0f} MB at most so far{share}")


def _say_measure(measure: Measure) -> None:
    ratio = "" if measure.ratio is None else f"{measure.ratio:.2f} x"
    size = f"{measure.parameters / 1e6:.2f} M parameters, {measure.file_megabytes:.1f} MB"
    memory = f"{measure.peak_megabytes:.0f} MB at most, {measure.grown_megabytes:.0f} for the job"
    write_line(f"{measure.job:36} {measure.seconds:8.3f} s {ratio:>9}  {size}; {memory}")
