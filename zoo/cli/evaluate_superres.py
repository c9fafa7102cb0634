"""``python -m zoo score superres`` and ``score degradation``."""

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

import torch

from zoo import catalog
from zoo.command_line import write_line
from zoo.errors import BadInput
from zoo.evaluation.degradations import DESCRIPTIONS
from zoo.evaluation.perceptual import ENCODER, VGG_LAYERS, encoder_features, read_vgg, vgg_features
from zoo.evaluation.superres import CONVENTION, Enlarger, score_degradation
from zoo.evaluation.superres_detail import PATTERN_LIMIT, DetailScore, score_detail
from zoo.hub import is_here
from zoo.images.tensors import to_picture, to_tensor
from zoo.nets.residual_upscaler import enlarge
from zoo.progress import run_to_end
from zoo.superres.networks import FIDELITY
from zoo.superres.upscale import upscale

BICUBIC = "bicubic"  # a model of no weights, to check the measure on
HEAD = f"{'':24}     PSNR    SSIM  consistency  features  pattern    NIQE   a picture"


def report_superres(options: Namespace) -> None:
    """Measure super-resolution models on pairs of pictures, in one table."""
    models = _models(options)
    judge = encoder_features if options.vgg is None else vgg_features(read_vgg(options.vgg))
    convention = {"convention": CONVENTION, "inputs": DESCRIPTIONS[options.inputs], "features": _features(options)}
    if not options.json:
        write_line(HEAD)
    found = []
    for model in models:
        enlarger = _enlarger(model, self_ensemble=options.self_ensemble)
        score = score_detail(enlarger, options.data, judge=judge, inputs=options.inputs)
        found.append({"model": model, **asdict(score), **convention})
        if not options.json:
            write_line(_row(model, score))
    if options.json:
        write_line(json.dumps(found[0] if len(found) == 1 else found))
        return
    write_line(f"{score.images} images, {DESCRIPTIONS[options.inputs]}; {CONVENTION}")
    write_line("consistency: PSNR of the result shrunk back against the input; features: distance to the truth's")
    write_line(
        f"in {convention['features']}; pattern: above {PATTERN_LIMIT:g} something repeats with the grid; NIQE: without"
    )
    write_line("the truth, lower is more natural")


def report_degradation(options: Namespace) -> None:
    """Compare the shrinking that training uses with the small pictures of a test set."""
    found = score_degradation(options.data)
    if options.json:
        write_line(json.dumps([asdict(agreement) for agreement in found]))
        return
    for one in found:
        inside = f"{one.most_inside} away from the border"
        write_line(f"{one.picture:24} at most {one.most}/255, {inside}; {one.within_one:.2%} within 1/255")


def _models(options: Namespace) -> list[str]:
    """List the models that --model and --all ask for."""
    if options.all and options.model:
        raise BadInput("--all measures every model that is here; leave --model out")
    here = [key for key, model in catalog.CATALOG.items() if model.task == "sr" and is_here(model)]
    return [BICUBIC, *here] if options.all else options.model or [FIDELITY]


def _enlarger(model: str, *, self_ensemble: bool = False) -> Enlarger:
    """Give what enlarges as the user's command does, its weights read already."""
    if model == BICUBIC:
        return enlarge

    def enlarged(x: torch.Tensor) -> torch.Tensor:
        return to_tensor(run_to_end(upscale(to_picture(x), key=model, self_ensemble=self_ensemble)))

    enlarged(torch.zeros(1, 3, 8, 8))
    return enlarged


def _features(options: Namespace) -> str:
    layers = f"the body of {ENCODER}, last of each resolution" if options.vgg is None else f"VGG-19, {VGG_LAYERS}"
    return f"{layers}; unit length at each place, unweighted, mean over layers"


def _row(model: str, score: DetailScore) -> str:
    flag = "!" if score.pattern > PATTERN_LIMIT else " "
    quality = f"{score.psnr_y:6.2f} dB  {score.ssim_y:.4f}  {score.consistency_db:8.2f} dB"
    natural = "" if score.niqe is None else f"{score.niqe:.2f}"
    detail = f"{score.feature_distance:8.4f}  {score.pattern:6.2f}{flag}  {natural:>5}"
    return f"{Path(model).name:24}{quality}  {detail}  {score.seconds:8.3f} s"
