"""Bytes and words by chance: each ends in a result or in one sentence.

IRIS_FUZZ says how many examples each test tries, for a longer run than the usual one.
"""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from heic_files import heic
from hostile.picture_bombs import directory, encoded, with_exif
from hostile.small_clips import clip_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import TRUTH
from PIL import Image

from embeddings.library.archive import Archive
from embeddings.library.collection import PictureSet
from embeddings.library.indexing import index_folder
from embeddings.results import EncodedPicture
from embeddings.words.query_syntax import parse
from zoo.errors import BadPicture, IrisError
from zoo.images.decode import decode_picture
from zoo.progress import run_to_end
from zoo.video.rewriting import rewritten
from zoo.weight_files import read_weights

Result = TypeVar("Result")
EXAMPLES = int(os.environ.get("IRIS_FUZZ", "60"))
FORMS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
MAX_PIXELS = 100_000
fuzz = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def picture_files() -> list[bytes]:
    """Small whole files of every form, with remarks where the form has them."""
    photo = Image.effect_noise((24, 17), 80).convert("RGB")
    plain = []
    for form in FORMS:
        file = io.BytesIO()
        photo.save(file, form, **({"exif": directory(3, 5)} if form in ("PNG", "WEBP") else {}))
        plain.append(file.getvalue())
    animation = io.BytesIO()
    photo.save(animation, "WEBP", save_all=True, append_images=[photo.rotate(180)])
    return [
        *plain,
        animation.getvalue(),
        encoded("JPEG", (64, 64), progressive=True),
        with_exif("JPEG", directory(2, 9)),
        heic(TRUTH, exif=directory(2, 9)),
    ]


def result_or_sentence(work: Callable[[], Result]) -> Result | None:
    """What work gives; None where it refuses in one sentence."""
    try:
        return work()
    except IrisError as error:
        if "\n" in str(error) or str(error) == "":
            pytest.fail(f"no sentence: {error!r}")
    return None


def decoded(data: bytes) -> Image.Image:
    """A picture, with everything that is read of it."""
    return decode_picture("a", data, max_pixels=MAX_PIXELS, keep_gps=True, short_side=None)


WHOLE = picture_files()
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["set", "cut", "repeat", "insert", "large"]), st.binary(max_size=8)),
    min_size=1,
    max_size=6,
)


def changed(data: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    """A file with some of its bytes changed, cut away, repeated or put in."""
    for share, how, given_bytes in changes:
        place = int(share * len(data))
        head, tail = data[:place], data[place:]
        parts = {
            "set": head + given_bytes + tail[len(given_bytes) :], "cut": head, "repeat": head + head[-64:] + tail,
            "insert": head + given_bytes + tail, "large": head + struct.pack(">I", 0x7FFFFFFF) + tail[4:],
        }  # fmt: skip
        data = parts[how]
    return data


@pytest.mark.filterwarnings("ignore")  # what Pillow remarks on damaged files
@fuzz
@given(st.sampled_from(WHOLE), CHANGES)
def test_a_damaged_picture_is_read_or_refused(whole: bytes, changes: list[tuple[float, str, bytes]]) -> None:
    picture = result_or_sentence(lambda: decoded(changed(whole, changes)))
    assert picture is None or picture.width * picture.height <= MAX_PIXELS


@pytest.mark.filterwarnings("ignore")
@fuzz
@given(st.sampled_from([data[:12] for data in WHOLE]), st.binary(max_size=400))
def test_the_start_of_a_picture_makes_nothing_one(start: bytes, rest: bytes) -> None:
    picture = result_or_sentence(lambda: decoded(start + rest))
    assert picture is None or picture.width * picture.height <= MAX_PIXELS


@settings(fuzz, max_examples=max(1, EXAMPLES // 2))
@given(st.sampled_from(("avi", "matroska", "mp4", "mpegts")), CHANGES)
def test_a_damaged_clip_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, form: str, changes: list[tuple[float, str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("clip")
    (folder / "in.mkv").write_bytes(changed(whole_clip(form), changes))
    frames = result_or_sentence(lambda: copied_frames(folder / "in.mkv", folder / "out.mp4"))
    assert frames is None or (folder / "out.mp4").exists()


@cache
def whole_clip(form: str) -> bytes:
    """Make a clip of two frames with a track of sound."""
    return clip_of(form, "mpeg4", "yuv420p", frames=2, tracks=1, sound="aac")


def copied_frames(source: Path, target: Path) -> int:
    """Write a clip anew; gives how many frames it has."""
    count = 0
    with rewritten(source, target) as film:
        for frame in film.frames():
            film.add(frame.picture, frame)
            count += 1
    return count


@fuzz
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(' +-\u2212,"()&|notwihexcpr')), max_size=80))
def test_a_query_is_read_or_refused(text: str) -> None:
    query = result_or_sentence(lambda: parse(text))
    assert query is None or query.terms


def whole_zip() -> bytes:
    """A zip of pictures and of what is none."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("a.png", "b/c.jpg", "../d.png", "e.txt"):
            made.writestr(name, WHOLE[0])
    return file.getvalue()


@pytest.mark.filterwarnings("ignore")  # zipfile's, of names that are there twice
@fuzz
@given(CHANGES)
def test_a_damaged_zip_is_listed_or_refused(tmp_path: Path, changes: list[tuple[float, str, bytes]]) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(changed(whole_zip(), changes))
    archive = result_or_sentence(lambda: Archive(path))
    if archive is None:
        return
    for file in archive.files():
        try:
            assert isinstance(archive.read(file.name), bytes)
        except OSError:  # told as a picture that cannot be read
            continue


@pytest.mark.filterwarnings("ignore")
@fuzz
@given(st.binary(max_size=300), st.sampled_from([".safetensors", ".pth"]))
def test_what_is_no_weight_file_is_refused(tmp_path: Path, data: bytes, ending: str) -> None:
    path = tmp_path / f"weights{ending}"
    path.write_bytes(data)
    with pytest.raises(IrisError):
        read_weights(path)


def look(sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | BadPicture]:
    """See the same in every picture."""
    return (EncodedPicture(np.array([1, 0, 0, 0], np.float32), 0) for _ in sources)


@settings(fuzz, max_examples=max(1, EXAMPLES // 4))
@given(CHANGES)
def test_a_damaged_index_is_made_anew_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, str, bytes]]
) -> None:
    place = tmp_path_factory.mktemp("photos")
    (place / "a.png").write_bytes(WHOLE[0])
    kept = place / "index"

    def index() -> PictureSet:
        return run_to_end(index_folder(place, look, model="m", where=kept, dimension=4))

    index()
    for file in [path for path in kept.rglob("*") if path.is_file()]:
        file.write_bytes(changed(file.read_bytes(), changes))
    assert result_or_sentence(lambda: len(index())) in (None, 1)
