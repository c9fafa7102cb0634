from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from hub_server import Hub, served
from torch import nn
from weight_files import compact, esrgan, pickled, published

from zoo.catalog import entry
from zoo.errors import IrisError, Missing, Refused
from zoo.hub import is_here, path_of, pull
from zoo.loading import BUILDERS, read_network
from zoo.model_entry import ModelEntry
from zoo.nets.edsr import EDSR

COMMAND = "python -m zoo pull sr.realesrgan-x4"


def pinned(model: ModelEntry, data: bytes) -> ModelEntry:
    """The entry, were this its file."""
    return replace(model, bytes=len(data), sha256=sha256(data).hexdigest())


@pytest.fixture
def model() -> ModelEntry:
    """A hub entry of the catalog with a smaller network of the same names, so that its file is small too."""
    return pinned(entry("sr.realesrgan-x4"), pickled(published(esrgan())))


@pytest.fixture
def hub(model: ModelEntry, hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    data = pickled(published(esrgan()))
    with served(Hub(model.repo, model.filename, model.revision, data)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def left_in(cache: Path) -> list[str]:
    """Weight files in the cache, whole or in part, or links to them."""
    return [path.name for part in ("blobs/*", "snapshots/*/*") for path in cache.glob(f"models--*/{part}")]


def refused_in_one_sentence(error: type[IrisError], model: ModelEntry) -> str:
    with pytest.raises(error) as refusal:
        pull(model)
    sentence = str(refusal.value)
    assert COMMAND in sentence and "\n" not in sentence and len(sentence) < 300
    return sentence


def test_a_pulled_file_is_checked_cached_and_loads_strictly(hub: Hub, model: ModelEntry) -> None:
    assert not is_here(model)
    path = pull(model)
    assert path.read_bytes() == hub.data and is_here(model) and path_of(model) == path
    loaded = read_network(model).state_dict()
    assert all(torch.equal(loaded[f"network.{name}"], tensor) for name, tensor in esrgan().state_dict().items())
    asked = len(hub.requests)
    assert pull(model) == path and len(hub.requests) == asked  # a pinned file in the cache needs no hub
    assert [method for method, path, _ in hub.requests if path.startswith("/cdn/")] == ["GET"]


def test_the_endpoint_and_the_token_of_the_environment_are_used(
    hub: Hub, model: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret"
    assert "HF_TOKEN" in refused_in_one_sentence(Missing, model)
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert "(401)" in refused_in_one_sentence(Missing, model)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert pull(model).read_bytes() == hub.data
    assert [sent for _, path, sent in hub.requests if path.startswith("/cdn/")] == [False]  # the token stays at the hub


def test_weights_that_are_not_here_name_the_command_and_fetch_nothing(hub: Hub, model: ModelEntry) -> None:
    with pytest.raises(Missing, match=COMMAND):
        path_of(model)
    with pytest.raises(Missing, match=COMMAND):
        read_network(model)
    assert not hub.requests


def test_offline_asks_nobody_and_uses_what_is_cached(
    hub: Hub, model: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in refused_in_one_sentence(Missing, model)
    assert not hub.requests
    monkeypatch.delenv("HF_HUB_OFFLINE")
    path = pull(model)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert pull(model) == path


def test_a_hub_that_cannot_be_reached_is_said_so(
    model: ModelEntry, hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in refused_in_one_sentence(Missing, model)


def test_what_the_hub_does_not_have_is_said_so(hub: Hub, model: ModelEntry) -> None:
    for change in ({"repo": "Nobody/Nothing"}, {"revision": "0" * 40}, {"filename": "no.safetensors"}):
        lost = replace(model, **change)
        sentence = refused_in_one_sentence(Missing, lost)
        assert "(404)" in sentence and lost.filename in sentence and lost.repo in sentence


@pytest.mark.parametrize("status", [403, 500])
def test_a_hub_that_answers_badly_is_quoted(status: int, hub: Hub, model: ModelEntry) -> None:
    hub.status = status
    assert str(status) in refused_in_one_sentence(Missing, model)


def test_a_body_shorter_than_announced_is_refused_and_not_kept(hub: Hub, model: ModelEntry, hub_cache: Path) -> None:
    hub.cut_at = len(hub.data) // 2
    assert "broke off" in refused_in_one_sentence(Missing, model)
    assert not left_in(hub_cache)


def test_a_connection_that_breaks_is_taken_up_again(hub: Hub, model: ModelEntry) -> None:
    hub.break_at = len(hub.data) // 2
    assert pull(model).read_bytes() == hub.data


def test_what_a_killed_pull_left_is_cleared_by_the_next_but_not_under_one_that_goes_on(
    hub: Hub, model: ModelEntry, hub_cache: Path
) -> None:
    repo = f"models--{model.repo.replace('/', '--')}"
    blobs, locks = hub_cache / repo / "blobs", hub_cache / ".locks" / repo
    for folder in (blobs, locks):
        folder.mkdir(parents=True)
    (blobs / f"{model.sha256}.0a1b2c3d.incomplete").write_bytes(hub.data[:99])
    (blobs / "another.4e5f6071.incomplete").write_bytes(b"goes on")
    with FileLock(locks / "another.lock"):
        pull(model)
    assert sorted(path.name for path in blobs.iterdir()) == sorted([model.sha256, "another.4e5f6071.incomplete"])


def test_another_file_is_refused_and_not_left_in_use(hub: Hub, model: ModelEntry, hub_cache: Path) -> None:
    whole = hub.data
    for wrong, reason in ((whole[:-1], "bytes, expected"), (whole[:-1] + b"?", "its sha256 begins")):
        hub.data = wrong
        assert reason in refused_in_one_sentence(Refused, model)
        assert not left_in(hub_cache) and not is_here(model)
    hub.data = whole
    assert pull(model).read_bytes() == whole


def test_a_cached_file_that_changed_is_refused_before_use(hub: Hub, model: ModelEntry, hub_cache: Path) -> None:
    path = pull(model).resolve()
    path.chmod(0o644)
    path.write_bytes(hub.data[:-1] + b"?")
    with pytest.raises(Refused, match=COMMAND):
        read_network(model)
    assert not left_in(hub_cache)
    assert pull(model).read_bytes() == hub.data


def test_a_file_whose_length_nobody_states_is_pinned_by_its_hash(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    source = EDSR(width=4, blocks=1)
    data = pickled({f"module.{name}": tensor for name, tensor in source.state_dict().items()})
    model = replace(entry("sr.edsr-base-x4"), sha256=sha256(data).hexdigest(), network="small EDSR")
    monkeypatch.setitem(BUILDERS, "small EDSR", lambda metadata: EDSR(width=4, blocks=1))
    assert model.bytes == 0 and not is_here(model)
    with served(Hub(model.repo, model.filename, model.revision, data)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        pull(model)
    assert is_here(model)
    image = torch.rand(1, 3, 5, 6)
    assert torch.equal(read_network(model)(image), source(image))
    with pytest.raises(Refused, match="its sha256 begins"):
        path_of(replace(model, sha256="0" * 64))


@pytest.mark.parametrize(
    ("key", "make", "shape"),
    [
        ("sr.realesrgan-x4", esrgan, {"num_filters": 64, "num_blocks": 23}),
        ("sr.realesr-general-x4", compact, {"num_feat": 64, "num_conv": 32}),
    ],
)
def test_a_pinned_length_is_that_of_its_network_in_32_bits(
    key: str, make: Callable[..., nn.Module], shape: dict[str, int]
) -> None:
    with torch.device("meta"):
        numbers = sum(tensor.numel() for tensor in make(**shape).state_dict().values())
    assert 4 * numbers < entry(key).bytes < 1.01 * 4 * numbers  # the rest are names and places


def test_the_small_public_network_comes_whole_from_the_hub(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pickled(published(compact(num_feat=64, num_conv=32)))
    model = pinned(entry("sr.realesr-general-x4"), data)
    with served(Hub(model.repo, model.filename, model.revision, data)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        pull(model)
    network = read_network(model)
    assert sum(weight.numel() for weight in network.parameters()) == 1_213_296
    assert network(torch.rand(1, 3, 5, 6)).shape == (1, 3, 20, 24)
