"""``python -m zoo bench`` and most of ``python -m zoo score``."""

import json
import pkgutil
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import torch

from zoo.command_line import write_line
from zoo.evaluation.degradations import Degradation
from zoo.evaluation.sample_clip import make_sample_clip
from zoo.evaluation.timing import bench
from zoo.evaluation.timing_precision import bench_precision
from zoo.evaluation.timing_style import bench_style
from zoo.evaluation.timing_superres import bench_superres
from zoo.evaluation.video import score_video as flicker_of
from zoo.style.fast import styles
from zoo.style.optimize import DEFAULT_SIZE
from zoo.superres.networks import FIDELITY

PARTS = ("name", "style", "superres", "artwork", "precision")


def score_video(options: Namespace) -> None:
    """Compare both ways of painting a clip, by default one made of two photos that come with scikit-image."""
    weights = {options.style or styles()[0]: 1.0}
    with TemporaryDirectory() as folder:
        clip = options.data or Path(folder, "trial.mp4")
        if options.data is None:
            make_sample_clip(clip)
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
    benches = {"style": bench_style, "superres": bench_superres, "precision": bench_precision}
    whole = benches.get(options.part, partial(bench, options.part))
    found = []
    for timing in whole():
        found.append(asdict(timing))
        if not options.json:
            write_line(timing.line())
    if options.json:
        write_line(json.dumps(found, indent=2))


def add_scores(made: ArgumentParser) -> None:
    """Add the tasks of `score`, with the arguments of each."""
    add = made.add_subparsers(required=True, metavar="TASK").add_parser
    superres = _command(
        add, "superres", "evaluate_superres:report_superres", "true to the original, enlarged four times"
    )
    superres.add_argument("--data", required=True, metavar="DIR", help="pairs NAME_HR.* and NAME_LR.*")
    superres.add_argument("--model", action="append", metavar="KEY|FILE", help=f"default: {FIDELITY}; or bicubic")
    superres.add_argument("--all", action="store_true", help="bicubic and every model that is on this machine")
    superres.add_argument("--inputs", choices=get_args(Degradation), default="clean", help="made worse first")
    superres.add_argument("--self-ensemble", action="store_true", help="as `upscale --self-ensemble` does")
    superres.add_argument("--vgg", type=Path, metavar="FILE", help="VGG-19's convolutions, to judge features by")
    degradation = _command(
        add, "degradation", "evaluate_superres:report_degradation", "the shrinking that training uses"
    )
    degradation.add_argument("--data", required=True, metavar="DIR", help="pairs NAME_HR.* and NAME_LR.*")
    style = _command(add, "style", "evaluate_style:report_style", "one-pass style transfer against optimisation")
    style.add_argument("--vgg", required=True, type=Path, metavar="FILE", help="VGG-19's convolutions, safetensors")
    style.add_argument("--paintings", required=True, metavar="DIR", help="files named after the network's paintings")
    style.add_argument("--photos", required=True, metavar="DIR", help="the first ten by name are taken")
    style.add_argument("--pairs", type=_pairs, default=1, metavar="N|all", help="paintings a photo, default: 1")
    style.add_argument("--any-artwork", action="store_true", help="judge the one pass after any artwork")
    style.add_argument("--iterations", type=int, default=300, metavar="N", help="default: %(default)s")
    style.add_argument("--gatys", type=int, metavar="N", help="also optimise by VGG-19 itself, in N iterations")
    style.add_argument("--size", type=int, default=DEFAULT_SIZE, metavar="N", help="longest side, default: %(default)s")
    video = _command(add, "video", "evaluate:score_video", "how steadily a clip is painted")
    video.add_argument("--data", metavar="CLIP", help="default: one is made")
    video.add_argument("--style", metavar="NAME", help="default: the first")
    backbones = _command(add, "backbones", "train:score_backbones", "ImageNet networks to start an encoder from")
    backbones.add_argument("--start", required=True, nargs="+", metavar="KEY=FILE", help="their ImageNet weights")
    backbones.add_argument("--photos", required=True, nargs="+", type=Path, metavar="DIR", help="wnids in their names")
    backbones.add_argument("--nouns", required=True, type=Path, metavar="FILE", help="from python -m embeddings export")
    backbones.add_argument("--classes", required=True, type=Path, metavar="FILE", help="the 1000 wnids, sorted")
    for task in (superres, degradation, style, video, backbones):
        task.add_argument("--json", action="store_true")


def add_bench(made: ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    made.description = run_bench.__doc__
    parts = f"one of {', '.join(PARTS)}; style in depth; default: all in short"
    made.add_argument("part", nargs="?", choices=PARTS, metavar="PART", help=parts)
    made.add_argument("--threads", type=int, metavar="N", help="default: as many as torch takes")
    made.add_argument("--json", action="store_true")
    made.set_defaults(run=run_bench)


def _command(add: Callable[..., ArgumentParser], name: str, run: str, say: str) -> ArgumentParser:
    """Add a task; what does it, "module:function" of this package, is imported only then: some take a second."""
    made = add(name, help=say, description=say)
    made.set_defaults(run=lambda options: pkgutil.resolve_name(f"zoo.cli.{run}")(options))
    return made


def _pairs(text: str) -> int | None:
    return None if text == "all" else int(text)
