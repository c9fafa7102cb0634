"""`zoo models`, `pull` and `push`."""

import json
from pathlib import Path

import pytest
from command_outcomes import refused, said
from hub_server import Hub, served

from zoo.__main__ import main
from zoo.catalog import CATALOG


def test_a_hub_model_that_is_not_here_names_the_command(
    photo: Path, tmp_path: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, 1, "upscale", photo, tmp_path / "out.png", "--model", "sr.realesrgan-x4")
    assert "python -m zoo pull sr.realesrgan-x4" in line and not (tmp_path / "out.png").exists()


def test_models_lists_every_entry_as_text_and_json(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    text, _ = said(capsys)
    assert all(key in text for key in CATALOG) and "python -m zoo pull" in text
    assert len({line.index("MB") for line in text.splitlines() if " MB " in line}) == 1
    assert main(["models", "--json"]) == 0
    listed = {model["key"]: model for model in json.loads(said(capsys)[0])}
    assert set(listed) == set(CATALOG)
    assert listed["sr.fidelity-x4"]["here"] and listed["sr.fidelity-x4"]["metrics"] == {"psnr": 30.5}
    assert not listed["sr.realesrgan-x4"]["here"]
    for name in ("task", "bytes", "licence", "where", "sha256", "paper", "training_data"):
        assert name in listed["sr.fidelity-x4"]


def test_pull_wants_keys_that_exist_and_checks_bundled_ones(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--all" in refused(capsys, 2, "pull")
    assert "no model 'x.y'" in refused(capsys, 2, "pull", "sr.fidelity-x4", "x.y")
    assert main(["pull", "sr.fidelity-x4"]) == 0
    assert said(capsys)[0] == f"sr.fidelity-x4  {small_models / 'sr.fidelity-x4.safetensors'}\n"
    model = CATALOG["sr.realesrgan-x4"]
    with served(Hub(model.repo, model.filename, model.revision, b"another file")) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "refused and removed" in refused(capsys, 1, "pull", model.key)


def test_push_sends_weights_and_cards_in_one_commit(
    small_models: Path, hub_cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = small_models / "sr.fidelity-x4.md"
    monkeypatch.setattr("zoo.model_entry.CARDS", small_models)
    push = ["push", "sr.fidelity-x4", "--to", "Ann/models"]
    with served(Hub("Ann/models", "", "f" * 40, b"", token="hf_ann")) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "has no card" in refused(capsys, 2, *push)
        card.write_text("# A card\n")
        assert "set HF_TOKEN" in refused(capsys, 1, *push) and not hub.committed
        monkeypatch.setenv("HF_TOKEN", "hf_ann")
        assert main(push) == 0
        weights = (small_models / "sr.fidelity-x4.safetensors").read_bytes()
        assert hub.committed == {"sr.fidelity-x4.safetensors": weights, "sr.fidelity-x4.md": b"# A card\n"}
    said(capsys)
    assert "not this project's" in refused(capsys, 2, "push", "sr.realesrgan-x4", "--to", "Ann/models")
    assert "OWNER/REPO" in refused(capsys, 2, *push[:-1], "Ann//models")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot reach the hub" in refused(capsys, 1, *push)
