"""The Style tab as a visitor uses it: brush, artwork, clip."""

from pathlib import Path

import av
import numpy as np
import pytest
from page_requests import Write
from page_visitor import PageRefused, Visitor
from picture_files import encoded, quarters
from PIL import ImageChops

from demo.samples import samples
from zoo.images.decode import open_picture
from zoo.style.config import Recipe
from zoo.video.container import facts_of, sound_of

LEFT_HALF = {"points": [[0.25, 0.0], [0.25, 1.0]], "width": 0.5, "erase": False}


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four frames with sound."""
    path = tmp_path / "holiday.mp4"
    with av.open(str(path), "w") as film:
        video, sound = film.add_stream("libx264", rate=8), film.add_stream("aac", rate=8000, layout="mono")
        video.width, video.height, video.pix_fmt = 48, 32, "yuv420p"
        for turn in range(4):
            pixels = np.roll(np.asarray(quarters()), 4 * turn, axis=1)
            film.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")))
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.float32), "fltp", "mono")
        tone.sample_rate = 8000
        film.mux([*video.encode(None), *sound.encode(tone), *sound.encode(None)])
    return path


def test_only_what_the_brush_was_over_is_painted(visitor: Visitor, upload: Write) -> None:
    photo = upload("quarters.png", encoded(quarters().resize((96, 64)), "PNG"))
    brush = {"photo": "", "strokes": [LEFT_HALF]}
    shown = visitor.press("Paint", {"Your picture": visitor.upload(photo), "iris-brush": brush, "Soft edge": 0})
    changed = ImageChops.difference(open_picture(shown["Result"]["value"]["path"]), open_picture(photo))
    assert changed.crop((60, 0, 96, 64)).getbbox() is None and changed.crop((0, 0, 36, 64)).getbbox()


def test_of_an_animation_the_first_frame_is_painted_and_the_page_says_so(visitor: Visitor, upload: Write) -> None:
    moving = encoded(quarters(), "GIF", save_all=True, append_images=[quarters().rotate(180)])
    shown = visitor.press("Paint", {"Your picture": visitor.upload(upload("a.gif", moving))})
    assert "only the first was taken" in shown["iris-status"]


def test_a_result_can_be_saved_and_used_in_other_tabs(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("quarters.png", encoded(quarters(), "PNG")))
    shown = visitor.press("Paint", {"Your picture": photo})
    assert Path(shown["Save"]["value"]["path"]).name == Path(shown["Result"]["value"]["path"]).name
    assert shown["iris-actions"]["visible"] and "48 x 32 pixels" in shown["iris-status"]


def test_the_loss_is_drawn_beside_the_growing_picture(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("quarters.png", encoded(quarters(), "PNG")))
    given = {"Your picture": photo, "The artwork": photo, "Detail, pixels": 64, "Iterations": 3, "Start from": "noise"}
    shown = visitor.press("Refine", given)
    assert "<polyline" in shown["iris-chart"] and open_picture(shown["Result"]["value"]["path"]).size == (48, 32)


def test_an_artwork_is_painted_after_as_soon_as_it_is_given(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("quarters.png", encoded(quarters().resize((96, 64)), "PNG")))
    given = {"Your picture": photo, "The artwork": visitor.upload(samples()["pagoda"].path)}
    shown = visitor.change("The artwork", "change", given, has="Result")
    assert open_picture(shown["Result"]["value"]["path"]).size == (96, 64) and "Refine" in shown["iris-status"]


def test_the_fields_of_a_recipe_begin_with_its_defaults(visitor: Visitor) -> None:
    fields, usual = visitor.fields(), Recipe()
    assert [fields["Style's weight"], fields["Content's weight"]] == [usual.style_weight, usual.content_weight]
    assert [fields["Start from"], fields["Pooling"], fields["Smoothness"]] == [
        usual.start,
        usual.pooling,
        usual.smoothness,
    ]
    assert {layer: fields[layer] for layer in usual.layer_weights} == usual.layer_weights


def test_a_clip_comes_back_painted_with_its_sound(visitor: Visitor, clip: Path) -> None:
    shown = visitor.press("Paint the clip", {"Your clip": visitor.upload(clip)})
    painted = Path(shown["Save the clip"]["value"]["path"])
    assert painted.name.startswith("holiday-") and "4 frames" in shown["iris-status"]
    assert facts_of(painted).size == (48, 32) and list(sound_of(painted)) == list(sound_of(clip))


NO_CLIPS = {
    "letter.mp4": b"Dear Iris, this is not a clip.",
    "playlist.mp4": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "picture.png": encoded(quarters(), "PNG"),
}


@pytest.mark.parametrize("name", NO_CLIPS)
def test_what_is_no_clip_is_refused(visitor: Visitor, upload: Write, name: str) -> None:
    with pytest.raises(PageRefused, match="no clip"):
        visitor.press("Paint the clip", {"Your clip": visitor.upload(upload(name, NO_CLIPS[name]))})


def test_a_picture_that_is_taken_away_leaves_nothing_to_save(visitor: Visitor) -> None:
    shown = visitor.change("Your picture", "clear", {}, has="Result")
    assert shown["iris-actions"]["visible"] is False and "Choose a picture" in shown["iris-status"]


def test_a_field_that_is_still_empty_at_the_opening_leaves_the_result_as_it_is(visitor: Visitor) -> None:
    shown = visitor.change("Your picture", "change", {"Your picture": None}, has="Result")
    assert "Choose a picture" not in str(shown) and "iris-stale" not in str(shown)
    assert "visible" not in shown["iris-actions"]
