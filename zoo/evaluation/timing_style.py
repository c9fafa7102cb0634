"""How long style transfer takes, one pass beside the network of Johnson et al. 2016, and a large photo's memory."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from PIL import Image
from skimage import data
from torch import Tensor, nn

from zoo.evaluation.timing import Job, Timing, alternately
from zoo.loading import load
from zoo.nets.johnson_network import JohnsonNetwork
from zoo.progress import run_to_end
from zoo.style.fast import MODEL, styles, stylize
from zoo.style.optimize import stylize_from_artwork

SIDE = 512
ITERATIONS = 200
LARGE = (4000, 3000)


def bench_style() -> Iterator[Timing]:
    """One pass at 512 x 512 alternating with the reference; then, once each, optimisation and a photo of 12 megapixels.

    The reference, of the paper's architecture and with random weights, runs in float32 and in bfloat16 channels last.
    """
    image = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    own, *others = alternately({"this network, float32": _own(image), **_references(image)})
    yield own
    for other in others:
        yield replace(other, share=own.seconds / other.seconds)
    photo, artwork = Image.fromarray(data.astronaut()).resize((SIDE, SIDE)), Image.fromarray(data.coffee())
    weights = {styles()[0]: 1.0}
    yield from alternately({f"stylize, {SIDE} x {SIDE}": lambda: run_to_end(stylize(photo, weights))})
    once = {
        f"optimise at 384 px, {ITERATIONS} iterations": lambda: run_to_end(
            stylize_from_artwork(photo, artwork, size=384, iterations=ITERATIONS)
        ),
        f"stylize, {LARGE[0]} x {LARGE[1]}": lambda: run_to_end(stylize(photo.resize(LARGE), weights)),
        f"stylize, painted at {LARGE[0]} x {LARGE[1]}": lambda: run_to_end(
            stylize(photo.resize(LARGE), weights, size=max(LARGE))
        ),
    }
    for name, work in once.items():
        yield from alternately({name: work}, repeats=0)


def _own(image: Tensor) -> Job:
    network = load(MODEL)
    mix = network.mixture({network.styles[0]: 1.0})
    return torch.inference_mode()(lambda: network(image, mix))


def _references(image: Tensor) -> dict[str, Job]:
    network = JohnsonNetwork().eval()
    last = JohnsonNetwork().eval().to(memory_format=torch.channels_last)
    return {
        "Johnson et al., float32": torch.inference_mode()(lambda: network(image)),
        "Johnson et al., bfloat16": torch.inference_mode()(
            lambda: _in_bfloat16(last, image.contiguous(memory_format=torch.channels_last))
        ),
    }


def _in_bfloat16(network: nn.Module, image: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return network(image)
