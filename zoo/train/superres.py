"""Train the super-resolution networks on photos and what antialiased bicubic shrinking makes of them.

Five trainings, each with its own defaults, the later ones starting from an earlier one's weights (--start FILE):
sr.fidelity-x4, and with --residual sr.clean-x4, by pixel loss, with --teacher FILE: the target is mostly what a
stronger network makes of the same input, which takes out of the gradient what nobody can know. sr.photo-x4 with
--degrade: by pixel loss on degraded inputs. sr.sharp-x4 and, with --degrade, sr.photo-sharp-x4 with --adversarial, by
features and a discriminator, and then with --perceptual, by features compared by their direction alone.
"""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

import torch
from torch import Tensor, nn

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.evaluation.perceptual import read_vgg
from zoo.evaluation.superres import SuperresScore, score_superres
from zoo.nets.local_feature_upscaler import LocalFeatureUpscaler, rename_published
from zoo.nets.residual_upscaler import SCALE, ResidualUpscaler, enlarge
from zoo.train.adversary import Adversary
from zoo.train.degraded_pairs import DegradedCrops, DegradedPairs
from zoo.train.learner import Learner, cosine_down_to
from zoo.train.pairs import Pair, Pairs, PhotoPairs, make_pair
from zoo.train.perceptual_loss import PerceptualLoss
from zoo.train.photos import photo_files, read_photos
from zoo.train.publish import publish
from zoo.train.sharp_loss import SharpLoss
from zoo.train.targets import self_ensemble, targets_of
from zoo.train.teachers import read_upscaler
from zoo.train.trainer import Trainer, TrainingConfig, add_training_options, training_config
from zoo.weight_files import holding, read_weights

SQUARED_FROM = 0.75  # of a training for fidelity: squared errors, whose best answer is the mean, which PSNR rewards
SQUARED_WEIGHT = 25.0  # about as strong as absolute errors are by then
LARGER_FROM, LARGER = 0.5, 4 / 3  # of a training for fidelity: larger crops, to learn from farther away
MORE = 1.2  # and more pixels a step with them
JUDGED_FROM = 0.15  # of an adversarial training
CLIP = 5.0  # the largest norm of a gradient


@dataclass(frozen=True)
class Defaults:
    """What a training is for, and its defaults."""

    key: str
    batch: int
    rate: float
    steps: int
    crop: int = 48
    width: int = 64
    blocks: int = 10


DEFAULTS = {  # by --degrade and what is trained for
    (False, "pixels"): Defaults("sr.fidelity-x4", 12, 3e-4, 20000, width=48, blocks=6),
    (False, "residual"): Defaults("sr.clean-x4", 64, 1e-3, 8000),
    (True, "pixels"): Defaults("sr.photo-x4", 64, 4e-4, 1500),
    (False, "adversarial"): Defaults("sr.sharp-x4", 24, 1.5e-4, 2650),
    (True, "adversarial"): Defaults("sr.photo-sharp-x4", 24, 1.5e-4, 540),
    (False, "perceptual"): Defaults("sr.sharp-x4", 6, 1.2e-4, 7000, crop=28),
    (True, "perceptual"): Defaults("sr.photo-sharp-x4", 6, 1.2e-4, 7000, crop=28),
}


def read_pairs(options: Namespace, device: torch.device) -> Pairs:
    """Read the photos that are large enough for a crop, with the inputs and targets that the training learns from.

    A noisy photo's own detail is no target: without a teacher it is halved first, with one the teacher's answer alone
    is what is to be given, as for small pictures of which there is nothing larger; of a clean photo the truth has its
    share.
    """
    clean = read_photos(photo_files(options.photos))
    files = photo_files(options.noisy_photos) if options.noisy_photos else []
    noisy = read_photos(files, halve=options.teacher is None)
    if options.degrade:
        side = larger(options.crop)
        crops = DegradedCrops([*clean, *noisy], side, options.seed, saved=options.saved)
        return DegradedPairs(crops, workers=options.workers, batch=options.batch)
    clean, noisy = (
        [photo for photo in photos if min(photo.shape[1:]) >= SCALE * options.crop] for photos in (clean, noisy)
    )
    pairs = [make_pair(photo) for photo in [*clean, *noisy]]
    if options.teacher is None:
        return PhotoPairs(pairs)
    small = [small for small, _ in pairs] + read_photos(photo_files(options.small_photos))
    teacher = self_ensemble(read_upscaler(options.teacher).to(device))
    options.run.mkdir(parents=True, exist_ok=True)
    targets = targets_of(teacher, small, options.run / "targets.safetensors", device)
    for number, (_, large) in enumerate(pairs[: len(clean)]):
        targets[number] = _mixed(targets[number], large, options.trust)
    return PhotoPairs(list(zip(small, targets, strict=True)))


def is_for_fidelity(options: Namespace) -> bool:
    """Tell whether the network of local features is trained, not a residual one."""
    return options.goal == "pixels" and not options.degrade


def larger(crop: int) -> int:
    """Give the side of the larger crops, 64 px for 48."""
    return round(crop * LARGER)


def _mixed(answer: Tensor, truth: Tensor, trust: float) -> Tensor:
    return torch.lerp(truth.float(), answer.float(), trust).round().to(torch.uint8)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    pairs = read_pairs(options, config.device)
    network = start(options).to(config.device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.rate, betas=(0.9, 0.99))
    schedule = cosine_down_to(0.01, warmup=200)
    learner = Learner(network, optimizer, average=options.average, clip=CLIP, schedule=schedule)
    train = {"adversarial": sharpen, "perceptual": refine}.get(options.goal, rebuild)
    train(config, learner, pairs, options)
    finish(learner.averaged.cpu(), options)


def rebuild(config: TrainingConfig, learner: Learner, pairs: Pairs, options: Namespace) -> None:
    """Train by pixel loss; for fidelity on larger crops in the second half, by squared errors at the end."""
    trainer = Trainer(config, {"network": learner})
    for step in trainer:
        size, count, is_squared = options.crop, options.batch, False
        if not options.degrade:
            is_squared = trainer.progress >= SQUARED_FROM
            if trainer.progress >= LARGER_FROM:
                size = larger(options.crop)
                count = max(1, round(MORE * count * options.crop**2 / size**2))
        small, large = to_images(pairs.draw(count, size, trainer.generator), config.device)
        if is_for_fidelity(options) and count > 1:  # a step of a single crop is of a photo
            put_drawing(small, large, trainer.generator)
        with trainer.autocast():
            result = learner.network(small)
        error = result.float() - large
        loss = SQUARED_WEIGHT * error.square().mean() if is_squared else error.abs().mean()
        learner.step(loss)
        if step % 50 == 0:
            trainer.log(l1=error.abs().mean())
        validate(step, trainer, learner, options)


def put_drawing(small: Tensor, large: Tensor, generator: torch.Generator) -> None:
    """Put what no photo shows in place of the first crop: an even ramp of colours, or a pattern of two.

    Flat colours are to stay flat up to the edges, and patterns of single pixels are to be enlarged as they are.
    """
    if torch.rand((), generator=generator) < 0.5:
        middle, slope = (torch.rand(2, 3, 1, 1, generator=generator) - 0.5).unbind()
        down, right = 2 * slope * torch.rand(2, 1, 1, 1, generator=generator) ** 2  # of them few are steep
        for crop in (small[0], large[0]):
            across = (torch.arange(crop.shape[-1]) + 0.5) / crop.shape[-1] - 0.5
            crop.copy_((0.5 + middle + down * across[:, None] + right * across).clamp(0, 1))
    else:
        cell = torch.randint(2, (2, 2), generator=generator)  # of stripes, a checkerboard, dots
        drawn = cell.repeat([(side + 1) // 2 for side in small.shape[2:]])[: small.shape[2], : small.shape[3]]
        small[0] = torch.rand(3, 2, generator=generator)[:, drawn]
        large[0] = enlarge(small[:1])[0].clamp(0, 1)


def sharpen(config: TrainingConfig, learner: Learner, pairs: Pairs, options: Namespace) -> None:
    """Train by features, and once those are learnt against a discriminator, too."""
    adversary, loss_of = Adversary(config.device), SharpLoss(read_vgg(options.vgg).to(config.device))
    trainer = Trainer(config, {"network": learner, "adversary": adversary})
    for step in trainer:
        small, large = to_images(pairs.draw(options.batch, options.crop, trainer.generator), config.device)
        is_judged = trainer.progress >= JUDGED_FROM
        with trainer.autocast():
            result = learner.network(small).float()
            if is_judged:
                with torch.no_grad():
                    averaged = learner.averaged(small).float()
                loss = loss_of(result, large, trainer.generator, averaged) + adversary.judge(result)
            else:
                loss = loss_of(result, large, trainer.generator)
        learner.step(loss)
        if is_judged:
            with trainer.autocast():
                error = adversary.error(large, result)
            adversary.step(error)
            if step % 50 == 0:
                trainer.log(discriminator=error)
        if step % 50 == 0:
            trainer.log(loss=loss)
        validate(step, trainer, learner, options)


def refine(config: TrainingConfig, learner: Learner, pairs: Pairs, options: Namespace) -> None:
    """Train by features compared by their direction."""
    loss_of = PerceptualLoss(read_vgg(options.vgg).to(config.device))
    trainer = Trainer(config, {"network": learner})
    for step in trainer:
        small, large = to_images(pairs.draw(options.batch, options.crop, trainer.generator), config.device)
        with trainer.autocast():
            loss = loss_of(learner.network(small).float(), large, trainer.generator)
        learner.step(loss)
        if step % 50 == 0:
            trainer.log(loss=loss)
        validate(step, trainer, learner, options)


def to_images(pair: Pair, device: torch.device) -> Pair:
    """Move crops of 8 bits to a device, as image tensors in 0..1."""
    small, large = (crops.to(device, non_blocking=True).float() / 255 for crops in pair)
    return small, large


def validate(step: int, trainer: Trainer, learner: Learner, options: Namespace) -> None:
    """Score the averaged weights every so many steps."""
    if step % options.validate == options.validate - 1:
        trainer.log(psnr=score(learner.averaged, options, trainer.config.device).psnr_y)


def score(network: nn.Module, options: Namespace, device: torch.device) -> SuperresScore:
    """Score a network that is on a device."""
    return score_superres(lambda small: network(small.to(device)).cpu(), options.validation)


def start(options: Namespace) -> nn.Module:
    """Make the network to train: a new one, or as a weight file holds it; for fidelity that of RLFN's authors, too."""
    kind = LocalFeatureUpscaler if is_for_fidelity(options) else ResidualUpscaler
    network = kind(options.width, options.blocks)
    if options.start is not None:
        weights = cast(Mapping[str, Tensor], read_weights(options.start).tensors)
        weights = {name: tensor.float() for name, tensor in weights.items()}
        with holding(options.start, f"an upscaler of width {options.width} and {options.blocks} blocks"):
            network.load_state_dict(rename_published(weights) if is_for_fidelity(options) else weights)
    return network


def finish(network: nn.Module, options: Namespace) -> None:
    """Score the averaged weights, mixed with those that the training began with where it is to be so, and bundle them.

    The mean of both is better than either on pictures unlike those of the training (Wortsman et al. 2022,
    https://arxiv.org/abs/2109.01903).
    """
    if options.start_share:
        begun = start(options).state_dict()
        mixed = {name: tensor.lerp(begun[name], options.start_share) for name, tensor in network.state_dict().items()}
        network.load_state_dict(mixed)
    found = score(network, options, torch.device("cpu"))
    metrics = {"set5_psnr_y": round(found.psnr_y, 2), "set5_ssim_y": round(found.ssim_y, 4)}
    notes = {"width": str(options.width), "blocks": str(options.blocks)}
    publish(network, options.key, notes, metrics, folder=options.weights)


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train superres", description=__doc__)
    add = parser.add_argument
    add("--photos", type=existing_folder, nargs="+", required=True, help="folders of clean photos")
    add("--noisy-photos", type=existing_folder, nargs="*", default=[], help="folders of JPEG photos")
    add("--small-photos", type=existing_folder, nargs="*", default=[], help="folders of photos for the teacher alone")
    add("--validation", type=existing_folder, required=True, help="pairs NAME_HR.* and NAME_LR.*")
    add("--teacher", type=existing_file, help="SMFANet's published weights, to learn from")
    add("--trust", type=float, default=0.75, help="the teacher's share of a clean photo's target")
    add("--degrade", action="store_true", help="inputs as cameras, programs and uploads degrade them")
    add("--workers", type=int, default=9, help="processes that degrade inputs")
    add("--saved", type=float, default=0.0, help="share of degraded inputs that are only shrunk and saved")
    goal = parser.add_mutually_exclusive_group()
    for name, help in {
        "residual": "a residual network, of which sharper ones can be made",
        "adversarial": "for sharpness: features of --vgg and a discriminator",
        "perceptual": "for sharpness: features alone",
    }.items():
        goal.add_argument(f"--{name}", dest="goal", action="store_const", const=name, default="pixels", help=help)
    add("--vgg", type=existing_file, help="VGG-19's convolutions")
    add("--start", type=existing_file, help="weights to start from")
    add("--start-share", type=float, default=0.0, help="their share in the result, 0 to 1, default: 0")
    add("--crop", type=int, help="side of an input crop in pixels, default: 48, with --perceptual 28")
    add("--average", type=float, default=0.999, help="how much of the averaged weights stays a step")
    add("--width", type=int, help="channels, default: 64, for fidelity 48")
    add("--blocks", type=int, help="default: 10, for fidelity 6")
    add("--validate", type=int, default=500, help="steps between validations")
    add(
        "--key",
        help="what is trained, by default: " + ", ".join(dict.fromkeys(one.key for one in DEFAULTS.values())),
    )
    add("--batch", type=int, help="default: 64, for fidelity 12, with --adversarial 24, with --perceptual 6")
    add("--rate", type=float, help="Adam's highest learning rate")
    add_training_options(parser, steps=DEFAULTS[False, "pixels"].steps)
    chosen, _ = parser.parse_known_args(arguments)
    if (chosen.degrade, chosen.goal) not in DEFAULTS:
        parser.error("a network for degraded inputs is residual anyway; leave --residual out")
    parser.set_defaults(**asdict(DEFAULTS[chosen.degrade, chosen.goal]))
    options = parser.parse_args(arguments)
    is_sharp = options.goal in ("adversarial", "perceptual")
    if options.teacher and (options.degrade or is_sharp):
        parser.error("a teacher is for fidelity alone; leave --teacher out, or --degrade and what makes it sharp")
    if options.start_share and options.start is None:
        parser.error("only weights that were begun with can have a share; leave --start-share out, or add --start FILE")
    if options.small_photos and options.teacher is None:
        parser.error("only a teacher knows more of small photos; leave --small-photos out, or add --teacher FILE")
    if is_sharp and (options.vgg is None or options.crop % 2):
        parser.error(f"--{options.goal} needs VGG-19's convolutions, --vgg FILE, and an even --crop")
    return options
