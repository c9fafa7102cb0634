"""The sample photos that installed packages carry."""

from pathlib import Path

import pytest

from demo.samples import CREDITS, copy_samples, samples
from zoo.files import pictures_in
from zoo.images.decode import open_picture


def test_every_sample_is_installed_credited_and_a_picture() -> None:
    assert len(samples()) == len(CREDITS)
    for sample in samples().values():
        assert sample.credit and min(open_picture(sample.path).size) >= 250


def test_copies_carry_a_name_that_a_person_can_read(tmp_path: Path) -> None:
    folder = copy_samples(tmp_path / "samples")
    assert {path.name for path in pictures_in(folder)} == {sample.file for sample in samples().values()}
    assert (folder / "running-cheetah.jpg").is_file()


def test_a_copy_is_whole_while_it_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = samples()["cat"]
    copy = sample.copy_to(tmp_path)

    def begun(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        assert copy.read_bytes() == sample.path.read_bytes()
        raise OSError("the disk is full")

    monkeypatch.setattr("shutil.copyfile", begun)
    with pytest.raises(OSError, match="full"):
        sample.copy_to(tmp_path)
    assert list(tmp_path.iterdir()) == [copy] and copy.read_bytes() == sample.path.read_bytes()
