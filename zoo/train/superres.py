"""Train ``sr.fidelity-x4``: pixel loss on pairs made by antialiased bicubic shrinking (Lim et al. 2017)."""

import argparse
from pathlib import Path

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from zoo.nets.residual_upscaler import SCALE, ResidualUpscaler, shrink
from zoo.score import score_superres
from zoo.train.photos import photo_files, read_photos
from zoo.train.publish import publish
from zoo.train.run import Run, add_run_options, rate

Pair = tuple[Tensor, Tensor]  # uint8 (3, H, W) and (3, 4H, 4W)


def make_pair(photo: Tensor) -> Pair:
    """Cut a photo to whole multiples of the scale and shrink it, rounded to 8 bits as a file would be."""
    height, width = (side // SCALE * SCALE for side in photo.shape[1:])
    large = photo[:, :height, :width]
    small = shrink(large[None].float()).round().clamp(0, 255).to(torch.uint8)[0]
    return small, large


def random_pairs(pairs: list[Pair], batch: int, size: int, generator: torch.Generator) -> Pair:
    """Random aligned crops, flipped and turned: float (N, 3, size, size) and (N, 3, 4 size, 4 size) in 0..1."""
    small, large = [], []
    for index in torch.randint(len(pairs), (batch,), generator=generator).tolist():
        low, high = pairs[index]
        top, left = (int(torch.randint(side - size + 1, (), generator=generator)) for side in low.shape[1:])
        low = low[:, top : top + size, left : left + size]
        high = high[:, SCALE * top : SCALE * (top + size), SCALE * left : SCALE * (left + size)]
        turns, flip = int(torch.randint(4, (), generator=generator)), torch.rand((), generator=generator) < 0.5
        low, high = (torch.rot90(x.flip(2) if flip else x, turns, (1, 2)) for x in (low, high))
        small.append(low)
        large.append(high)
    return torch.stack(small).float() / 255, torch.stack(large).float() / 255


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    torch.manual_seed(options.seed)
    files = photo_files(options.photos), photo_files(options.noisy_photos) if options.noisy_photos else []
    photos = read_photos(files[0]) + read_photos(files[1], halve=True)
    pairs = [make_pair(photo) for photo in photos if min(photo.shape[1:]) >= SCALE * options.crop]
    network = ResidualUpscaler(options.width, options.blocks).to(memory_format=torch.channels_last)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.999))
    optimizer = torch.optim.Adam(network.parameters(), lr=options.rate, betas=(0.9, 0.99))
    schedule = LambdaLR(optimizer, lambda step: rate(step, options.steps))
    parts = {"network": network, "average": average, "optimizer": optimizer, "schedule": schedule}
    run = Run(options.run, options.steps, parts, seed=options.seed)
    for step in run:
        small, large = random_pairs(pairs, options.batch, options.crop, run.generator)
        loss = (network(small.to(memory_format=torch.channels_last)) - large).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
        if step % 50 == 0:
            run.note(l1=loss.item())
        if step % options.validate == options.validate - 1:
            run.note(psnr=score_superres(average.module, options.validation).psnr_y)
    finish(average.module, options)


def finish(network: torch.nn.Module, options: argparse.Namespace) -> None:
    """Score the averaged weights and bundle them."""
    score = score_superres(network, options.validation)
    metrics = {"set5_psnr_y": round(score.psnr_y, 2), "set5_ssim_y": round(score.ssim_y, 4)}
    notes = {"width": str(options.width), "blocks": str(options.blocks)}
    publish(network, options.key, notes, metrics, folder=options.weights)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m zoo train superres", description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders of clean photos")
    parser.add_argument("--noisy-photos", type=Path, nargs="*", default=[], help="folders of JPEG photos, to be halved")
    parser.add_argument("--validation", type=Path, required=True, help="folder of NAME_HR.* and NAME_LR.* pairs")
    parser.add_argument("--key", default="sr.fidelity-x4")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--crop", type=int, default=40, help="side of an input crop in pixels")
    parser.add_argument("--rate", type=float, default=6e-4, help="Adam's highest learning rate")
    parser.add_argument("--width", type=int, default=48)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--validate", type=int, default=500, help="steps between validations")
    add_run_options(parser, steps=9000)
    return parser.parse_args(arguments)
