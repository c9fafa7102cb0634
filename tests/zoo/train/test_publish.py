import json
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from zoo.train.publish import publish


def test_a_published_network_is_half_precision_with_its_metadata(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    path = publish(network, "a.b", {"width": "2"}, {"hit_at_1": 0.5}, folder=tmp_path)
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"width": "2"}
        assert file.get_tensor("0.weight").dtype == torch.float16
        assert file.get_tensor("1.num_batches_tracked").dtype == torch.int64
        torch.testing.assert_close(
            file.get_tensor("0.weight").float(), network.get_parameter("0.weight").detach(), atol=1e-3, rtol=1e-3
        )


def test_the_manifest_names_size_hash_and_metrics_and_keeps_other_models(tmp_path: Path) -> None:
    publish(nn.Linear(1, 1), "b.one", folder=tmp_path)
    path = publish(nn.Linear(2, 2), "a.two", metrics={"psnr": 30.5}, folder=tmp_path)
    publish(nn.Linear(3, 3), "b.one", folder=tmp_path)
    lines = json.loads((tmp_path / "manifest.json").read_text())
    data = path.read_bytes()
    assert lines["a.two"] == {"bytes": len(data), "sha256": sha256(data).hexdigest(), "metrics": {"psnr": 30.5}}
    assert list(lines) == ["a.two", "b.one"]
    assert lines["b.one"]["bytes"] == (tmp_path / "b.one.safetensors").stat().st_size
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        "a.two.safetensors", "b.one.safetensors", "manifest.json"
    ]  # fmt: skip


def test_weights_that_half_precision_cannot_hold_are_not_published(tmp_path: Path) -> None:
    network = nn.Linear(1, 1)
    nn.init.constant_(network.weight, 1e6)
    with pytest.raises(ValueError, match="half precision"):
        publish(network, "a.b", folder=tmp_path)
    assert not list(tmp_path.iterdir())
