"""New concepts are found in labels, start from nothing, and are learnt without losing the old ones."""

from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo.nets.picture_encoder import PictureEncoder
from zoo.train import concepts
from zoo.train.concepts import Views, drawn, losses, missing, train, widened
from zoo.train.labels import Graph

GRAPH = Graph(("n0", "n1", "n2", "n3"), np.array([(1, 0), (2, 1), (3, 0)]))  # n2 is a kind of n1


def test_a_concept_is_missing_where_photos_show_what_the_network_does_not_know() -> None:
    labels = [("n3",), ("n3", "n1"), ("n1",), ("n1", "n3")]
    shares = torch.tensor([[0.9], [0.9], [0.8], [0.9]])  # of n2
    assert missing(labels, shares, ["n2"], GRAPH, least=3, known=0.35) == ["n3"]
    assert missing(labels, shares, ["n2"], GRAPH, least=4, known=0.35) == []
    assert missing(labels, shares * 0.1, ["n2"], GRAPH, least=3, known=0.35) == ["n1", "n3"]


def test_a_widened_network_sees_as_before_among_its_old_concepts() -> None:
    torch.manual_seed(0)
    network = PictureEncoder(4, 6).eval()
    network.metadata = {"backbone": "backbone.edgetpu"}
    wide = widened(network, torch.eye(4)[:2])
    pictures = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        before, after = network.shares(pictures), wide.shares(pictures)
    assert after.shape == (2, 8)
    assert torch.allclose(after[:, :6] / after[:, :6].sum(1, keepdim=True), before, atol=1e-5)
    assert torch.equal(wide.words.weight[:, 6:], torch.eye(4)[:, :2])


def test_the_loss_asks_for_any_concept_of_the_kind() -> None:
    counts, kinds, before = torch.tensor([[1.0]]), torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    one, other, wrong = (losses(torch.tensor([row]), before, counts, kinds) for row in
                         ([9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]))  # fmt: skip
    assert one[0] < 0.01 and other[0] < 0.01 and wrong[0] > 5
    assert one[1] < 0.01 and other[1] > 5


def test_training_learns_the_labels_and_keeps_what_was_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concepts, "BATCH", 32)
    torch.manual_seed(0)
    features = torch.randn(60, 8)
    old = torch.nn.Linear(8, 2)
    before = old(features).softmax(1).detach()
    wide = torch.nn.Linear(8, 3)
    with torch.no_grad():
        wide.weight.zero_()[:2], wide.bias.zero_()[:2] = old.weight, old.bias
    shown = (features[:, 0] > 0).float()[:, None]  # the third concept, where the first feature says so
    views = Views(features, torch.arange(60), torch.ones(60), [])
    options = Namespace(run=tmp_path, steps=150, seed=0, rate=0.05, labelled=0.75, before=2.0)
    learnt = train(wide, views, before, (shown, torch.tensor([[0.0, 0.0, 1.0]])), options)
    shares = learnt(features).softmax(1)
    told, kept = shares[shown[:, 0] > 0, 2], shares[shown[:, 0] == 0]
    assert told.mean() > 0.2 + shares[shown[:, 0] == 0, 2].mean()
    assert (kept[:, :2].argmax(1) == before[shown[:, 0] == 0].argmax(1)).float().mean() > 0.9


def test_photos_are_drawn_by_folder_however_many_it_holds(tmp_path: Path) -> None:
    for name, count in (("few", 2), ("many", 9)):
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{number}.jpg").touch()
    photos = drawn([(tmp_path / "few", 1.0), (tmp_path / "many", 3.0)], 6, seed=0)
    weights = {folder: [w for p, w in photos.items() if p.parent.name == folder] for folder in ("few", "many")}
    assert (len(weights["few"]), len(weights["many"])) == (2, 6)
    assert (sum(weights["few"]), sum(weights["many"])) == pytest.approx((1.0, 3.0))
