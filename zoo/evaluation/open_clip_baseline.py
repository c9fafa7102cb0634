"""open_clip's ViT-B/32, to compare times with: its weights are random, which takes as long as trained ones."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

BATCH = 16


def open_clip_embedder(device: str = "cpu") -> Callable[[Sequence[Path]], list[Tensor]] | None:
    """Embeds picture files with open_clip's own preprocessing; None where open_clip_torch is not installed."""
    if find_spec("open_clip") is None:
        return None
    import open_clip

    network, _, prepare = open_clip.create_model_and_transforms("ViT-B-32", device=device)
    network.eval()

    @torch.inference_mode()
    def embed(files: Sequence[Path]) -> list[Tensor]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            batches = (files[start : start + BATCH] for start in range(0, len(files), BATCH))
            images = (torch.stack(list(pool.map(lambda file: prepare(Image.open(file)), batch))) for batch in batches)
            return [network.encode_image(batch.to(device)) for batch in images]

    return embed
