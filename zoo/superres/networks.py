"""Which network enlarges: a model key, a weight file, or a place between networks, by a wish or by the picture."""

import os
from functools import lru_cache

from zoo import catalog
from zoo.errors import BadInput
from zoo.loading import Upscaler, interpolate_weights, load_file, load_upscaler
from zoo.weight_files import ENDINGS

FIDELITY, SHARP = "sr.fidelity-x4", "sr.sharp-x4"
PHOTO, PHOTO_SHARP = "sr.photo-x4", "sr.photo-sharp-x4"
AUTOMATIC = "automatic"  # between both pairs, by how bad the picture is: zoo/cards/sr.photo-x4.md
DEFAULT_DETAIL = 0.9  # between a true model and its sharp variant, where nothing is asked for


def network_for(key: str, detail: float | None, device: str, photo_share: float = 0.0) -> Upscaler:
    """Load the network that a key, a weight file's path or a detail asks for.

    `detail` interpolates from the true model (0) to its sharp variant (1); `key` may name either of the two.
    AUTOMATIC interpolates between the pair for clean pictures and that for photos, which has `photo_share`, at
    DEFAULT_DETAIL unless another is asked for. Raises BadInput for a detail out of range or with a model that has no
    sharp variant, and what loading raises.
    """
    if detail is not None and not 0 <= detail <= 1:
        raise BadInput(f"a detail of {detail:g} cannot be; choose 0 (true to the picture) to 1 (sharp)")
    if key == AUTOMATIC:
        detail = DEFAULT_DETAIL if detail is None else detail
        clean = {FIDELITY: (1 - photo_share) * (1 - detail), SHARP: (1 - photo_share) * detail}
        photo = {PHOTO: photo_share * (1 - detail), PHOTO_SHARP: photo_share * detail}
        return interpolate_weights(clean | photo, device)
    if detail is not None:
        return _between(key, detail, device)
    if key.lower().endswith(ENDINGS) or os.path.isfile(key):
        return _from_file(os.path.abspath(key), device, os.stat(key).st_mtime_ns if os.path.isfile(key) else 0)
    return load_upscaler(key, device)


def sharp_pair(key: str) -> tuple[str, str] | None:
    """Give the true and the sharp model of the pair that a model is of, None where it is of none."""
    pairs = ((model.key, model.sharper) for model in catalog.CATALOG.values() if model.sharper)
    return next((pair for pair in pairs if key in pair), None)


def _between(key: str, detail: float, device: str) -> Upscaler:
    pair = sharp_pair(key)
    if pair is None:
        raise BadInput(f"{key[:80]} has no sharp variant, so leave detail out; {PHOTO} and {FIDELITY} have one")
    true, sharp = pair
    return interpolate_weights({true: 1 - detail, sharp: detail}, device)


@lru_cache(maxsize=1)
def _from_file(path: str, device: str, changed: int) -> Upscaler:
    """Load the network of a user's file, kept for the next picture as long as the file stays unchanged."""
    return load_file(path, device)
