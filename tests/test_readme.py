"""What the README tells people to type works: its shell blocks line by line, its Python block against a real server."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_server import PATIENCE, ROOT, Server
from PIL import Image
from skimage import data

from embeddings import __main__ as embeddings
from embeddings.words.table import load_words
from zoo import __main__ as zoo
from zoo.catalog import CATALOG
from zoo.evaluation.sample_clip import make_clip

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def word_vectors() -> str:
    """Some of the bundled words in other coordinates, as word2vec's text form."""
    words = load_words()
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((words.dimension, words.dimension)))[0]
    rows = [f"{word} {' '.join(f'{x:.4f}' for x in words[word] @ turn)}" for word in [*words.words[:1500], "pug"]]
    return f"{len(rows)} {words.dimension}\n" + "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README talks of."""
    place = tmp_path_factory.mktemp("readme")
    cat, coffee = Image.fromarray(data.chelsea()), Image.fromarray(data.coffee())
    cat.resize((160, 107)).save(place / "photo.jpg")
    coffee.resize((160, 107)).save(place / "artwork.jpg")
    Image.radial_gradient("L").resize((160, 107)).save(place / "mask.png")
    make_clip(place / "clip.mp4", coffee, cat, size=(96, 64), frames=4)
    (place / "vectors.txt").write_text(word_vectors())
    (place / "photos").mkdir()
    for name, picture in (("cat.jpg", cat), ("coffee.png", coffee)):
        picture.resize((150, 100)).save(place / "photos" / name)
    return place


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("python -m ")])
def test_a_command_of_the_readme_works(
    command: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("IRIS_CACHE", str(place / "cache"))
    package, *arguments = shlex.split(command.removeprefix("python -m "))
    assert {"zoo": zoo.main, "embeddings": embeddings.main}[package](arguments) == 0, capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("make ")])
def test_a_verb_of_the_readme_is_in_the_makefile(command: str) -> None:
    done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_shell_line_of_the_readme_is_tested() -> None:
    others = [line for line in commands() if not line.startswith(("python -m ", "make "))]
    assert others == ["python app.py --check"]  # which tests/test_app.py runs


def test_the_clients_example_gives_what_it_says(server: Server, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    [example] = blocks("python")
    names: dict[str, Any] = {}
    exec(example.replace("http://127.0.0.1:7860", server.url), names)
    assert Path(names["painted"]).stat().st_size > 1000
    with Image.open(names["large"]) as large:
        assert large.size == (640, 428)
    assert names["found"][0]["file"].startswith("cat")


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_curl_example_paints_the_picture(server: Server, place: Path) -> None:
    [example] = blocks("bash")
    script = example.replace("http://127.0.0.1:7860", server.url)
    done = subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, timeout=PATIENCE)
    assert "event: complete" in done.stdout and "photo-starry-night.jpg" in done.stdout, done.stdout + done.stderr


def test_the_readme_names_every_model() -> None:
    assert [key for key in CATALOG if f"`{key}`" not in README] == []


def test_every_picture_and_link_of_the_readme_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
