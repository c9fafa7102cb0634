"""The judge of style transfer: whose losses, of which pairs, and what the means say."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.errors import BadInput
from zoo.evaluation.style import STRENGTHS, Losses, PairScore, _Target, mean_of, pairs_of, score_pairs
from zoo.images.saving import save_picture
from zoo.images.tensors import to_tensor
from zoo.nets.slim_features import SlimFeatures


def noise(seed: int, size: tuple[int, int] = (48, 40)) -> Image.Image:
    draw = np.random.default_rng(seed)
    return Image.fromarray(draw.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Twelve photos, and three paintings of which the small network knows two."""
    photos, paintings = tmp_path / "photos", tmp_path / "paintings"
    photos.mkdir(), paintings.mkdir()
    for number in range(12):
        save_picture(noise(number), photos / f"{number:02}.png")
    for number, name in enumerate(("scream", "unknown", "wave")):
        save_picture(noise(100 + number), paintings / f"{name}.png")
    return photos, paintings


@pytest.mark.usefixtures("small_models")
def test_ten_photos_meet_the_known_paintings_in_turn(folders: tuple[Path, Path]) -> None:
    names = [(photo.stem, painting.stem) for photo, painting in pairs_of(*folders)]
    assert names == [(f"{number:02}", ("scream", "wave")[number % 2]) for number in range(10)]
    assert len(pairs_of(*folders, each=None)) == len(set(pairs_of(*folders, each=5))) == 20


@pytest.mark.usefixtures("small_models")
def test_paintings_that_the_network_does_not_know_are_refused(folders: tuple[Path, Path]) -> None:
    photos, paintings = folders
    with pytest.raises(BadInput, match="none of the paintings wave, scream"):
        pairs_of(photos, photos)
    with pytest.raises(BadInput, match="1 or more"):
        pairs_of(photos, paintings, each=-1)


def test_a_photo_has_its_own_content_and_a_painting_its_own_style() -> None:
    torch.manual_seed(0)
    photo, painting = Image.new("RGB", (48, 40), "teal"), noise(1)
    target = _Target(SlimFeatures(), to_tensor(photo), to_tensor(painting))
    own, theirs = target.losses(photo), target.losses(painting)
    assert own.content == 0 < own.style and theirs.style < 1e-6 < theirs.content
    assert own.total == pytest.approx(10 * own.style) and theirs.total == pytest.approx(theirs.content, rel=1e-3)
    assert own.gram == 1 and theirs.gram < 1e-6


@pytest.mark.usefixtures("small_models")
def test_every_pair_is_painted_in_both_ways(folders: tuple[Path, Path]) -> None:
    torch.manual_seed(0)
    (found,) = score_pairs(SlimFeatures(), pairs_of(*folders)[:1], size=32, iterations=2)
    assert (found.photo, found.painting) == ("00.png", "scream")
    assert len(found.style_at) == len(STRENGTHS) and found.style_at[-1] == found.one_pass.style
    assert found.optimised.style != found.one_pass.style
    assert found.psnr == 100  # strength 0 is the photo itself


def test_means_are_those_of_the_ratios() -> None:
    one = PairScore("a", "x", Losses(1.0, 2.0, 7.0, 0.2), Losses(2.0, 1.0, 5.0, 0.1), (4.0, 2.0), 30.0, 0.1)
    other = PairScore("b", "x", Losses(3.0, 2.0, 9.0, 0.1), Losses(2.0, 2.0, 3.0, 0.1), (2.0, 2.0), 40.0, 0.3)
    mean = mean_of([one, other])
    assert astuple(mean.ratio) == pytest.approx((1.0, 1.5, 2.2, 1.5))
    assert mean.style_at == (3.0, 2.0) and mean.psnr == 35.0 and mean.left == 0.2 and mean.pairs == 2


@pytest.mark.usefixtures("small_models")
def test_any_artwork_is_judged_on_paintings_that_no_table_has(folders: tuple[Path, Path]) -> None:
    pairs = [pair for pair in pairs_of(*folders, each=3, any_artwork=True) if pair[1].stem == "unknown"]
    (found,) = score_pairs(SlimFeatures(), pairs[:1], size=32, iterations=0, any_artwork=True)
    assert found.painting == "unknown"
    assert found.optimised == found.one_pass
    assert found.style_at[0] != found.style_at[-1]
