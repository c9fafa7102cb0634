"""New concepts are found in labels, start from nothing, and are learnt without losing the old ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from zoo.errors import BadInput
from zoo.loading import BUILDERS, load_encoder
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train import concepts
from zoo.train.added_concepts import narrowed, widened
from zoo.train.concepts import (
    MODEL,
    Examples,
    losses,
    main,
    missing,
    train,
)
from zoo.train.labels import Graph
from zoo.train.photos import drawn, photo_files
from zoo.train.trainer import TrainingConfig
from zoo.train.views import Views

GRAPH = Graph(
    ("n0", "n1", "n2", "n3"), np.array([(1, 0), (2, 1), (3, 0)]), np.array([0, 1, 2, 1])
)  # n2 is a kind of n1


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
        before, after = network.class_probabilities(pictures), wide.class_probabilities(pictures)
    assert after.shape == (2, 8)
    assert torch.allclose(after[:, :6] / after[:, :6].sum(1, keepdim=True), before, atol=1e-5)
    assert torch.equal(wide.words.weight[:, 6:], torch.eye(4)[:, :2])


def test_the_loss_asks_for_any_concept_of_the_kind() -> None:
    counts, meets, before = torch.tensor([[1.0]]), torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    one, other, wrong = (losses(torch.tensor([row]), before, counts, meets) for row in
                         ([9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]))  # fmt: skip
    assert one[0] < 0.01 and other[0] < 0.01 and wrong[0] > 5
    assert one[1] < 0.01 and other[1] > 5


def test_training_learns_the_labels_and_leaves_the_classes_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concepts, "BATCH", 32)
    monkeypatch.setattr(concepts, "CLASSES", 2)
    torch.manual_seed(0)
    features = torch.randn(60, 8)
    old = torch.nn.Linear(8, 2)
    before = old(features).softmax(1).detach()
    wide = torch.nn.Linear(8, 3)
    with torch.no_grad():
        wide.weight.zero_()[:2], wide.bias.zero_()[:2] = old.weight, old.bias
    shown = (features[:, 0] > 0).float()[:, None]  # the third concept, where the first feature says so
    views = Views(features, torch.arange(60), torch.ones(60), [])
    examples = Examples(views, before, shown, torch.tensor([[0.0, 0.0, 1.0]]))
    learnt = train(wide, examples, TrainingConfig(tmp_path, 150), rate=0.05, labelled=0.75, before=2.0)
    assert torch.equal(learnt.weight[:2], old.weight)
    assert torch.equal(learnt.bias[:2], old.bias)
    third = learnt(features).softmax(1)[:, 2]
    assert third[shown[:, 0] > 0].mean() > 0.15 + third[shown[:, 0] == 0].mean()


def test_photos_are_drawn_by_folder_however_many_it_holds(tmp_path: Path) -> None:
    for name, count in (("few", 2), ("many", 9)):
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{number}.jpg").touch()
    folders = [(photo_files([tmp_path / name]), weight) for name, weight in (("few", 1.0), ("many", 3.0))]
    photos = drawn(folders, 6, seed=0)
    weights = {folder: [w for p, w in photos.items() if p.parent.name == folder] for folder in ("few", "many")}
    assert (len(weights["few"]), len(weights["many"])) == (2, 6)
    assert (sum(weights["few"]), sum(weights["many"])) == pytest.approx((1.0, 3.0))


NEW = "n99999999"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos of plain colours."""
    (tmp_path / "photos").mkdir()
    for name, color in (("one", "red"), ("two", "blue")):
        Image.new("RGB", (80, 72), color).save(tmp_path / "photos" / f"{name}.png")
    return tmp_path / "photos"


@pytest.fixture
def arguments(tmp_path: Path, photos: Path) -> list[str]:
    """To learn a noun more from the photos, one of which shows it."""
    notes = load_encoder(MODEL).metadata
    ids = [*notes["classes"].split(","), NEW, "n00000000"]
    edges = np.array([(row, len(ids) - 1) for row in range(len(ids) - 1)])
    depths = np.array([1] * (len(ids) - 1) + [0])
    vectors = np.random.default_rng(0).normal(size=(len(ids), int(notes["dimension"]))).astype(np.float32)
    file = tmp_path / "nouns.npz"
    np.savez(
        file, ids=np.array(ids), vectors=vectors, edges=edges, depths=depths, sha256=np.array(notes["words_sha256"])
    )
    (tmp_path / "labels.tsv").write_text(f"photos/one.png\t{NEW}\n")
    given = f"--photos {photos} --labels {tmp_path / 'labels.tsv'} --nouns {file} --run {tmp_path / 'run'}"
    return f"{given} --weights {tmp_path / 'out'} --crops 1 --least 1 --steps 2".split()


def test_from_photos_and_labels_to_a_published_model_that_knows_one_noun_more(
    tmp_path: Path, arguments: list[str]
) -> None:
    main(arguments)
    file = tmp_path / "out" / "devise.nouns.safetensors"
    with safe_open(file, "pt") as opened:
        notes = opened.metadata()
    assert notes["classes"] == load_encoder(MODEL).metadata["classes"] + f",{NEW}"
    BUILDERS["PictureEncoder"](notes).load_state_dict(load_file(file))
    looked_at = (tmp_path / "run" / "views.pt").stat().st_mtime_ns
    main(arguments)
    assert (tmp_path / "run" / "views.pt").stat().st_mtime_ns == looked_at


def test_a_run_goes_on_with_the_photos_that_it_began_with(photos: Path, arguments: list[str]) -> None:
    main(arguments)
    (photos / "two.png").rename(photos / "three.png")
    with pytest.raises(BadInput, match="begun with other photos"):
        main(arguments)


def test_labels_of_other_photos_are_told(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "labels.tsv").write_text(f"holiday/one.png\t{NEW}\n")
    with pytest.raises(BadInput, match="none of the photos is labelled"):
        main(arguments)


@pytest.mark.parametrize("option", ["--guard", "--validation"])
def test_a_folder_to_guard_or_to_validate_by_without_a_class_is_told(
    photos: Path, arguments: list[str], option: str
) -> None:
    with pytest.raises(BadInput, match=f"no photo below {photos} is named after a class"):
        main([*arguments, option, str(photos)])


def test_labels_that_no_concept_is_near_are_told(arguments: list[str]) -> None:
    with pytest.raises(BadInput, match="no label is near to a concept"):
        main([*arguments, "--least", "9"])


def test_nouns_of_another_space_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    nouns = dict(np.load(tmp_path / "nouns.npz"))
    arrays: dict[str, Any] = {**nouns, "sha256": np.array("abc")}
    np.savez(tmp_path / "nouns.npz", **arrays)
    with pytest.raises(BadInput, match="other noun vectors"):
        main(arguments)


def test_concepts_that_do_not_find_their_own_photos_are_left_out(
    tmp_path: Path, arguments: list[str], photos: Path
) -> None:
    (tmp_path / "judge").mkdir()
    (photos / "one.png").rename(tmp_path / "judge" / "one.png")
    (photos / "two.png").rename(photos / "one.png")
    main([*arguments, "--judge", str(tmp_path / "judge")])
    with safe_open(tmp_path / "out" / "devise.nouns.safetensors", "pt") as opened:
        notes = opened.metadata()
    assert notes["classes"].split(",") == load_encoder(MODEL).metadata["classes"].split(",")[:1000]


def test_a_narrowed_network_sees_as_before_among_the_concepts_it_keeps() -> None:
    torch.manual_seed(0)
    network = PictureEncoder(4, 6).eval()
    narrow = narrowed(network, [0, 2, 5])
    pictures = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        before, after = network.class_probabilities(pictures)[:, [0, 2, 5]], narrow.class_probabilities(pictures)
    assert torch.allclose(after, before / before.sum(1, keepdim=True), atol=1e-5)
