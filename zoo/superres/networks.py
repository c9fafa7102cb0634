"""Which network enlarges: a model key, a weight file, or a place between networks, by a wish or by the picture."""

import os
from collections.abc import Iterable
from functools import lru_cache

from zoo import catalog
from zoo.catalog import entry
from zoo.errors import BadInput
from zoo.loading import Upscaler, interpolate_weights, load_file, load_upscaler
from zoo.weight_files import ENDINGS

FIDELITY, SHARP, CRISP = "sr.fidelity-x4", "sr.sharp-x4", "sr.crisp-x4"
PHOTO, PHOTO_SHARP, PHOTO_CRISP = "sr.photo-x4", "sr.photo-sharp-x4", "sr.photo-crisp-x4"
AUTOMATIC = "automatic"  # between those and these, by how bad the picture is: zoo/cards/sr.photo-x4.md
DEFAULT_DETAIL = 0.9  # between a true model and its sharp variant, where nothing is asked for
MOST_DETAIL = 2.0  # the crisp variant


def network_for(key: str, detail: float | None, device: str, photo_share: float = 0.0) -> Upscaler:
    """Load the network that a key, a weight file's path or a detail asks for.

    `detail` interpolates from the true model (0) to its sharp variant (1) and on to its crisp one (2); `key` may name
    any of the three. AUTOMATIC interpolates between those for clean pictures and those for photos, which have
    `photo_share`, at DEFAULT_DETAIL unless another is asked for. Raises BadInput for a detail out of range or with a
    model that has no sharp variant, and what loading raises.
    """
    if detail is not None and not 0 <= detail <= MOST_DETAIL:
        raise BadInput(f"a detail of {detail:g} cannot be; choose 0 (true to the picture) to {MOST_DETAIL:g} (crisp)")
    if key == AUTOMATIC:
        places = _places(DEFAULT_DETAIL if detail is None else detail)
        clean = zip((FIDELITY, SHARP, CRISP), ((1 - photo_share) * place for place in places), strict=True)
        photo = zip((PHOTO, PHOTO_SHARP, PHOTO_CRISP), (photo_share * place for place in places), strict=True)
        return _mixed([*clean, *photo], device)
    if detail is not None:
        return _between(key, detail, device)
    if key.lower().endswith(ENDINGS) or os.path.isfile(key):
        return _from_file(os.path.abspath(key), device, os.stat(key).st_mtime_ns if os.path.isfile(key) else 0)
    return load_upscaler(key, device)


def variants(key: str) -> tuple[str, ...] | None:
    """Give the true, the sharp and the crisp model of the three that a model is of, None where it is of none."""
    models = catalog.CATALOG
    threes = (
        (model.key, model.sharper, models[model.sharper].sharper)
        for model in models.values()
        if model.sharper and models[model.sharper].sharper
    )
    return next((three for three in threes if key in three), None)


def _between(key: str, detail: float, device: str) -> Upscaler:
    three = variants(key)
    if three is None:
        raise BadInput(f"{key[:80]} has no sharp variant, so leave detail out; {PHOTO} and {FIDELITY} have one")
    return _mixed(zip(three, _places(detail), strict=True), device)


def _mixed(shares: Iterable[tuple[str, float]], device: str) -> Upscaler:
    """Load the one network that has a share, or interpolate, in place of one of another shape from its stand-in."""
    wanted = {key: share for key, share in shares if share}
    if len(wanted) > 1:
        wanted = {entry(key).interpolated or key: share for key, share in wanted.items()}
    return interpolate_weights(wanted, device)


def _places(detail: float) -> tuple[float, float, float]:
    """Give the shares of the true, the sharp and the crisp model at a detail: only neighbours are mixed."""
    crisp = max(0.0, detail - 1)
    true = max(0.0, 1 - detail)
    return true, 1 - true - crisp, crisp


@lru_cache(maxsize=1)
def _from_file(path: str, device: str, changed: int) -> Upscaler:
    """Load the network of a user's file, kept for the next picture as long as the file stays unchanged."""
    return load_file(path, device)
