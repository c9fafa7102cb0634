"""The sample photos that installed packages carry."""

from pathlib import Path

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
