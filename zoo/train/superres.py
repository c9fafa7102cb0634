"""Train the super-resolution networks on pairs made by antialiased bicubic shrinking (Lim et al. 2017).

`sr.fidelity-x4` by pixel loss, with a teacher: the target is mostly what a stronger network makes of the same input,
which takes out of the gradient what nobody can know. `sr.sharp-x4` goes on from there by perceptual loss, without the
teacher; `sr.photo-x4` by pixel loss on degrade_batch inputs.
"""

from argparse import Namespace
from collections.abc import Callable

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.evaluation.degradations import degrade_batch
from zoo.evaluation.superres import score_superres
from zoo.loading import load_features
from zoo.nets.residual_upscaler import SCALE, ResidualUpscaler, shrink
from zoo.train.learner import Learner
from zoo.train.perceptual_loss import PerceptualLoss
from zoo.train.photos import photo_files, read_photos
from zoo.train.publish import publish
from zoo.train.targets import targets_of
from zoo.train.teachers import read_upscaler
from zoo.train.trainer import Trainer, add_training_options, training_config

Loss = Callable[[Tensor, Tensor, torch.Generator], Tensor]
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


def read_pairs(options: Namespace) -> list[Pair]:
    """Degradation and targets of all photos that are large enough for a crop.

    A noisy photo's own detail is no target: without a teacher it is halved first, with one the teacher's answer alone
    is what is to be given; of a clean photo the truth has its share.
    """
    clean = photo_files(options.photos)
    noisy = photo_files(options.noisy_photos) if options.noisy_photos else []
    photos = [(photo, True) for photo in read_photos(clean)]
    photos += [(photo, False) for photo in read_photos(noisy, halve=options.teacher is None)]
    kept = [(make_pair(photo), true) for photo, true in photos if min(photo.shape[1:]) >= SCALE * options.crop]
    if options.teacher is None:
        return [pair for pair, _ in kept]
    teacher = read_upscaler(options.teacher)
    options.run.mkdir(parents=True, exist_ok=True)
    answers = targets_of(teacher, [small for (small, _), _ in kept], options.run / "targets.safetensors")
    return [
        (small, _mixed(answer, large, options.trust) if true else answer)
        for ((small, large), true), answer in zip(kept, answers, strict=True)
    ]


def _mixed(answer: Tensor, truth: Tensor, trust: float) -> Tensor:
    return torch.lerp(truth.float(), answer.float(), trust).round().to(torch.uint8)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    pairs = read_pairs(options)
    network = start(options).to(config.device).to(memory_format=torch.channels_last)
    loss_of = loss_for(options, config.device)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.rate, betas=(0.9, 0.99))
    learner = Learner(network, optimizer, average=options.average)
    trainer = Trainer(config, {"network": learner})
    for step in trainer:
        small, large = random_pairs(pairs, options.batch, options.crop, trainer.generator)
        if options.degrade:
            small = degrade_batch(small, trainer.generator)
        small, large = small.to(config.device), large.to(config.device)
        with trainer.autocast():
            loss = loss_of(network(small), large, trainer.generator)
        learner.step(loss)
        if step % 50 == 0:
            trainer.log(loss=loss)
        if step % options.validate == options.validate - 1:
            trainer.log(psnr=score_superres(learner.averaged, options.validation).psnr_y)
    finish(learner.averaged.cpu(), options)


def start(options: Namespace) -> nn.Module:
    """The network to train: a new one, or one as a weight file holds it."""
    network = ResidualUpscaler(options.width, options.blocks)
    if options.start is not None:
        network.load_state_dict({name: tensor.float() for name, tensor in load_file(options.start).items()})
    return network


def loss_for(options: Namespace, device: torch.device) -> Loss:
    """Choose the loss: pixels alone, or with the features of `features.slim`."""
    if not options.perceptual:
        return lambda result, truth, generator: (result - truth).abs().mean()
    return PerceptualLoss(load_features("features.slim", device), options.perceptual)


def finish(network: nn.Module, options: Namespace) -> None:
    """Score the averaged weights and bundle them."""
    score = score_superres(network, options.validation)
    metrics = {"set5_psnr_y": round(score.psnr_y, 2), "set5_ssim_y": round(score.ssim_y, 4)}
    notes = {"width": str(options.width), "blocks": str(options.blocks)}
    publish(network, options.key, notes, metrics, folder=options.weights)


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train superres", description=__doc__)
    parser.add_argument("--photos", type=existing_folder, nargs="+", required=True, help="folders of clean photos")
    parser.add_argument("--noisy-photos", type=existing_folder, nargs="*", default=[], help="folders of JPEG photos")
    parser.add_argument("--validation", type=existing_folder, required=True, help="pairs NAME_HR.* and NAME_LR.*")
    parser.add_argument("--key", default="sr.fidelity-x4")
    parser.add_argument("--teacher", type=existing_file, help="SMFANet's published weights, a .pth file, to learn from")
    parser.add_argument("--trust", type=float, default=0.75, help="the teacher's share of a clean photo's target")
    parser.add_argument("--degrade", action="store_true", help="blur, noise and JPEG on the inputs")
    parser.add_argument("--perceptual", type=float, default=0.0, metavar="W", help="weight of features; 0: pixels only")
    parser.add_argument("--start", type=existing_file, help="weights to start from, safetensors")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--crop", type=int, default=48, help="side of an input crop in pixels")
    parser.add_argument("--rate", type=float, default=6e-4, help="Adam's highest learning rate")
    parser.add_argument("--average", type=float, default=0.999, help="how much of the averaged weights stays a step")
    parser.add_argument("--width", type=int, default=48)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--validate", type=int, default=500, help="steps between validations")
    add_training_options(parser, steps=9000)
    return parser.parse_args(arguments)
