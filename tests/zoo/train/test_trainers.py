"""Each training runs from files to a published model in a few steps, on data made here."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from zoo import __main__ as command_line
from zoo.errors import BadInput, Missing
from zoo.loading import BUILDERS, load
from zoo.nets.backbones import BODIES
from zoo.nets.modulation_upscaler import PUBLISHED, ModulationUpscaler
from zoo.nets.perceptual import relative_error
from zoo.nets.slim_features import LAYERS, RANKS, SlimFeatures
from zoo.nets.vgg19 import VGG19
from zoo.train import adversary, artworks, backbone_scores, degraded_pairs, devise, features, layerwise, style, superres
from zoo.train.teachers import read_classifier

pytestmark = pytest.mark.slow
WNIDS = [f"n{number:08d}" for number in range(1000)]


def make_photos(folder: Path, count: int, size: tuple[int, int] = (72, 80), names: list[str] | None = None) -> Path:
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        name = names[number] if names else f"photo{number}"
        coarse.resize(size, Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="module", params=["backbone.edgetpu", "backbone.mobilenet-v2"])
def backbone(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def classifier_file(backbone: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a backbone's keys and shapes as it was published, with random weights and a class 0 for background."""
    torch.manual_seed(0)
    body = BODIES[backbone]()
    layers = [*(m for m in body.modules() if isinstance(m, torch.nn.Conv2d)), torch.nn.Linear(body.width, 1001)]
    tensors = {}
    for number, layer in enumerate(layers):
        tensors[f"conv.{number}.weight"] = torch.nn.init.kaiming_normal_(layer.weight).detach().clone()
        tensors[f"conv.{number}.bias"] = layer.get_parameter("bias").detach().clone()
    path = tmp_path_factory.mktemp("classifier") / "classifier.safetensors"
    save_file(tensors, path)
    return path


def published(folder: Path, key: str) -> dict[str, float]:
    """The metrics of a published model, once its file is known to be whole and finite."""
    assert all(tensor.isfinite().all() for tensor in load_file(folder / f"{key}.safetensors").values())
    return json.loads((folder / "manifest.json").read_text())[key]["metrics"]


@pytest.fixture(scope="module")
def superres_arguments(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Photos, a pair to validate on, and a network too small to be any good."""
    folder = tmp_path_factory.mktemp("superres")
    photos, pairs = make_photos(folder / "photos", 2), make_photos(folder / "pairs", 1, (48, 48), ["one_HR"])
    Image.open(pairs / "one_HR.png").resize((12, 12), Image.Resampling.BICUBIC).save(pairs / "one_LR.png")
    return f"--photos {photos} --validation {pairs} --steps 2 --batch 2 --crop 12 --width 4 --blocks 1"


def test_superres_trains_and_scores_itself(tmp_path: Path, superres_arguments: str) -> None:
    superres.main(f"{superres_arguments} --run {tmp_path / 'run'} --weights {tmp_path / 'out'}".split())
    assert published(tmp_path / "out", "sr.fidelity-x4")["set5_psnr_y"] > 20


def test_superres_learns_from_a_teacher(tmp_path: Path, superres_arguments: str) -> None:
    teacher = ModulationUpscaler(8, 1)
    theirs = {ours: names for names, ours in PUBLISHED.items()}
    file = tmp_path / "teacher.pth"
    torch.save({"params_ema": {renamed(name, theirs): x for name, x in teacher.state_dict().items()}}, file)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'}"
    noisy = make_photos(tmp_path / "noisy", 1)
    superres.main(f"{superres_arguments} {where} --teacher {file} --noisy-photos {noisy}".split())
    assert len(load_file(tmp_path / "run" / "targets.safetensors")) == 3
    assert published(tmp_path / "out", "sr.fidelity-x4")["set5_psnr_y"] > 20


@pytest.fixture
def without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may copy this process: a lock that one of its threads holds would stay locked in the copy for ever."""
    monkeypatch.delattr(os, "fork")


@pytest.mark.usefixtures("without_fork")
@pytest.mark.parametrize("workers", [0, 1])
def test_superres_goes_on_with_degraded_inputs(
    tmp_path: Path, superres_arguments: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    superres.main(f"{superres_arguments} --run {tmp_path / 'run'} --weights {tmp_path / 'out'}".split())
    go_on = f"--start {tmp_path / 'out' / 'sr.fidelity-x4.safetensors'} --degrade --workers {workers}"
    superres.main(f"{superres_arguments} --run {tmp_path / 'photo'} --weights {tmp_path / 'out'} {go_on}".split())
    assert published(tmp_path / "out", "sr.photo-x4")["set5_psnr_y"] > 20


@pytest.mark.parametrize(("flags", "key"), [("", "sr.sharp-x4"), ("--degrade --workers 0", "sr.photo-sharp-x4")])
def test_superres_trains_against_a_discriminator(
    tmp_path: Path, superres_arguments: str, vgg_file: Path, flags: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    monkeypatch.setattr(adversary, "ALONE", 0)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'}"
    superres.main(f"{superres_arguments} {where} --adversarial --vgg {vgg_file} {flags} --steps 4".split())
    assert published(tmp_path / "out", key)["set5_psnr_y"] > 20
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["parts"]["adversary"]["steps"] == 3
    superres.main(f"{superres_arguments} {where} --adversarial --vgg {vgg_file} {flags} --steps 6".split())
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["step"] == 6 and saved["parts"]["adversary"]["steps"] == 5


def test_superres_is_refined_by_features_from_degraded_inputs(
    tmp_path: Path, superres_arguments: str, vgg_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} --degrade --saved 1 --workers 0"
    superres.main(f"{superres_arguments} {where} --perceptual --vgg {vgg_file}".split())
    assert published(tmp_path / "out", "sr.photo-sharp-x4")["set5_psnr_y"] > 20


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--adversarial", "--vgg FILE"),
        ("--perceptual", "--vgg FILE"),
        ("--degrade --teacher {here}", "leave --teacher out"),
    ],
)
def test_superres_says_what_does_not_go_together(
    superres_arguments: str, tmp_path: Path, flags: str, said: str
) -> None:
    arguments = f"{superres_arguments} --run {tmp_path / 'run'} {flags.format(here=__file__)}"
    with pytest.raises(BadInput, match=said):
        superres.main(arguments.split())


def renamed(name: str, parts: dict[str, str]) -> str:
    """A tensor's name with the parts replaced, longest first."""
    for part in sorted(parts, key=len, reverse=True):
        name = name.replace(part, parts[part])
    return name


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


@pytest.fixture
def word_space(tmp_path: Path) -> str:
    """Flags for 1200 nouns, 1000 of which are classes."""
    (tmp_path / "classes.txt").write_text("\n".join(WNIDS))
    vectors = np.random.default_rng(0).normal(size=(1200, 12)).astype(np.float32)
    ids = [*WNIDS, *(f"n9{number:07d}" for number in range(200))]
    np.savez(tmp_path / "nouns.npz", ids=np.array(ids), vectors=vectors, sha256=np.array("abc"))
    return f"--nouns {tmp_path / 'nouns.npz'} --classes {tmp_path / 'classes.txt'}"


@pytest.mark.usefixtures("without_fork")
def test_devise_moves_every_layer_of_its_start(
    tmp_path: Path, word_space: str, classifier_file: Path, backbone: str
) -> None:
    photos = make_photos(tmp_path / "photos", 3, names=[WNIDS[3], WNIDS[7], "unlabelled"])
    held_out = make_photos(tmp_path / "held_out", 1, names=[WNIDS[5]])
    devise.main(
        f"--photos {photos}=1 --validation {held_out} --backbone {backbone} --start {classifier_file} {word_space} "
        f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} "
        "--steps 3 --batch 2 --side 32 --wrong 16 --rate 1e-2 --workers 1".split()
    )
    assert set(published(tmp_path / "out", "devise.nouns")) == {"hit1", "hit5", "hit1_classes"}
    trained = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["parts"]["network"]["network"]
    start = read_classifier(classifier_file, backbone).body.state_dict()
    weights = [name for name in start if name.endswith("weight")]
    assert not [name for name in weights if torch.equal(start[name], trained[f"body.{name}"])]
    with safe_open(tmp_path / "out" / "devise.nouns.safetensors", "pt") as file:
        encoder = BUILDERS["PictureEncoder"](file.metadata())
    encoder.load_state_dict(load_file(tmp_path / "out" / "devise.nouns.safetensors"))


def test_a_backbone_needs_its_weights_in_a_file_or_on_the_hub(tmp_path: Path, word_space: str, hub_cache: Path) -> None:
    flags = f"--photos {tmp_path} --validation {tmp_path} {word_space} --run {tmp_path / 'run'}"
    with pytest.raises(BadInput, match="--start FILE"):
        devise.main(flags.split())
    photo = make_photos(tmp_path / "photos", 1, names=[WNIDS[5]])
    flags = f"--photos {photo} --validation {photo} {word_space} --run {tmp_path / 'run'}"
    with pytest.raises(Missing, match=r"zoo pull backbone\.resnet50"):
        devise.main(f"{flags} --backbone backbone.resnet50".split())


def test_backbones_are_compared_by_what_they_know_and_their_time(
    tmp_path: Path, word_space: str, classifier_file: Path, backbone: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backbone_scores, "ROUNDS", 1)
    monkeypatch.setattr(backbone_scores, "TOGETHER", 2)
    photos = make_photos(tmp_path / "photos", 2, names=[WNIDS[5], "unlabelled"])
    command = f"score backbones --start {backbone}={classifier_file} --photos {photos} {word_space}"
    assert command_line.main([*command.split(), "--json"]) == 0
    score = json.loads(capsys.readouterr().out)[0]
    assert score["backbone"] == backbone and set(score["hits"]["photos"]) == {"hit1", "hit5", "hit1_classes"}
    assert score["megabytes"] > 2 and score["milliseconds"] > 0 and score["processor"] > 0
    assert command_line.main(command.split()) == 0
    assert f"{backbone} " in capsys.readouterr().out
    assert command_line.main(command.replace(backbone, "backbone.vgg").split()) == 2
    assert "backbone.resnet50" in capsys.readouterr().err


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


def test_vgg_gives_activations_before_and_after_the_relu(vgg_file: Path) -> None:
    found = VGG19(vgg_file)(torch.rand(1, 3, 16, 16), ["conv2_2", "relu2_2"])
    assert found["conv2_2"].min() < 0
    assert found["relu2_2"].equal(found["conv2_2"].relu())


def test_vgg_stops_at_the_deepest_layer_asked_for(vgg_file: Path) -> None:
    found = VGG19(vgg_file)(torch.rand(1, 3, 16, 16), ["relu1_1", "relu2_1"])
    assert {name: tuple(f.shape[1:]) for name, f in found.items()} == {"relu1_1": (64, 16, 16), "relu2_1": (128, 8, 8)}
