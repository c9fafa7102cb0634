"""Which network enlarges: a model key, a weight file, or a place between a true network and its sharp variant."""

import os
from functools import lru_cache

from zoo import catalog
from zoo.catalog import entry
from zoo.errors import BadInput
from zoo.hub import is_here
from zoo.loading import Upscaler, interpolate_weights, load_file, load_upscaler
from zoo.weight_files import ENDINGS

FIDELITY, SHARP = "sr.fidelity-x4", "sr.sharp-x4"
PHOTO, PHOTO_SHARP = "sr.photo-x4", "sr.photo-sharp-x4"
DEFAULT_MODEL = PHOTO  # best on JPEGs, which most pictures are: zoo/cards/sr.photo-x4.md
DEFAULT_DETAIL = 0.9  # between the default model and its sharp variant, where nothing is asked for


def network_for(key: str | None, detail: float | None, device: str) -> Upscaler:
    """Load the network that a key, a weight file's path or a detail asks for.

    `detail` interpolates from the true model (0) to its sharp variant (1); `key` may name either of the two. Without
    both it is DEFAULT_MODEL at DEFAULT_DETAIL. Raises BadInput for a detail out of range or with a model that has no
    sharp variant, and what loading raises.
    """
    if key is None and detail is None and has_sharp_variant(DEFAULT_MODEL):
        detail = DEFAULT_DETAIL
    if detail is not None:
        return _between(key, detail, device)
    key = key or DEFAULT_MODEL
    if key.lower().endswith(ENDINGS) or os.path.isfile(key):
        return _from_file(os.path.abspath(key), device, os.stat(key).st_mtime_ns if os.path.isfile(key) else 0)
    return load_upscaler(key, device)


def sharp_pair(key: str) -> tuple[str, str] | None:
    """Give the true and the sharp model of the pair that a model is of, None where it is of none."""
    pairs = ((model.key, model.sharper) for model in catalog.CATALOG.values() if model.sharper)
    return next((pair for pair in pairs if key in pair), None)


def has_sharp_variant(key: str) -> bool:
    """Tell whether a detail can be chosen with a model: both models of its pair are on this machine."""
    pair = sharp_pair(key)
    return pair is not None and all(is_here(entry(name)) for name in pair)


def _between(key: str | None, detail: float, device: str) -> Upscaler:
    if not 0 <= detail <= 1:
        raise BadInput(f"a detail of {detail:g} cannot be; choose 0 (true to the picture) to 1 (sharp)")
    pair = sharp_pair(key or _default_pair())
    if pair is None:
        raise BadInput(f"{(key or '')[:80]} has no sharp variant, so leave detail out; {PHOTO} and {FIDELITY} have one")
    true, sharp = pair
    return interpolate_weights({true: 1 - detail, sharp: detail}, device)


def _default_pair() -> str:
    """Give the default model, or where its sharp variant is not trained yet, the one that has one."""
    return DEFAULT_MODEL if has_sharp_variant(DEFAULT_MODEL) else FIDELITY


@lru_cache(maxsize=1)
def _from_file(path: str, device: str, changed: int) -> Upscaler:
    """Load the network of a user's file, kept for the next picture as long as the file stays unchanged."""
    return load_file(path, device)
