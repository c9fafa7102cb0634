"""Pictures of object stores: read, worked on and written like those of a folder; what fails is one sentence."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from object_store import new_bucket
from picture_files import encoded, quarters
from PIL import Image

from zoo.bulk.address import Address, place
from zoo.bulk.buckets import Bucket, content, usable
from zoo.errors import BadInput, IrisError, Missing
from zoo.images.batch import run_on
from zoo.images.decode import open_picture
from zoo.progress import Progress


def copied(picture: Image.Image) -> Iterator[Progress[Image.Image]]:
    yield Progress(1, 1, result=picture)


def fill(bucket: Address, folder: Path) -> Address:
    """Two pictures, a broken one, a thumbnail and a text, in a folder of a bucket."""
    photos = Bucket(bucket / "photos")
    for name, data in {
        "a.png": encoded(quarters(), "PNG"), "in/b.png": encoded(quarters(), "PNG"), "broken.png": b"no picture",
        ".thumbnails/a.png": encoded(quarters(), "PNG"), "notes.txt": b"no",
    }.items():  # fmt: skip
        (folder / "object").write_bytes(data)
        photos.write(name, folder / "object")
    return photos.path


def test_an_address_is_told_from_a_path() -> None:
    assert place("s3://bucket/photos/") == Address("s3://bucket/photos")
    assert str(place("s3://bucket") / "in/a.jpg") == "s3://bucket/in/a.jpg"
    assert place("photos/a.jpg") == Path("photos/a.jpg")
    assert place("C://odd") == Path("C://odd")


@pytest.mark.parametrize("text", ["https://example.org/photos", "s3://", "s3:///"])
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="write s3://bucket/folder"):
        place(text)


def test_an_absent_pyarrow_is_one_sentence_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.fs", None)
    with pytest.raises(Missing, match=r"requirements-cluster\.txt"):
        Bucket(Address("s3://never-asked")).check()


@pytest.mark.parametrize(
    "told",
    [
        "When listing objects: AWS Error NETWORK_CONNECTION during ListObjectsV2 operation: curlCode: 7",
        "AWS Error NO_SUCH_BUCKET during GetObject operation: The specified bucket does not exist",
    ],
)
def test_what_holds_for_a_whole_store_stops_the_work_with_one_sentence(told: str) -> None:
    sentence = r"s3://b cannot be used \((network connection|no such bucket)\)"
    with pytest.raises(IrisError, match=sentence), usable(Address("s3://b")):
        raise OSError(told)


@pytest.mark.parametrize("code", ["XMinioStorageFull", "QuotaExceeded"])
def test_a_store_without_room_stops_the_work_with_one_sentence(code: str) -> None:
    said = (
        f"AWS Error UNKNOWN (HTTP status 507) during PutObject operation: Unable to parse ExceptionName: {code} Message"
    )
    with (
        pytest.raises(IrisError, match=rf"s3://b has no room left \({code.lower()}\); make some"),
        usable(Address("s3://b")),
    ):
        raise OSError(said)


def test_results_that_may_not_be_written_stop_the_work() -> None:
    with pytest.raises(IrisError, match="access denied"), usable(Address("s3://b"), "ACCESS_DENIED"):
        raise OSError("AWS Error ACCESS_DENIED during PutObject operation: Access Denied")


def test_what_holds_for_one_object_is_left_to_the_work() -> None:
    with pytest.raises(OSError, match="ACCESS_DENIED"), usable(Address("s3://b")):
        raise OSError("AWS Error ACCESS_DENIED during GetObject operation")
    with pytest.raises(FileNotFoundError), usable(Address("s3://b")):
        raise FileNotFoundError("Path does not exist")


def test_a_picture_is_stored_only_in_a_folder_of_a_store_where_a_folder_is_worked_on(tmp_path: Path) -> None:
    quarters().save(tmp_path / "a.png")
    with pytest.raises(BadInput, match="so IN must be a folder, too"):
        run_on(tmp_path / "a.png", Address("s3://b/out"), copied)


def test_a_folder_of_a_bucket_is_listed_like_one_of_the_disk(bucket: Address, tmp_path: Path) -> None:
    photos = Bucket(fill(bucket, tmp_path))
    listed = list(photos.files())
    assert [file.name for file in listed] == ["a.png", "broken.png", "in/b.png"]
    assert (photos.others, listed[0]) == ({".txt": 1}, photos.stat("a.png"))
    assert listed[0].size == len(photos.read("a.png")) and listed[0].version > 0
    assert content(photos.path / "in/b.png") == photos.read("in/b.png")
    with pytest.raises(FileNotFoundError):
        photos.stat("absent.png")


def test_a_bucket_is_worked_through_and_its_broken_pictures_are_told(bucket: Address, tmp_path: Path) -> None:
    photos, out = fill(bucket, tmp_path), bucket / "photos/out"
    report = run_on(photos, out, copied)
    assert len(report.failures) == 1 and "broken.png is not a picture" in report.failures[0]
    assert Bucket(out).names() == {"a.png", "in/b.png"}
    assert open_picture(content(out / "in/b.png")).size == quarters().size
    again = run_on(photos, out, copied, skip_existing=True)
    assert "results that are there already: 2" in again.left_out and len(again.failures) == 1


def test_results_of_a_bucket_may_lie_on_the_disk_and_the_other_way(bucket: Address, tmp_path: Path) -> None:
    photos = fill(bucket, tmp_path)
    run_on(photos, tmp_path / "out", copied)
    assert {path.name for path in (tmp_path / "out").rglob("*.png")} == {"a.png", "b.png"}
    run_on(tmp_path / "out", bucket / "back", copied)
    assert Bucket(bucket / "back").names() == {"a.png", "in/b.png"}


def test_a_bucket_or_folder_that_is_not_there_is_named(bucket: Address) -> None:
    with pytest.raises(BadInput, match=f"there is no folder {bucket}/absent"):
        run_on(bucket / "absent", bucket / "out", copied)
    with pytest.raises(IrisError, match="no such bucket"):
        run_on(Address("s3://no-such-bucket-here"), bucket / "out", copied)


def test_a_store_that_does_not_answer_is_named(bucket: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(IrisError, match=r"cannot be used \(network connection\)"):
        Bucket(bucket / "photos").check()


def test_a_store_that_is_lost_on_the_way_ends_the_work(
    bucket: Address, s3_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, worked = fill(bucket, tmp_path), []

    def lost(picture: Image.Image) -> Iterator[Progress[Image.Image]]:
        worked.append(picture)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        yield Progress(1, 1, result=picture)

    with pytest.raises(IrisError, match="what is done is kept"):
        run_on(photos, tmp_path / "out", lost)
    assert len(worked) == 1 and [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]
    new_bucket(s3_endpoint, monkeypatch)
    assert len(run_on(photos, tmp_path / "out", copied, skip_existing=True).failures) == 1
