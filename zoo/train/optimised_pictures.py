"""Pictures that are being optimised by the network in training: what a loss network is to be right about."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from zoo.loading import load_artwork_network
from zoo.nets.perceptual import CONTENT_LAYER, Texture, relative_error, style_error, texture
from zoo.nets.slim_features import LAYERS, SlimFeatures
from zoo.style.any_artwork import MODEL
from zoo.train.artworks import Artworks
from zoo.train.photos import random_crops

Activations = Mapping[str, Tensor]
Textures = dict[str, Texture]  # by layer, one row a picture

RATE = 0.03  # of Adam at the start of a picture's life; it falls to a fifth
LONGEST_LIFE = 160  # steps of Adam
OPTIMISED_BY = tuple(name for name in LAYERS if name != "relu5_1")
NOISE = 0.15  # largest standard deviation of what is added to a share of the photos


class TrainingPictures:
    """Crops of photos and artworks, and what one pass paints of them."""

    def __init__(
        self, photos: list[Tensor], artworks: Artworks, side: int, device: torch.device, generator: torch.Generator
    ) -> None:
        self._photos, self._artworks = photos, artworks
        self.side, self.device, self.generator = side, device, generator
        self._painter = load_artwork_network(MODEL, str(device))

    def photos(self, count: int) -> Tensor:
        """Image tensors (N, 3, side, side)."""
        return random_crops(self._photos, count, self.side, self.generator).to(self.device)

    def artworks(self, count: int) -> Tensor:
        """Image tensors (N, 3, side, side)."""
        return self._artworks.batch(count, self.generator).to(self.device)

    @torch.no_grad()
    def painted(self, photos: Tensor, artworks: Tensor) -> Tensor:
        """Paint photos after artworks in one pass."""
        return self._painter(photos, artworks).clamp(0, 1)

    def noise(self, like: Tensor) -> Tensor:
        """Draw normal noise of a tensor's shape."""
        return torch.randn(like.shape, generator=self.generator).to(like)

    def chances(self, count: int) -> Tensor:
        """Numbers in 0..1, (N, 1, 1, 1)."""
        return torch.rand(count, generator=self.generator).to(self.device)[:, None, None, None]

    def still(self, count: int) -> Tensor:
        """Give photos, noisy photos, artworks and painted photos in turn, `count` in all."""
        photos, artworks = self.photos(count), self.artworks(count)
        kinds = torch.arange(count, device=self.device)[:, None, None, None] % 4
        noisy = photos + NOISE * self.chances(count) * self.noise(photos)
        other = torch.where(kinds == 2, artworks, self.painted(photos, artworks))
        return torch.where(kinds == 0, photos, torch.where(kinds == 1, noisy, other)).clamp(0, 1)


class OptimisedPictures:
    """Pictures on their way from what one pass paints, a photo or noise towards an artwork, by Adam."""

    def __init__(self, data: TrainingPictures, count: int, teacher: Callable[[Tensor], Activations]) -> None:
        self.data, self.teacher = data, teacher
        self.images, self.photos, self.artworks, self.mean, self.square = (
            torch.zeros(count, 3, data.side, data.side, device=data.device) for _ in range(5)
        )
        self.age, self.life, self.content_weight = torch.zeros(count), torch.zeros(count), torch.zeros(count)
        self.wanted: dict[int, Textures] = {}  # by place: the artwork's textures in the teacher's eyes

    def draw(self, count: int) -> Tensor:
        """Choose which pictures are next, (N,); those at the end of their lives are begun anew."""
        chosen = torch.randperm(len(self.images), generator=self.data.generator)[:count]
        old = chosen[self.age[chosen] >= self.life[chosen]]
        if len(old):
            self._begin(old)
        return chosen

    def wanted_of(self, places: Tensor) -> Textures:
        """Compute the textures of the pictures' artworks as the teacher sees them."""
        rows = [self.wanted[place] for place in places.tolist()]
        return {name: Texture(*(torch.cat(part) for part in zip(*(row[name] for row in rows), strict=True)))
                for name in LAYERS}  # fmt: skip

    def move(self, network: SlimFeatures, places: Tensor, steps: int) -> None:
        """Take the pictures some steps further by the network in training."""
        with torch.no_grad():
            content = network(self.photos[places], [CONTENT_LAYER])[CONTENT_LAYER].float()
            wanted = textures_of(network(self.artworks[places], OPTIMISED_BY))
        for _ in range(steps):
            images = self.images[places].requires_grad_()
            found = network(images, OPTIMISED_BY)
            loss = self.content_weight[places].to(content) * relative_error(found[CONTENT_LAYER].float(), content)
            for name, value in textures_of(found).items():
                loss = loss + style_error(value, wanted[name])
            (gradient,) = torch.autograd.grad(loss.sum(), images)
            self._step(places, gradient.nan_to_num(0, 0, 0))

    @torch.no_grad()
    def _step(self, places: Tensor, gradient: Tensor) -> None:
        self.mean[places] = self.mean[places].lerp(gradient, 0.1)
        self.square[places] = self.square[places].lerp(gradient.square(), 0.01)
        self.age[places] += 1
        count = self.age[places].to(gradient)[:, None, None, None]
        mean, square = self.mean[places] / (1 - 0.9**count), self.square[places] / (1 - 0.99**count)
        rate = RATE * (1 - 0.8 * count / LONGEST_LIFE).clamp_min(0.2)
        self.images[places] = (self.images[places] - rate * mean / (square.sqrt() + 1e-10)).clamp(0, 1)

    def _begin(self, places: Tensor) -> None:
        count, data = len(places), self.data
        photos, artworks = data.photos(count), data.artworks(count)
        kind, noise = data.chances(count), data.noise(photos)
        start = torch.where(kind < 0.6, data.painted(photos, artworks), photos + 0.03 * noise)
        half, grey = torch.lerp(photos, data.artworks(count), 0.5), 0.5 + 0.2 * noise
        start = torch.where(kind < 0.8, start, torch.where(kind < 0.9, half, grey))
        self.images[places] = start.clamp(0, 1)
        self.photos[places], self.artworks[places] = photos, artworks
        self.mean[places], self.square[places], self.age[places] = 0, 0, 0
        self.life[places] = torch.randint(5, LONGEST_LIFE, (count,), generator=data.generator).float()
        self.content_weight[places] = 0.5 * 10 ** -data.chances(count).flatten().cpu()
        for row, place in enumerate(places.tolist()):
            self.wanted[place] = textures_of(self.teacher(artworks[row : row + 1]))


def textures_of(found: Activations) -> Textures:
    """Compute the textures of activations, in float32."""
    return {name: texture(features) for name, features in found.items()}
