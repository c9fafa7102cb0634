"""What ``python -m zoo score`` and ``python -m zoo bench`` measure and print."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors import SafetensorError
from tqdm import tqdm

from zoo.bench import Timing, bench
from zoo.bench_style import bench_style
from zoo.catalog import entry
from zoo.errors import BadInput
from zoo.files import weights_path
from zoo.nets.residual_upscaler import enlarge
from zoo.nets.vgg19 import VGG19
from zoo.pixels import to_picture, to_tensor
from zoo.steps import finish
from zoo.stylize import styles
from zoo.trial_clip import make_trial_clip
from zoo.upscale import upscale
from zoo.video import score_video as flicker_of

BICUBIC = "bicubic"  # a model of no weights, to check the measure on


def score_superres(options: Namespace) -> None:
    """Measure a super-resolution model on pairs of pictures."""
    from zoo.score import CONVENTION, score_superres  # takes a second to import, which only this command needs

    if options.model == BICUBIC:
        found = score_superres(enlarge, options.data)
    else:
        weights_path(entry(options.model))
        found = score_superres(lambda x: to_tensor(finish(upscale(to_picture(x), key=options.model))), options.data)
    if options.json:
        _say(json.dumps({"model": options.model, **asdict(found), "convention": CONVENTION}))
    else:
        _say(f"{options.model}  {found.psnr_y:.2f} dB  {found.ssim_y:.4f}  {found.images} images\n{CONVENTION}")


def score_style(options: Namespace) -> None:
    """Compare one-pass style transfer with optimisation, VGG-19 being the judge."""
    from zoo.score_style import CONVENTION, STRENGTHS, PairScore, mean_of, pairs_of, score_pairs

    pairs = pairs_of(options.photos, options.paintings, options.pairs)
    scores = score_pairs(_judge(options.vgg), pairs, size=options.size, iterations=options.iterations)
    found: list[PairScore] = []
    if not options.json:
        _say(f"{'':36}  content          style            total\n{'photo, painting':36}" + "  one pass   opt." * 3)
    for pair in tqdm(scores, total=len(pairs), unit="pair", leave=False, disable=None):
        found.append(pair)
        if not options.json:
            losses = zip(asdict(pair.one_pass).values(), asdict(pair.optimised).values(), strict=True)
            tqdm.write(f"{f'{pair.photo}, {pair.painting}':36}" + "".join(f"  {a:8.3f} {b:6.3f}" for a, b in losses))
    mean = mean_of(found)
    if options.json:
        _say(json.dumps({"pairs": [asdict(pair) for pair in found], "mean": asdict(mean), "convention": CONVENTION}))
        return
    ratio = "".join(f"  {value:15.2f}" for value in asdict(mean.ratio).values())
    falls = ", ".join(f"{value:.3f} at {strength:g}" for strength, value in zip(STRENGTHS, mean.style_at, strict=True))
    _say(f"{'one pass over optimised, mean':36}{ratio}")
    _say(f"style by strength: {falls}; at 0 {mean.psnr:.1f} dB to the photo")
    _say(f"optimisation leaves {mean.left:.3f} of the photo's style loss, by the features it goes by\n{CONVENTION}")


def score_video(options: Namespace) -> None:
    """Both ways of painting a clip, by default one made of two photos that come with scikit-image."""
    weights = {options.style or styles()[0]: 1.0}
    with TemporaryDirectory() as folder:
        clip = options.data or Path(folder, "trial.mp4")
        if options.data is None:
            make_trial_clip(clip)
        found = flicker_of(clip, weights)
    if options.json:
        _say(json.dumps({"style": next(iter(weights)), **asdict(found)}))
        return
    _say(f"flicker {found.steady:.2f} steady, {found.frame_by_frame:.2f} frame by frame: {found.ratio:.2f} of it")
    _say(f"{found.frames} frames, {found.seconds:.2f} s each; sound and times as before: {found.kept}")


def run_bench(options: Namespace) -> None:
    """Time what the models do on photos that come with scikit-image, and say how much memory it takes."""
    if options.threads:
        torch.set_num_threads(options.threads)
    timings = bench_style() if options.part == "style" else bench(options.part)
    if options.json:
        _say(json.dumps([asdict(timing) for timing in timings], indent=2))
    else:
        _print(timings)


def _print(timings: Iterable[Timing]) -> None:
    for timing in timings:
        share = "" if timing.share is None else f"  this network takes {timing.share:.2f} of it"
        _say(f"{timing.job:36} {timing.seconds:7.3f} s  {timing.peak_megabytes:6.0f} MB at most so far{share}")


def _judge(file: Path) -> VGG19:
    try:
        return VGG19(file)
    except (OSError, SafetensorError, KeyError) as error:
        raise BadInput(f"{file} does not hold VGG-19's convolutions; give a safetensors file of them") from error


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
