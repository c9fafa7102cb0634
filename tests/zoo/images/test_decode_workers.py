"""Pictures decoded in other processes: the same as here, and no more than one picture lost whatever one does."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import encoded, quarters, remarks, srgb_profile
from PIL import Image

from zoo.errors import BadPicture
from zoo.images import decode_workers
from zoo.images.decode import decode_by, decode_picture, open_picture
from zoo.images.decode_workers import DecodeWorkers
from zoo.images.sixteen_bit import SixteenBitPicture, write_png

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
PLAIN: dict[str, Any] = {"max_pixels": 10_000, "keep_gps": False, "short_side": None}


@pytest.fixture(scope="module")
def workers() -> Iterator[DecodeWorkers]:
    """One worker for all tests."""
    made = DecodeWorkers(1)
    yield made
    made.close()


def deep() -> bytes:
    """A PNG of 16 bits a channel."""
    file = BytesIO()
    write_png(SixteenBitPicture(np.arange(48, dtype=np.uint16).reshape(4, 4, 3) * 1000), file)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        encoded(quarters(), "JPEG", exif=remarks(Orientation=6), icc_profile=srgb_profile(), dpi=(300, 300)),
        encoded(quarters("RGBA"), "WEBP"), encoded(quarters("L"), "PNG"), encoded(quarters("LA"), "PNG"),
        encoded(Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8)), "PNG"), deep(),
    ],
)  # fmt: skip
def test_a_picture_is_the_same_as_decoded_here(data: bytes, workers: DecodeWorkers) -> None:
    here, apart = decode_picture("a.png", data, **PLAIN), workers.decode("a.png", data, **PLAIN)
    assert (apart.mode, apart.size, apart.info) == (here.mode, here.size, here.info)
    assert apart.tobytes() == here.tobytes() and type(apart) is type(here)
    if isinstance(here, SixteenBitPicture) and isinstance(apart, SixteenBitPicture):
        assert np.array_equal(here.samples, apart.samples)


def test_a_refusal_is_the_same_as_here(workers: DecodeWorkers) -> None:
    for data in (b"", b"<svg>", encoded(quarters().resize((200, 200)), "PNG"), encoded(quarters(), "PNG")[:90]):
        with pytest.raises(BadPicture) as here:
            decode_picture("a.png", data, **PLAIN)
        with pytest.raises(BadPicture) as apart:
            workers.decode("a.png", data, **PLAIN)
        assert str(apart.value) == str(here.value)


def test_a_worker_that_dies_costs_one_picture(workers: DecodeWorkers) -> None:
    worker = workers._idle.get()
    assert worker is not None
    worker._process.kill()
    worker._process.wait()
    workers._idle.put(worker)
    assert workers.decode("a.png", encoded(quarters(), "PNG"), **PLAIN).size == quarters().size


@pytest.mark.parametrize("code", ["while True: pass", "import sys; sys.stdin.buffer.read(20)", "import os; os.abort()"])
def test_what_hangs_or_crashes_is_refused_and_the_next_picture_is_tried(code: str) -> None:
    workers = DecodeWorkers(1, [sys.executable, "-c", code], wall_seconds=1.0)
    for _ in range(2):
        with pytest.raises(BadPicture, match=r"a\.png takes more time or memory"):
            workers.decode("a.png", encoded(quarters(), "PNG"), **PLAIN)
    workers.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process has")
@pytest.mark.parametrize(
    ("code", "ends"),
    [("limit_processor(1)\nwhile True: pass", -24), ("limit_memory(2**26)\nbytearray(2**28)", 1)],
)  # SIGXCPU; MemoryError
def test_a_worker_is_ended_where_it_takes_too_much(code: str, ends: int) -> None:
    program = f"from zoo.limited_process import limit_memory, limit_processor\n{code}"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == ends


def test_a_worker_is_replaced_after_many_pictures(workers: DecodeWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_workers, "PICTURES", 1)
    used = []
    for _ in range(2):
        workers.decode("a.png", encoded(quarters(), "PNG"), **PLAIN)
        worker = workers._idle.get()
        workers._idle.put(worker)
        used.append(worker)
    assert used[0] is not used[1]


def test_all_pictures_go_through_the_workers_where_that_is_asked_for(workers: DecodeWorkers, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(quarters(), "PNG"))
    seen = []

    def decode(name: str, data: bytes, **options: object) -> Image.Image:
        seen.append(name)
        return workers.decode(name, data, **options)

    decode_by(decode)
    try:
        assert open_picture(tmp_path / "a.png").size == quarters().size
    finally:
        decode_by(None)
    open_picture(tmp_path / "a.png")
    assert seen == ["a.png"]
