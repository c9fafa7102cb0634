"""`embeddings index` and `forget`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from encoder_stand_in import CRANE_BIRD, PUG, run

from embeddings.cli import image_encoder, index


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["s3://bucket/photos", "--watch"], "is a bucket, which tells of no changes"),
        ([".", "--watch", "--into", "table"], "leave --into out"),
    ],
)
def test_what_cannot_be_watched_is_refused_before_the_model_is_loaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    monkeypatch.setattr(image_encoder, "load", lambda options: pytest.fail("it was loaded"))
    code, _, err = run(capsys, "index", *arguments)
    assert code == 2 and reason in err and len(err.splitlines()) == 1


def test_index_counts_the_unreadable(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "c.png").write_text("torn")
    code, out, _ = run(capsys, "index", photos)
    assert code == 0
    assert out.startswith("2 pictures indexed, 1 unreadable")


def test_watching_tells_only_what_changed(
    capsys: pytest.CaptureFixture[str], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Changing(index.Watch):
        """Changes are made once all before them are indexed."""

        def __iter__(self) -> Iterator[frozenset[str] | None]:
            changes = super().__iter__()
            (photos / "c.jpg").write_text(PUG)
            yield next(changes)
            yield None  # nothing changed
            (photos / "c.jpg").write_text(CRANE_BIRD)
            (photos / "a.jpg").unlink()
            yield next(changes)
            raise KeyboardInterrupt

    monkeypatch.setattr(index, "Watch", Changing)
    code, out, err = run(capsys, "index", photos, "--watch")
    assert [line.split()[0] for line in out.splitlines()] == ["2", "3", "2"]
    assert (code, err) == (130, "stopped; nothing half-written is left\n")


def test_more_pictures_than_a_limit_are_refused(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    code, _, err = run(capsys, "index", photos, "--max-pictures", 1)
    assert code == 2 and "holds 2 pictures, more than 1" in err


def test_folders_that_are_gone_are_forgotten(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path, tmp_path: Path
) -> None:
    run(capsys, "index", photos)
    photos.rename(tmp_path / "moved")
    run(capsys, "index", tmp_path / "moved")
    run(capsys, "find", "pug")
    assert f"{photos}, moved or deleted" in caplog.text
    caplog.clear()
    code, _, err = run(capsys, "forget")
    assert code == 2 and str(photos) in err
    assert run(capsys, "forget", "--missing")[:2] == (0, f"forgotten: {photos}\n")
    assert len(run(capsys, "find", "pug")[1].splitlines()) == 1 and not caplog.text
    assert run(capsys, "forget", tmp_path / "moved")[0] == 0
    assert run(capsys, "find", "pug")[0] == 2
    assert run(capsys, "forget", photos)[0] == 2
