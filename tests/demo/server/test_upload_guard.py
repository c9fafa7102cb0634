"""What may be uploaded: by file, by request, by visitor, and in all."""

from pathlib import Path

import pytest
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from demo.server.room import Room
from demo.server.upload_guard import MOST_FILES, UploadGuard, UploadLimits

LIMITS = UploadLimits(file=1_000, zipped=200_000, folder=1_000_000, seconds=100.0)
PATH = "/gradio_api/upload"


async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
    """Read an upload and answer as Gradio does."""
    try:
        async for _ in Request(scope, receive).stream():
            pass
    except MultiPartException as error:
        status = 413 if "maximum allowed size" in error.message else 400
        return await PlainTextResponse(error.message, status)(scope, receive, send)
    await PlainTextResponse("kept")(scope, receive, send)


class Uploader:
    """A visitor who uploads into a folder."""

    def __init__(self, folder: Path) -> None:
        self.time = 0.0
        kept = {"visitor": LIMITS.visitor, "total": LIMITS.folder, "seconds": LIMITS.seconds}
        self.guard = UploadGuard(gradio, Room(folder, now=lambda: self.time, **kept), LIMITS)

    def status(self, *files: tuple[str, bytes], address: str = "203.0.113.7") -> int:
        """How an upload of these files is answered."""
        parts = [("files", file) for file in files]
        return TestClient(self.guard, client=(address, 1)).post(PATH, files=parts).status_code


@pytest.mark.parametrize("data", [b"PK" + bytes(5_000), b"PK"])
def test_only_a_zip_may_be_larger_than_a_picture(data: bytes, tmp_path: Path) -> None:
    uploader = Uploader(tmp_path)
    assert uploader.status(("a.zip", data)) == uploader.status(("a.ZIP", data)) == 200
    assert uploader.status(("a.png", data)) == (200 if len(data) <= LIMITS.file else 413)


def test_what_is_only_called_a_zip_is_none(tmp_path: Path) -> None:
    assert Uploader(tmp_path).status(("a.zip", bytes(5_000))) == 413


def test_each_file_of_a_request_is_limited_and_all_together(tmp_path: Path) -> None:
    uploader = Uploader(tmp_path)
    assert uploader.status(("a.png", bytes(900)), ("b.png", bytes(900))) == 200
    assert uploader.status(("a.png", bytes(900)), ("b.png", bytes(1_100))) == 413
    assert uploader.status(*[("a.zip", b"PK" + bytes(100_000))] * 3) == 413
    assert uploader.status(*[("a.png", b"1")] * MOST_FILES) == 200
    assert uploader.status(*[("a.png", b"1")] * (MOST_FILES + 1)) == 400


def test_a_request_without_a_boundary_is_limited(tmp_path: Path) -> None:
    guard = Uploader(tmp_path).guard
    assert TestClient(guard).post(PATH, content=bytes(300_000)).status_code == 413


def test_one_visitor_does_not_fill_the_room_of_others(tmp_path: Path) -> None:
    uploader, zipped = Uploader(tmp_path), ("a.zip", b"PK" + bytes(150_000))
    assert [uploader.status(zipped) for _ in range(3)] == [200, 429, 429]
    assert uploader.status(zipped, address="203.0.113.8") == 200
    uploader.time = 101.0
    assert uploader.status(zipped) == 200


def test_pictures_that_come_as_text_fill_the_room_as_well(tmp_path: Path) -> None:
    guard = Uploader(tmp_path).guard
    greedy, other = (TestClient(guard, client=(address, 1)) for address in ("203.0.113.7", "203.0.113.8"))
    picture = bytes(LIMITS.visitor // 2)
    told = [caller.post("/gradio_api/mcp/", content=picture).status_code for caller in (greedy, greedy, other)]
    assert told == [200, 429, 200]


def test_a_full_folder_takes_nothing_until_there_is_room_again(tmp_path: Path) -> None:
    uploader = Uploader(tmp_path)
    (tmp_path / "kept").write_bytes(bytes(LIMITS.folder))
    assert uploader.status(("a.png", b"1")) == 507
    (tmp_path / "kept").unlink()
    uploader.time = 10.0
    assert uploader.status(("a.png", b"1")) == 200


def test_what_comes_at_the_same_time_counts(tmp_path: Path) -> None:
    uploader, zipped = Uploader(tmp_path), ("a.zip", b"PK" + bytes(190_000))
    answers = [uploader.status(zipped, address=f"203.0.113.{number}") for number in range(7)]
    assert answers == [200] * 5 + [507] * 2


def test_uploads_of_nothing_count_as_well(tmp_path: Path) -> None:
    uploader = Uploader(tmp_path)
    answers = [uploader.status(("a.png", b"")) for _ in range(100)]
    assert answers[0] == 200 and answers[-1] == 429
