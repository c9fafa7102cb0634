"""What the body finds in photos is looked up in the crops in use, and once."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from zoo.nets import eight_bit
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.views import IN_USE, extract_views


@pytest.mark.parametrize("backbone", ["backbone.edgetpu", "backbone.mobilenet-v2"])
def test_photos_are_looked_at_without_eight_bits_too(
    tmp_path: Path, backbone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eight_bit, "supported", lambda: False)
    Image.new("RGB", (80, 72), "red").save(tmp_path / "one.png")
    network = PictureEncoder(4, 3, backbone=backbone).eval().requires_grad_(False)
    views = extract_views(network, {tmp_path / "one.png": 1.0}, crops=1)
    red = torch.tensor([1.0, 0.0, 0.0])[None, :, None, None].expand(1, 3, 224, 224)
    assert len(views.features) == len(views.photos) == IN_USE + 1
    assert torch.allclose(views.features[:IN_USE].float(), network.body(red).expand(IN_USE, -1), atol=1e-3)
    assert bool(views.ranges) == (backbone == "backbone.edgetpu")
