"""Each training runs from files to a published model in a few steps, on data made here."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from training_files import make_photos, published

from zoo import __main__ as command_line
from zoo.loading import load
from zoo.nets.perceptual import relative_error
from zoo.nets.slim_features import LAYERS, RANKS, SlimFeatures
from zoo.nets.vgg19 import VGG19
from zoo.train import artworks, features, layerwise, style

pytestmark = pytest.mark.slow


def test_style_trains_one_network_for_two_paintings(tmp_path: Path, vgg_file: Path) -> None:
    photos, art = make_photos(tmp_path / "photos", 2), make_photos(tmp_path / "art", 2, names=["wave", "night"])
    style.main(
        f"--paintings {art / 'wave.png'} {art / 'night.png'} --photos {photos} --vgg {vgg_file} "
        f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} "
        "--steps 2 --batch 2 --crop 32 --short-side 40 --stroke 40".split()
    )
    published(tmp_path / "out", "style.paintings")


def test_one_more_style_leaves_the_known_ones_as_they_are(tmp_path: Path) -> None:
    photos, art = make_photos(tmp_path / "photos", 2), make_photos(tmp_path / "art", 1, names=["my-wave"])
    style.main(
        f"--paintings {art / 'my-wave.png'} --photos {photos} --run {tmp_path / 'run'} --weights {tmp_path / 'out'} "
        "--only-new --steps 2 --batch 1 --crop 32 --short-side 40 --stroke 40".split()
    )
    before, after = load("style.paintings").state_dict(), load_file(tmp_path / "out" / "style.paintings.safetensors")
    known, grown = before.pop("table").half(), after.pop("table")
    assert grown[:-1].equal(known)
    assert len(grown) == len(known) + 1
    assert not any(grown[-1].equal(row) for row in known)
    assert all(weight.equal(before[name].half()) for name, weight in after.items())


def test_any_artwork_trains_on_whole_and_on_squashed_artworks(tmp_path: Path, vgg_file: Path) -> None:
    photos, art = make_photos(tmp_path / "photos", 2), make_photos(tmp_path / "art", 2)
    squashed = make_photos(tmp_path / "squashed", 2, (40, 40))
    artworks.main(
        f"--artworks {art} --squashed-artworks {squashed} --photos {photos} --vgg {vgg_file} "
        f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} --steps 3 --batch 2 --crop 32 --short-side 48 "
        "--artwork-crop 32 --artwork-side 40".split()
    )
    published(tmp_path / "out", "style.any-artwork")


@pytest.mark.usefixtures("small_models")
def test_features_learn_from_vgg(tmp_path: Path, vgg_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layerwise, "SAMPLES", 8)
    photos = make_photos(tmp_path / "photos", 2, (260, 256))
    features.main(
        f"--photos {photos} --artworks {photos} --validation {photos} --vgg {vgg_file} --run {tmp_path / 'run'} "
        f"--weights {tmp_path / 'out'} --steps 2 --batch 2 --moves 2 --crop 32 --short-side 40 --artwork-side 40 "
        "--regression-batches 1".split()
    )
    assert set(published(tmp_path / "out", "features.slim")) == {f"explained_{name}" for name in LAYERS}


def test_regression_layer_by_layer_gives_the_teachers_activations(
    vgg_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layerwise, "SAMPLES", 128)
    network, vgg = SlimFeatures(), VGG19(vgg_file)
    generator = torch.Generator().manual_seed(0)
    images, others = torch.rand(2, 4, 3, 32, 32, generator=generator)
    names = ["relu1_1", *(f"relu{place}" for place in RANKS)]
    layerwise.fit_layer_by_layer(network, vgg, dict.fromkeys(names, 2.0), [images], generator)
    found, wanted = network(others, ["relu1_1", "relu2_1"]), vgg(others, ["relu1_1", "relu2_1"])
    for name, most in (("relu1_1", 1e-3), ("relu2_1", 0.3)):
        assert relative_error(2 * found[name], wanted[name]).max() < most


@pytest.mark.parametrize(
    "command",
    [
        "superres --photos {nowhere} --validation {here} --run {here}/run",
        "superres --photos {empty} --validation {here} --run {here}/run",
        "devise --photos {nowhere}=1 --validation {here} --nouns {here} --classes {here} --run {here}/run",
        "concepts --photos {here} --nouns {nowhere} --run {here}/run",
        "superres --photos {here} --validation {here} --run {here}/run --device cuda:77",
    ],
)
def test_a_training_that_cannot_begin_says_so_in_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    here = make_photos(tmp_path / "photos", 1)
    words = command.format(nowhere=tmp_path / "none", here=here, empty=tmp_path / "empty").split()
    assert command_line.main(["train", *words]) == 2
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0 and ("there is no" in said or "cannot use device" in said)


@pytest.mark.parametrize(
    "command",
    [
        "style --paintings {here}/photo0.png --photos {here} --vgg {file}",
        "artworks --artworks {here} --photos {here} --vgg {file}",
        "features --artworks {here} --photos {here} --validation {here} --vgg {file}",
        "superres --photos {here} --validation {here} --crop 8 --start {file}",
        "superres --photos {here} --validation {here} --crop 8 --teacher {file}",
        "devise --photos {here} --validation {here} --nouns {here}/n.npz --classes {here}/ids.txt --start {file}",
    ],
)
def test_a_file_of_other_weights_is_named_in_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, file = make_photos(tmp_path / "photos", 1), tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, file)
    ids = [f"n{number:08d}" for number in range(1000)]
    make_photos(here / ids[0], 1)  # of a class
    (here / "ids.txt").write_text("\n".join(ids))
    np.savez(here / "n.npz", ids=np.array(ids), vectors=np.eye(1000, 12, dtype=np.float32), sha256=np.array("abc"))
    words = command.format(here=here, file=file).split()
    assert command_line.main(["train", *words, "--run", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"{file} does not hold") and said.count("\n") == 0


def test_vgg_gives_activations_before_and_after_the_relu(vgg_file: Path) -> None:
    found = VGG19(vgg_file)(torch.rand(1, 3, 16, 16), ["conv2_2", "relu2_2"])
    assert found["conv2_2"].min() < 0
    assert found["relu2_2"].equal(found["conv2_2"].relu())


def test_vgg_stops_at_the_deepest_layer_asked_for(vgg_file: Path) -> None:
    found = VGG19(vgg_file)(torch.rand(1, 3, 16, 16), ["relu1_1", "relu2_1"])
    assert {name: tuple(f.shape[1:]) for name, f in found.items()} == {"relu1_1": (64, 16, 16), "relu2_1": (128, 8, 8)}
