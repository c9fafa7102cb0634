import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn
from weight_files import Trap

from zoo import catalog, hub, loading
from zoo.errors import BadInput, Missing, Refused
from zoo.loading import BUILDERS, Upscaler, interpolate_weights, load, read_network
from zoo.model_entry import ModelEntry

WEIGHT = torch.tensor([[1.0, 2.0]])


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    """A bundled model `test.line` in a folder of its own."""
    monkeypatch.setattr(hub, "WEIGHTS", tmp_path)
    data = save({"weight": WEIGHT.half()}, {"inputs": "2"})
    known = ModelEntry(
        key="test.line", title="a line", network="line",
        source="bundled", filename="test.line.safetensors", bytes=len(data), sha256=sha256(data).hexdigest(),
        licence="MIT", paper="none", training_data="none", preprocessing="none",
    )  # fmt: skip
    (tmp_path / known.filename).write_bytes(data)
    monkeypatch.setitem(BUILDERS, "line", lambda facts: nn.Linear(int(facts["inputs"]), 1, bias=False))
    monkeypatch.setattr(catalog, "CATALOG", {known.key: known})
    monkeypatch.setattr(loading, "_ready", {})
    return known


def weight_of(network: nn.Module | Upscaler) -> Tensor:
    """The one tensor of a test's network."""
    assert isinstance(network, nn.Linear)
    return network.weight


def with_file(model: ModelEntry, folder: Path, data: bytes, **changes: object) -> ModelEntry:
    changed = replace(model, bytes=len(data), sha256=sha256(data).hexdigest(), **changes)
    (folder / changed.filename).write_bytes(data)
    return changed


def test_a_network_is_ready_read_only_and_in_single_precision(model: ModelEntry) -> None:
    network = load("test.line")
    assert torch.equal(weight_of(network), WEIGHT) and weight_of(network).dtype == torch.float32
    assert network.metadata == {"inputs": "2"}
    assert not network.training and not weight_of(network).requires_grad


def test_many_threads_get_one_network(model: ModelEntry) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load, ["test.line"] * 8))) == 1


def test_nobody_waits_for_another_model(model: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(facts: object) -> nn.Module:
        started.set()
        assert go_on.wait(10)
        return nn.Linear(2, 1, bias=False)

    monkeypatch.setitem(BUILDERS, "slow", slow)
    monkeypatch.setattr(catalog, "CATALOG", {"test.line": model, "test.slow": replace(model, network="slow")})
    thread = threading.Thread(target=load, args=("test.slow",))
    thread.start()
    assert started.wait(10)
    assert load("test.line") is not None
    go_on.set()
    thread.join()


def test_a_missing_file_is_named(model: ModelEntry, tmp_path: Path) -> None:
    (tmp_path / model.filename).unlink()
    with pytest.raises(Missing, match=r"test\.line is bundled but test\.line\.safetensors is not there"):
        load("test.line")


def test_a_changed_file_is_refused_by_size_or_hash(model: ModelEntry, tmp_path: Path) -> None:
    path = tmp_path / model.filename
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="its sha256 begins"):
        load("test.line")
    path.write_bytes(data[:-1])
    with pytest.raises(Refused, match=f"it has {model.bytes - 1} bytes, expected {model.bytes}"):
        load("test.line")


def test_weights_that_do_not_fit_the_network_are_refused(model: ModelEntry, tmp_path: Path) -> None:
    for data in (
        save({"weight": WEIGHT.T.contiguous()}, {"inputs": "2"}),  # another shape
        save({"weight": WEIGHT, "bias": WEIGHT + 1}, {"inputs": "2"}),  # one too many
        save({"other": WEIGHT}, {"inputs": "2"}),  # another name
        save({"weight": WEIGHT}),  # no metadata to build from
        save({"weight": WEIGHT}, {"inputs": "two"}),
    ):
        with pytest.raises(Refused, match=r"does not fit the network of test\.line"):
            read_network(with_file(model, tmp_path, data))


def test_a_pickle_is_read_as_weights_only(model: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUILDERS, "built", lambda facts: nn.Linear(2, 1, bias=False))
    torch.save({"weight": WEIGHT}, tmp_path / "good")
    good = with_file(model, tmp_path, (tmp_path / "good").read_bytes(), filename="line.pth", network="built")
    assert torch.equal(weight_of(read_network(good)), WEIGHT)
    trap = tmp_path / "sprung"
    evil = with_file(model, tmp_path, pickle.dumps(Trap(trap), protocol=2), filename="evil.pth", network="built")
    with pytest.raises(Refused):
        read_network(evil)
    assert not trap.exists()


@pytest.fixture
def two_models(model: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`test.line`, and `test.steep` of the same shape with ten times its weights."""
    data = save({"weight": 10 * WEIGHT}, {"inputs": "2"})
    steep = with_file(model, tmp_path, data, key="test.steep", filename="test.steep.safetensors")
    data = save({"weight": torch.ones(1, 3)}, {"inputs": "3"})
    wide = with_file(model, tmp_path, data, key="test.wide", filename="test.wide.safetensors")
    monkeypatch.setattr(catalog, "CATALOG", {known.key: known for known in (model, steep, wide)})


@pytest.mark.usefixtures("two_models")
def test_a_blend_has_the_weights_between_and_leaves_its_parts_alone() -> None:
    blend = interpolate_weights({"test.line": 0.75, "test.steep": 0.25})
    torch.testing.assert_close(weight_of(blend).data, 3.25 * WEIGHT)
    assert not weight_of(blend).requires_grad
    assert torch.equal(weight_of(load("test.line")), WEIGHT)
    assert torch.equal(weight_of(load("test.steep")), 10 * WEIGHT)


@pytest.mark.usefixtures("two_models")
def test_a_blend_of_one_is_that_one_and_asks_for_no_other() -> None:
    assert interpolate_weights({"test.line": 1.0, "test.none": 0.0}) is load("test.line")


@pytest.mark.usefixtures("two_models")
def test_the_last_blends_are_kept_and_no_more() -> None:
    def at(share: float) -> Upscaler:
        return interpolate_weights({"test.line": 1 - share, "test.steep": share})

    first = at(0.1)
    assert at(0.1) is first
    for share in range(2, 2 + loading.INTERPOLATIONS_KEPT):
        at(share / 10)
    assert at(0.1) is not first


@pytest.mark.usefixtures("two_models")
def test_many_threads_get_blends_that_are_right() -> None:
    shares = [0.1, 0.2, 0.3, 0.1, 0.2, 0.3]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda share: interpolate_weights({"test.line": 1 - share, "test.steep": share}), shares))
    for share, network in zip(shares, found, strict=True):
        torch.testing.assert_close(weight_of(network).data, (1 + 9 * share) * WEIGHT)


@pytest.mark.usefixtures("two_models")
def test_networks_of_different_shapes_are_not_interpolate_weights() -> None:
    with pytest.raises(BadInput, match=r"test\.line and test\.wide are networks of different shapes"):
        interpolate_weights({"test.line": 0.5, "test.wide": 0.5})


@pytest.mark.usefixtures("two_models")
@pytest.mark.parametrize("shares", [(0.5, 0.6), (1.5, -0.5), (0.0, 0.0)])
def test_shares_that_are_not_parts_of_one_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(BadInput, match="sum to 1"):
        interpolate_weights(dict(zip(("test.line", "test.steep"), shares, strict=True)))


def test_a_device_that_is_not_there_is_bad_input(model: ModelEntry) -> None:
    for device in ("nonsense", "meta:x"):
        with pytest.raises(BadInput, match="cannot use device"):
            load("test.line", device)
