import json
import re
from dataclasses import FrozenInstanceError
from hashlib import sha256

import pytest
import torch

from zoo.catalog import CATALOG, MANIFEST, WEIGHTS, entry
from zoo.errors import UnknownModel
from zoo.hub import is_here
from zoo.loading import load, read_network
from zoo.model_entry import CARDS, WordVectors

BUNDLED = [key for key, model in CATALOG.items() if model.source == "bundled"]
HUB = [key for key, model in CATALOG.items() if model.source == "hub" and not isinstance(model, WordVectors)]
TRAINED = [key for key in BUNDLED if CATALOG[key].bytes]


@pytest.mark.parametrize("key", CATALOG)
def test_an_entry_says_all_that_a_user_may_ask(key: str) -> None:
    model = CATALOG[key]
    assert model.key == key and re.fullmatch(r"[a-z]+\.[a-z0-9-]+", key) and model.task == key.split(".")[0]
    for fact in (model.title, model.licence, model.paper, model.training_data, model.preprocessing, model.filename):
        assert fact.strip() and "\n" not in fact
    with pytest.raises(FrozenInstanceError):
        setattr(model, "title", "another")  # noqa: B010  # which no type allows


@pytest.mark.parametrize("key", HUB)
def test_a_hub_entry_is_pinned_to_one_file(key: str) -> None:
    model = CATALOG[key]
    assert re.fullmatch(r"[0-9a-f]{40}", model.revision) and re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert model.bytes >= 0 and model.repo.count("/") == 1


@pytest.mark.parametrize("key", TRAINED)
def test_a_bundled_file_is_the_one_of_the_manifest_and_loads_strictly(key: str) -> None:
    model, data = CATALOG[key], (WEIGHTS / CATALOG[key].filename).read_bytes()
    assert len(data) == model.bytes and sha256(data).hexdigest() == model.sha256 and is_here(model)
    network = read_network(model)
    assert all(weight.dtype == torch.float32 and weight.isfinite().all() for weight in network.parameters())
    assert not network.training and not any(weight.requires_grad for weight in network.parameters())


@pytest.mark.parametrize("key", TRAINED + HUB)
def test_a_model_has_a_card_of_its_own(key: str) -> None:
    card = CATALOG[key].card.read_text()
    assert key in card and CATALOG[key].paper.rpartition("/")[2] in card and len(card) > 400


def test_a_card_belongs_to_a_model() -> None:
    assert {path.stem for path in CARDS.iterdir()} <= set(CATALOG)


def test_the_manifest_has_no_model_that_the_catalog_does_not_know() -> None:
    assert not MANIFEST.exists() or set(json.loads(MANIFEST.read_text())) <= set(BUNDLED)


def test_weights_lie_in_the_folder_only_if_the_catalog_names_them() -> None:
    known = {CATALOG[key].filename for key in TRAINED} | {"manifest.json"}
    assert {path.name for path in WEIGHTS.iterdir() if not path.name.startswith(".")} <= known


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownModel, match=r"no model 'sr\.fidelty-x4'; did you mean sr\.fidelity-x4\?"):
        entry("sr.fidelty-x4")
    with pytest.raises(UnknownModel, match=r"there are .*style\.paintings"):
        load("?")
