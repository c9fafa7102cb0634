"""The picture encoder trained for a few steps, and the networks that it may start from."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from training_files import make_photos, published

from zoo import __main__ as command_line
from zoo.errors import BadInput, Missing
from zoo.loading import BUILDERS
from zoo.nets.backbones import BODIES
from zoo.train import backbone_scores, devise
from zoo.train.teachers import read_classifier

pytestmark = pytest.mark.slow

WNIDS = [f"n{number:08d}" for number in range(1000)]


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
