"""Train ``features.slim``: linear heads on a slim network's activations are to give VGG-19's.

On photos and artworks alone a network learns that an optimiser cheats: it comes down to nothing in the network's own
eyes on pictures that VGG-19 finds worse than the photo. So half of each batch are pictures that are being optimised by
the network as it is, a step of Adam each time, and VGG-19 says what they really look like.
"""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.nets.perceptual import CONTENT_LAYER, Texture, gram_matrix, relative_error, texture, texture_error
from zoo.nets.slim_features import LAYERS, WIDTHS, SlimFeatures
from zoo.train.learner import Learner
from zoo.train.photos import photo_files, random_crops, read_photo, read_photos
from zoo.train.publish import publish
from zoo.train.teachers import VGG19, VGG19_BLOCKS
from zoo.train.trainer import Trainer, add_training_options, training_config

RATE = 1e-3
NOISE = 0.15  # largest standard deviation of what is added to a share of the photos
TEXTURE_WEIGHT = 0.5
WORST_ACTIVATION, WORST_TEXTURE = 20.0, 30.0


def make_heads() -> nn.ModuleDict:
    """One 1x1 convolution a layer, from the slim width to VGG-19's."""
    wide = [width for width, _ in VGG19_BLOCKS]
    return nn.ModuleDict({name: nn.Conv2d(a, b, 1) for name, a, b in zip(LAYERS, WIDTHS, wide, strict=True)})


class SlimWithHeads(nn.Module):
    """What is trained: the slim network, and heads that give VGG-19's activations."""

    def __init__(self) -> None:
        super().__init__()
        self.slim, self.heads = SlimFeatures(), make_heads()
        self.slim.readouts.requires_grad_(False)  # they are made of the heads at the end

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {name: self.heads[name](h) for name, h in self.slim.activations(images, LAYERS).items()}


class LevelledVGG(nn.Module):
    """VGG-19's activations, each layer divided by its root mean square on some photos, so that all weigh alike."""

    def __init__(self, file: Path, photos: Tensor) -> None:  # photos uint8 (N, 3, H, W)
        super().__init__()
        self.vgg = VGG19(file)
        found = self.vgg(photos.float() / 255, LAYERS)
        self.levels = {name: f.square().mean().sqrt().item() for name, f in found.items()}

    @torch.no_grad()
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {name: f / self.levels[name] for name, f in self.vgg(images, LAYERS).items()}


def distillation(guess: Mapping[str, Tensor], deep: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Relative errors of activations and of their textures, one number a layer, means over images."""
    activations, textures = [], []
    for name in LAYERS:
        one, other = guess[name].float(), deep[name].float()
        activations.append(relative_error(one, other).clamp(max=WORST_ACTIVATION).mean())
        textures.append(_texture_error(texture(one), texture(other)).clamp(max=WORST_TEXTURE).mean())
    return torch.stack(activations), torch.stack(textures)


def _texture_error(value: Texture, target: Texture) -> Tensor:
    return texture_error(value, target) + relative_error(gram_matrix(value), gram_matrix(target))


class OptimisedPictures:
    """Pictures on their way from a photo, noise or half an artwork towards an artwork, by the network in training."""

    def __init__(self, data: "TrainingPictures", count: int, generator: torch.Generator) -> None:
        self.data, self.generator = data, generator
        self.images, self.photos, self.artworks, self.mean, self.square = (
            torch.zeros(count, 3, data.side, data.side, device=data.device) for _ in range(5)
        )
        self.age, self.life = torch.zeros(count), torch.zeros(count)

    def draw(self, count: int) -> Tensor:
        """Which pictures are next, (N,); those at the end of their lives are begun anew."""
        chosen = torch.randperm(len(self.images), generator=self.generator)[:count]
        old = chosen[self.age[chosen] >= self.life[chosen]]
        if len(old):
            self._begin(old)
        return chosen

    def _begin(self, places: Tensor) -> None:
        count = len(places)
        photos, artworks = self.data.photos(count, self.generator), self.data.artworks(count, self.generator)
        noise = torch.randn(photos.shape, generator=self.generator).to(photos)
        kind = torch.rand(count, generator=self.generator).to(photos)[:, None, None, None]
        half = torch.lerp(photos, self.data.artworks(count, self.generator), 0.5)
        noisy, grey = photos + 0.03 * noise, 0.5 + 0.2 * noise
        self.images[places] = torch.where(kind < 0.55, noisy, torch.where(kind < 0.8, grey, half)).clamp(0, 1)
        self.photos[places], self.artworks[places] = photos, artworks
        self.mean[places], self.square[places], self.age[places] = 0, 0, 0
        self.life[places] = torch.randint(5, 120, (count,), generator=self.generator).float()

    @torch.no_grad()
    def step(self, places: Tensor, gradient: Tensor) -> None:
        """Move the pictures by a step of Adam."""
        self.mean[places] = self.mean[places].lerp(gradient, 0.1)
        self.square[places] = self.square[places].lerp(gradient.square(), 0.01)
        self.age[places] += 1
        count = self.age[places].to(gradient)[:, None, None, None]
        mean, square = self.mean[places] / (1 - 0.9**count), self.square[places] / (1 - 0.99**count)
        self.images[places] = (self.images[places] - 0.03 * mean / (square.sqrt() + 1e-10)).clamp(0, 1)


class TrainingPictures:
    """Crops of photos and artworks."""

    def __init__(self, options: Namespace, device: torch.device) -> None:
        self.side, self.device = options.crop, device
        folders = options.artworks or options.photos
        self._photos = read_photos(photo_files(options.photos), short_side=options.short_side)
        self._artworks = read_photos(photo_files(folders), short_side=options.short_side)

    def photos(self, count: int, generator: torch.Generator) -> Tensor:
        """Image tensors (N, 3, side, side)."""
        return random_crops(self._photos, count, self.side, generator).to(self.device)

    def artworks(self, count: int, generator: torch.Generator) -> Tensor:
        """Image tensors (N, 3, side, side)."""
        return random_crops(self._artworks, count, self.side, generator).to(self.device)


def optimisation_loss(guess: Mapping[str, Tensor], photos: Mapping[str, Tensor], artworks: Mapping[str, Tensor],
                      content_weight: float) -> Tensor:  # fmt: skip
    """The sum of the losses by which pictures are optimised, in the heads' activations."""
    loss = content_weight * relative_error(guess[CONTENT_LAYER].float(), photos[CONTENT_LAYER].float()).sum()
    for name in LAYERS:
        one, other = texture(guess[name].float()), texture(artworks[name].float())
        loss = loss + relative_error(gram_matrix(one), gram_matrix(other)).sum()
        loss = loss + relative_error(one.covariance, other.covariance).sum() / 3
    return loss


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    network = SlimWithHeads().to(config.device, memory_format=torch.channels_last)
    held_out = torch.stack([centre(read_photo(p, short_side=256), 256) for p in photo_files([options.validation])])
    vgg = LevelledVGG(options.vgg, held_out).to(config.device)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    learner = Learner(network, torch.optim.Adam(weights, lr=RATE, betas=(0.9, 0.99)), average=0.998, clip=5.0)
    trainer = Trainer(config, {"network": learner})
    data = TrainingPictures(options, config.device)
    pictures = OptimisedPictures(data, 4 * options.batch, trainer.generator)
    for step in trainer:
        places = pictures.draw(options.batch)
        images, still = pictures.images[places].clone().requires_grad_(), still_pictures(pictures, places)
        with trainer.autocast():
            guess = network(torch.cat([images, still]))
            own = {name: found[: len(images)] for name, found in guess.items()}
            with torch.no_grad():
                photos, artworks = network(pictures.photos[places]), network(pictures.artworks[places])
            content_weight = 0.1 + float(torch.rand((), generator=trainer.generator))
            towards = optimisation_loss(own, photos, artworks, content_weight)
            (gradient,) = torch.autograd.grad(towards, images, retain_graph=True)
            activation, strokes = distillation(guess, vgg(torch.cat([images.detach(), still])))
        learner.step(activation.sum() + TEXTURE_WEIGHT * strokes.sum())
        pictures.step(places, gradient)
        if step % 20 == 0:
            trainer.log(activation=activation.mean(), texture=strokes.mean())
    trained = learner.averaged
    trained.slim.read_out(trained.heads)
    publish(trained.slim, "features.slim", metrics=explained(vgg, trained, held_out), folder=options.weights)


def still_pictures(pictures: OptimisedPictures, places: Tensor) -> Tensor:
    """A quarter of the batch each of photos, of artworks and of noisy photos."""
    few = places[: max(1, len(places) // 4)]
    photos = pictures.data.photos(len(few), pictures.generator)
    noise = torch.randn(photos.shape, generator=pictures.generator).to(photos)
    noisy = pictures.photos[few] + NOISE * torch.rand(1, generator=pictures.generator).to(photos) * noise
    return torch.cat([photos, pictures.artworks[few], noisy]).clamp(0, 1)


def centre(photo: Tensor, side: int) -> Tensor:
    """The middle square of (3, H, W)."""
    top, left = ((length - side) // 2 for length in photo.shape[1:])
    return photo[:, top : top + side, left : left + side]


@torch.inference_mode()
def explained(vgg: LevelledVGG, network: nn.Module, photos: Tensor) -> dict[str, float]:
    """How much of each VGG-19 activation's energy the heads give on held-out photos, uint8 (N, 3, H, W)."""
    device = next(network.parameters()).device
    errors = []
    for photo in photos:
        image = photo[None].to(device).float() / 255
        errors.append(distillation(network(image), vgg(image))[0])
    mean = torch.stack(errors).mean(0)
    return {f"explained_{name}": round(1 - error, 3) for name, error in zip(LAYERS, mean.tolist(), strict=True)}


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train features", description=__doc__)
    add = parser.add_argument
    add("--photos", type=existing_folder, nargs="+", required=True, help="folders of photos")
    add("--artworks", type=existing_folder, nargs="*", default=[], help="folders of artworks; without, photos serve")
    add("--validation", type=existing_folder, required=True, help="folder of held-out photos")
    add("--vgg", type=existing_file, required=True, help="VGG-19 convolutions as safetensors")
    add("--batch", type=int, default=12)
    add("--crop", type=int, default=224, help="side of a crop in pixels")
    add("--short-side", type=int, default=400, help="pictures are shrunk to this before cropping")
    add_training_options(parser, steps=2600)
    return parser.parse_args(arguments)
