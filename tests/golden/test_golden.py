"""Every bundled network still makes what was looked at: golden pictures and answers, with a tolerance."""

import json
from pathlib import Path

import golden_jobs
import numpy as np
import pytest
from PIL import Image

FOLDER = Path(__file__).parent
PICTURES = sorted(path.stem for path in FOLDER.glob("*.png"))
TOLERANCE = 4.0  # mean difference in grey levels; other processors and bfloat16 stay below 2


def golden(name: str) -> np.ndarray:
    return np.asarray(Image.open(FOLDER / f"{name}.png").convert("RGB"), float)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(one - other).mean())


def test_every_job_has_its_golden_picture() -> None:
    assert sorted(golden_jobs.jobs()) == PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_network_makes_the_golden_picture(name: str) -> None:
    found = np.asarray(golden_jobs.jobs()[name](), float)
    assert distance(found, golden(name)) < TOLERANCE


@pytest.mark.parametrize("name", [name for name in PICTURES if name.startswith("style.")])
def test_a_painting_is_told_from_all_others(name: str) -> None:
    """A network that paints mud, or one painting for all, fails."""
    others = [golden(other) for other in PICTURES if other.startswith("style.") and other != name]
    assert min(distance(golden(name), other) for other in others) > 3 * TOLERANCE


def test_samples_are_named_as_they_were() -> None:
    assert golden_jobs.answers() == json.loads(golden_jobs.ANSWERS.read_text())
