"""Weight files whose names ask for more than they hold build nothing large, and bombs are not unpacked."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import torch

from zoo import weight_files
from zoo.errors import Refused
from zoo.loading import load_file
from zoo.nets.residual_upscaler import ResidualBlock, ResidualUpscaler


def test_names_that_ask_for_countless_blocks_build_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    make = ResidualBlock.__init__
    monkeypatch.setattr(ResidualBlock, "__init__", lambda block, width: (built.append(width), make(block, width))[1])
    names = {f"body.{number}.first.weight": torch.zeros(1) for number in range(2_000)}
    torch.save({"head.weight": torch.zeros(64, 3, 3, 3), **names}, tmp_path / "many.pth")
    with pytest.raises(Refused, match=r"many\.pth does not fit .* ask for far more weights than it holds"):
        load_file(tmp_path / "many.pth")
    assert len(built) < 50


def test_a_file_that_holds_what_its_names_say_is_built(tmp_path: Path) -> None:
    torch.save(ResidualUpscaler(8, 2).state_dict(), tmp_path / "small.pth")
    assert load_file(tmp_path / "small.pth").receptive_field == 6


def test_a_weight_file_that_unpacks_to_more_than_it_is_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_files, "unpickle", lambda path: pytest.fail("it was opened"))
    with ZipFile(tmp_path / "bomb.pth", "w", ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", bytes(10**6))
    with pytest.raises(Refused, match="unpacks to more than it is"):
        load_file(tmp_path / "bomb.pth")
