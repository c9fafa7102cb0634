"""How a result is saved: formats and qualities."""

from pathlib import Path

import pytest
from PIL import Image

from demo.web.saving import FORMATS, LOSSY, converted, form_of
from zoo.errors import BadInput


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A result as it was made."""
    Image.effect_noise((64, 48), 40).convert("RGB").save(tmp_path / "photo-x4.png")
    return tmp_path / "photo-x4.png"


@pytest.mark.parametrize("name", FORMATS)
def test_a_result_is_saved_in_the_format_that_is_asked_for(made: Path, name: str) -> None:
    saved = converted(made, {"format": name, "quality": 90})
    assert saved.name == f"photo-x4{FORMATS[name]}"
    with Image.open(saved) as picture:
        assert picture.format == name.upper() and picture.size == (64, 48)


@pytest.mark.parametrize("name", LOSSY)
def test_less_quality_is_a_smaller_file(made: Path, name: str) -> None:
    small, large = (converted(made, {"format": name, "quality": quality}) for quality in (50, 95))
    assert small.stat().st_size < large.stat().st_size and small.name == large.name


def test_a_result_as_it_was_made_is_not_saved_again(made: Path) -> None:
    assert converted(made, form_of(made)) == made


@pytest.mark.parametrize("hostile", [None, [], "PNG", {"format": "EXE"}, {"format": "JPEG", "quality": 0}, {}])
def test_no_other_form_is_taken(made: Path, hostile: object) -> None:
    with pytest.raises(BadInput, match="choose one of PNG"):
        converted(made, hostile)
