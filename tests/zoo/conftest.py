"""Small untrained networks in place of the bundled ones, so that commands run in milliseconds."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from zoo import catalog, hub, loading
from zoo.nets.artwork_network import ArtworkNetwork
from zoo.nets.local_feature_upscaler import LocalFeatureUpscaler
from zoo.nets.residual_upscaler import ResidualUpscaler
from zoo.nets.slim_features import SlimFeatures
from zoo.nets.style_network import PaintingsNetwork
from zoo.train.publish import publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small networks under the keys that the commands use."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    true, shape = ResidualUpscaler(4, 1), {"width": "4", "blocks": "1"}
    publish(LocalFeatureUpscaler(4, 1), "sr.fidelity-x4", shape, {"psnr": 30.5}, folder=folder)
    publish(true, "sr.clean-x4", shape, folder=folder)
    publish(true, "sr.photo-x4", shape, folder=folder)
    sharp = ResidualUpscaler(4, 1)
    torch.nn.init.normal_(sharp.tail.weight, std=0.1)
    publish(sharp, "sr.sharp-x4", shape, folder=folder)
    publish(sharp, "sr.photo-sharp-x4", shape, folder=folder)
    crisp = ResidualUpscaler(4, 1)
    torch.nn.init.normal_(crisp.tail.weight, std=0.2)
    publish(crisp, "sr.crisp-x4", shape, folder=folder)
    publish(crisp, "sr.photo-crisp-x4", shape, folder=folder)
    paintings = PaintingsNetwork(["wave", "scream"])
    torch.nn.init.normal_(paintings.table)  # so that the styles differ
    publish(ArtworkNetwork(), "style.any-artwork", folder=folder)
    publish(paintings, "style.paintings", {"styles": "wave,scream"}, folder=folder)
    publish(SlimFeatures(), "features.slim", folder=folder)
    return folder


@pytest.fixture
def small_models(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small networks in place of the bundled ones; gives their folder, which the test may change."""
    folder = shutil.copytree(published, tmp_path / "weights")
    manifest = json.loads((folder / "manifest.json").read_text())
    models = {key: replace(model, **manifest.get(key, {})) for key, model in catalog.CATALOG.items()}
    monkeypatch.setattr(catalog, "CATALOG", models)
    monkeypatch.setattr(hub, "WEIGHTS", folder)
    monkeypatch.setattr(loading, "_ready", {})
    return folder
