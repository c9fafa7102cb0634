"""Train ``features.slim``: a slim network is to have VGG-19's activations.

First each layer by regression, then all of them by gradient. On photos and artworks alone a network learns that an
optimiser cheats: it comes down to nothing in the network's own eyes on pictures that VGG-19 finds worse than the photo.
So half of each batch are pictures that are being optimised by the network as it is, and VGG-19 says what they really
look like, and how far from their artworks they still are.
"""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from zoo.command_line import OneLineParser, existing_file, existing_folder
from zoo.evaluation.perceptual import read_vgg
from zoo.nets.perceptual import Texture, gram_matrix, relative_error, texture_error
from zoo.nets.slim_features import LAYERS, RANKS, SlimFeatures
from zoo.train.artworks import Artworks
from zoo.train.layerwise import fit_layer_by_layer
from zoo.train.learner import Learner, cosine_down_to
from zoo.train.optimised_pictures import OptimisedPictures, Textures, TrainingPictures, textures_of
from zoo.train.photos import photo_files, read_photo, read_photos
from zoo.train.publish import publish
from zoo.train.trainer import Trainer, add_training_options, training_config

RATE = 2e-4
TEXTURE_WEIGHT = 0.5
DEEPEST_WEIGHT = 0.2  # of relu5_1, which is explained least and would outweigh the others
WORST_ACTIVATION, WORST_TEXTURE = 20.0, 30.0
LARGEST_SIDE = 96  # of activations that are compared


class LevelledVGG(nn.Module):
    """VGG-19's activations, each layer divided by its root mean square on some photos, so that all weigh alike."""

    def __init__(self, file: Path, photos: Tensor) -> None:  # photos uint8 (N, 3, H, W)
        super().__init__()
        self.vgg = read_vgg(file)
        names = ["relu1_1", *(f"relu{place}" for place in RANKS)]
        found = [self.vgg(photo[None].float() / 255, names) for photo in photos]
        self.levels = {
            name: torch.stack([f[name].square().mean() for f in found]).mean().sqrt().item() for name in names
        }

    @torch.no_grad()
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {name: f / self.levels[name] for name, f in self.vgg(images, LAYERS).items()}


def middle(found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Of activations larger than what is compared, the middle: of the first block there is more than enough."""
    return {name: _cut(features) for name, features in found.items()}


def _cut(features: Tensor) -> Tensor:
    top, left = (max(0, side - LARGEST_SIDE) // 2 for side in features.shape[2:])
    return features[..., top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]


def distillation(guess: Mapping[str, Tensor], deep: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Relative errors of activations and of their textures, one number a layer, means over images."""
    errors = [relative_error(guess[name].float(), deep[name].float()).clamp(max=WORST_ACTIVATION) for name in LAYERS]
    ours, theirs = textures_of(guess), textures_of(deep)
    textures = [_texture_error(ours[name], theirs[name]).clamp(max=WORST_TEXTURE) for name in LAYERS]
    return torch.stack([e.mean() for e in errors]), torch.stack([e.mean() for e in textures])


def misjudged(ours: Textures, our_target: Textures, theirs: Textures, their_target: Textures) -> Tensor:
    """Measure how wrong the way still to go to a target is, relative to it: one number a layer, means over images.

    An error that pictures and artworks share does no harm to who compares them, and so does not count here.
    """
    errors = []
    for name in LAYERS:
        target = their_target[name]
        parts = zip(target, ours[name], our_target[name], theirs[name], strict=True)
        value = Texture(*(wanted + (our - goal) - (their - wanted) for wanted, our, goal, their in parts))
        way = gram_matrix(ours[name]) - gram_matrix(our_target[name])
        true_way = gram_matrix(theirs[name]) - gram_matrix(target)
        gram = gram_matrix(target)
        error = texture_error(value, target) + relative_error(gram + way - true_way, gram)
        errors.append(error.clamp(max=WORST_TEXTURE).mean())
    return torch.stack(errors)


def _texture_error(value: Texture, target: Texture) -> Tensor:
    return texture_error(value, target) + relative_error(gram_matrix(value), gram_matrix(target))


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    config = training_config(options)
    network = SlimFeatures().to(config.device).to(memory_format=torch.channels_last)
    held_out = torch.stack([centre(read_photo(p, short_side=256), 256) for p in photo_files([options.validation])])
    vgg = LevelledVGG(options.vgg, held_out).to(config.device)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.rate, betas=(0.9, 0.99))
    learner = Learner(network, optimizer, average=0.99, clip=5.0, schedule=cosine_down_to(0.002, warmup=50))
    trainer = Trainer(config, {"network": learner})
    photos = read_photos(photo_files(options.photos), short_side=options.short_side)
    data = TrainingPictures(photos, Artworks(options), options.crop, config.device, trainer.generator)
    if trainer.step == 0:
        with trainer.autocast():
            batches = [data.still(8) for _ in range(options.regression_batches)]
            fit_layer_by_layer(network, vgg.vgg, vgg.levels, batches, trainer.generator)
    pictures = OptimisedPictures(data, 4 * options.batch, lambda images: middle(vgg(images)))
    weigh = torch.tensor([DEEPEST_WEIGHT if name == "relu5_1" else 1.0 for name in LAYERS], device=config.device)
    for step in trainer:
        with trainer.autocast():
            places = pictures.draw(options.batch)
            pictures.move(network, places, options.moves)
            images = torch.cat([pictures.images[places], data.still(max(4, options.batch // 2))])
            guess, deep = middle(network(images, LAYERS)), middle(vgg(images))
            with torch.no_grad():
                goal = textures_of(middle(network(pictures.artworks[places], LAYERS)))
        activation, strokes = distillation(guess, deep)
        ours, theirs = ({name: f[: len(places)] for name, f in found.items()} for found in (guess, deep))
        wrong = misjudged(textures_of(ours), goal, textures_of(theirs), pictures.wanted_of(places))
        learner.step((weigh * (activation + TEXTURE_WEIGHT * (strokes + wrong))).sum())
        if step % 20 == 0:
            trainer.log(activation=activation.mean(), texture=strokes.mean(), misjudged=wrong.mean())
    publish(
        learner.averaged, "features.slim", metrics=explained(vgg, learner.averaged, held_out), folder=options.weights
    )


def centre(photo: Tensor, side: int) -> Tensor:
    """Crop the middle square of (3, H, W)."""
    top, left = ((length - side) // 2 for length in photo.shape[1:])
    return photo[:, top : top + side, left : left + side]


@torch.inference_mode()
def explained(vgg: LevelledVGG, network: nn.Module, photos: Tensor) -> dict[str, float]:
    """Measure how much of each VGG-19 activation's energy the network gives on held-out photos, uint8 (N, 3, H, W)."""
    device = next(network.parameters()).device
    errors = []
    for photo in photos:
        image = photo[None].to(device).float() / 255
        errors.append(distillation(network(image, LAYERS), vgg(image))[0])
    mean = torch.stack(errors).mean(0)
    return {f"explained_{name}": round(1 - error, 3) for name, error in zip(LAYERS, mean.tolist(), strict=True)}


def parse(arguments: list[str]) -> Namespace:
    parser = OneLineParser(prog="python -m zoo train features", description=__doc__)
    add = parser.add_argument
    add("--photos", type=existing_folder, nargs="+", required=True, help="folders of photos")
    add("--artworks", type=existing_folder, nargs="+", required=True, help="folders of paintings and textures")
    add("--squashed-artworks", type=existing_folder, nargs="*", default=[], help="folders of squares of one size")
    add("--validation", type=existing_folder, required=True, help="folder of held-out photos")
    add("--vgg", type=existing_file, required=True, help="VGG-19 convolutions as safetensors")
    add("--regression-batches", type=int, default=14, help="of eight pictures, for the regression layer by layer")
    add("--rate", type=float, default=RATE, help="largest learning rate, default: %(default)s")
    add("--batch", type=int, default=12, help="pictures of a step that are being optimised; half as many are not")
    add("--moves", type=int, default=1, help="steps that a picture is optimised by before it is learnt from")
    add("--crop", type=int, default=224, help="side of a crop in pixels")
    add("--short-side", type=int, default=400, help="photos are shrunk to this before cropping")
    add("--artwork-side", type=int, default=448, help="artworks are shrunk to this short side before cropping")
    add_training_options(parser, steps=2600)
    options = parser.parse_args(arguments)
    options.artwork_crop = options.crop
    return options
