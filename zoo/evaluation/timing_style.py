"""How long style transfer takes, one pass beside the network of Johnson et al. 2016, and a large photo's memory."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from PIL import Image
from skimage import data
from torch import Tensor, nn

from zoo.loading import load_paintings
from zoo.nets.johnson_network import JohnsonNetwork
from zoo.progress import run_to_end
from zoo.stopwatch import Job, Timing, alternately
from zoo.style.any_artwork import stylize_like
from zoo.style.fast import MODEL, styles, stylize
from zoo.style.optimize import DEFAULT_ITERATIONS, DEFAULT_SIZE, stylize_from_artwork

SIDE = 512
LARGE = (4000, 3000)


def bench_style() -> Iterator[Timing]:
    """Time one pass at 512 x 512 beside the reference; then, once each, optimisation and a photo of 12 megapixels.

    Both run in float32 and in bfloat16, the reference, of the paper's architecture and with random weights, in channels
    last for the latter.
    """
    image = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    own, half, reference, its_half = alternately({**_own(image), **_references(image)})
    yield from (own, half, replace(reference, share=own.seconds / reference.seconds))
    yield replace(its_half, share=half.seconds / its_half.seconds)
    photo, artwork = Image.fromarray(data.astronaut()).resize((SIDE, SIDE)), Image.fromarray(data.coffee())
    weights = {styles()[0]: 1.0}
    one_pass = {
        f"stylize, {SIDE} x {SIDE}": lambda: run_to_end(stylize(photo, weights)),
        f"stylize after any artwork, {SIDE} x {SIDE}": lambda: run_to_end(stylize_like(photo, artwork)),
    }
    yield from alternately(one_pass)
    once = {
        f"optimise at {DEFAULT_SIZE} px, {DEFAULT_ITERATIONS} iterations": lambda: run_to_end(
            stylize_from_artwork(photo, artwork, iterations=DEFAULT_ITERATIONS)
        ),
        f"stylize, {LARGE[0]} x {LARGE[1]}": lambda: run_to_end(stylize(photo.resize(LARGE), weights)),
        f"stylize, painted at {LARGE[0]} x {LARGE[1]}": lambda: run_to_end(
            stylize(photo.resize(LARGE), weights, size=max(LARGE))
        ),
    }
    for name, work in once.items():
        yield from alternately({name: work}, repeats=0)


def _own(image: Tensor) -> dict[str, Job]:
    network = load_paintings(MODEL)
    style = network.blend({network.styles[0]: 1.0})
    return {
        "this network, float32": torch.inference_mode()(lambda: network(image, style)),
        "this network, bfloat16": torch.inference_mode()(lambda: _in_bfloat16(network, image, style)),
    }


def _references(image: Tensor) -> dict[str, Job]:
    network = JohnsonNetwork().eval()
    last = JohnsonNetwork().eval().to(memory_format=torch.channels_last)
    return {
        "Johnson et al., float32": torch.inference_mode()(lambda: network(image)),
        "Johnson et al., bfloat16": torch.inference_mode()(
            lambda: _in_bfloat16(last, image.contiguous(memory_format=torch.channels_last))
        ),
    }


def _in_bfloat16(network: nn.Module, *inputs: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return network(*inputs)
