"""The page as its users meet it: over HTTP, with good pictures and bad ones."""

import re
import time
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError, ValidationError
from page_server import PATIENCE, Server
from page_visitor import Visitor
from picture_files import bomb, encoded, quarters, remarks, srgb_profile
from PIL import Image, ImageChops, ImageStat

from demo.samples import samples
from demo.style.style_options import opening_style
from zoo.images.decode import open_picture

WEB = httpx.Client(timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0))
PROFILE = srgb_profile()
ENDPOINTS = {
    "/stylize", "/stylize_from_artwork", "/upscale", "/name_image", "/find_images", "/similar_images", "/models",
}  # fmt: skip
Write = Callable[[str, bytes], Path]

GOOD = {
    "animated.gif": encoded(quarters(), "GIF", save_all=True, append_images=[quarters("L").convert("RGB")]),
    "one-pixel.png": encoded(Image.new("RGB", (1, 1), "red"), "PNG"),
    "cmyk.jpg": encoded(quarters("CMYK"), "JPEG"),
    "sixteen-bit.png": encoded(Image.new("I;16", (20, 10), 40_000), "PNG"),
    "palette.png": encoded(quarters("P"), "PNG", transparency=0),
    "turned.jpg": encoded(quarters(), "JPEG", exif=remarks(Orientation=6)),
    "really-a-png.jpg": encoded(quarters(), "PNG"),
}
BAD = {
    "letter.png": (b"Dear Iris, this is not a picture.", "not a picture"),
    "empty.png": (b"", "empty"),
    "cut.png": (encoded(Image.effect_noise((64, 64), 90), "PNG")[:900], "damaged or cut short"),
    "bomb.png": (bomb(), "too large"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG"),
}


def picture(title: str) -> Any:  # noqa: ANN401  # whatever gradio_client makes of a file
    """A sample photo as the client sends it."""
    return handle_file(samples()[title].path)


def test_the_api_has_the_seven_stable_endpoints_and_no_other(server: Server) -> None:
    told = server.client.view_api(return_format="dict")
    assert isinstance(told, dict)
    assert set(told["named_endpoints"]) == ENDPOINTS
    assert not told["unnamed_endpoints"]
    assert all(endpoint["description"] for endpoint in told["named_endpoints"].values())


def test_the_models_are_listed_with_their_licence_and_size(server: Server) -> None:
    listed = {model["key"]: model for model in server.client.predict(api_name="/models")}
    assert {"style.paintings", "sr.fidelity-x4", "devise.nouns"} <= set(listed)
    assert all(model["licence"] for model in listed.values())
    assert len(listed["style.paintings"]["styles"]) >= 2


def test_a_stylized_picture_keeps_its_size_and_changes(server: Server) -> None:
    painted = Path(server.client.predict(picture("cat"), api_name="/stylize"))
    before, after = open_picture(samples()["cat"].path), open_picture(painted)
    assert painted.name == f"chelsea-{opening_style()}.png" and after.size == before.size
    assert _mean_difference(before, after) > 6


def test_less_strength_stays_nearer_to_the_picture(server: Server) -> None:
    photo = open_picture(samples()["cat"].path)
    weak, full = (server.client.predict(picture("cat"), strength=share, api_name="/stylize") for share in (0.0, 1.0))
    assert _mean_difference(open_picture(weak), photo) < _mean_difference(open_picture(full), photo) / 2


def test_styles_blend_by_their_shares(server: Server) -> None:
    first, second = _styles(server)[:2]
    blends = ({first: 1.0}, {first: 0.5, second: 0.5}, {second: 1.0})
    one, both, other = (open_picture(server.client.predict(picture("cat"), mix, api_name="/stylize")) for mix in blends)
    assert 0 < _mean_difference(one, both) < _mean_difference(one, other)


def test_another_style_is_painted_outside_a_mask(server: Server, upload: Write) -> None:
    first, second = _styles(server)[:2]
    masks = (handle_file(upload(f"{ink}.png", encoded(Image.new("L", (9, 9), ink), "PNG"))) for ink in (255, 0))

    def painted(**given: Any) -> Image.Image:
        return open_picture(server.client.predict(picture("cat"), **given, size=64, api_name="/stylize"))

    inside, around = (painted(blend={first: 1.0}, mask=mask, outside={second: 1.0}) for mask in masks)
    alone, other = painted(blend={first: 1.0}), painted(blend={second: 1.0})
    assert _mean_difference(inside, alone) == _mean_difference(around, other) == 0 < _mean_difference(alone, other)


def test_an_artwork_is_taken_over_by_optimisation(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 64, "iterations": 2}
    painted = Path(server.client.predict(picture("cheetah"), **given, api_name="/stylize_from_artwork"))
    assert painted.name == "cheetah1-after-artwork.jpg" and open_picture(painted).size == (256, 256)


def test_an_optimised_picture_is_painted_on_up_to_its_full_size_if_asked_for(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 64, "iterations": 2}
    given["api_name"] = "/stylize_from_artwork"
    enlarged, painted = (server.client.predict(picture("cheetah"), **given, full_size=full) for full in (False, True))
    assert _mean_difference(open_picture(enlarged), open_picture(painted)) > 3


def test_a_recipe_changes_the_optimisation(server: Server) -> None:
    given: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "size": 64,
        "iterations": 2,
        "api_name": "/stylize_from_artwork",
    }
    recipes = ({}, {"start": "noise", "optimizer": "adam"})
    usual, other = (server.client.predict(picture("cheetah"), **given, recipe=recipe) for recipe in recipes)
    assert _mean_difference(open_picture(usual), open_picture(other)) > 10


def test_one_map_without_the_other_is_refused(server: Server) -> None:
    given: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "artwork_map": picture("coins"),
        "api_name": "/stylize_from_artwork",
    }
    with pytest.raises(AppError, match="two maps"):
        server.client.predict(picture("cheetah"), **given)


def test_a_cancelled_job_really_stops(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 512, "iterations": 500}
    job = server.client.submit(picture("astronaut"), **given, api_name="/stylize_from_artwork")
    while not job.outputs():
        time.sleep(0.1)
    job.cancel()
    done = len(job.outputs())
    given |= {"size": 64, "iterations": 1}
    server.client.predict(picture("cheetah"), **given, api_name="/stylize_from_artwork")
    assert len(job.outputs()) < done + 50  # what came after it in the same line did not wait for all 500


def test_who_paints_in_one_pass_does_not_wait_for_anothers_optimisation(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 384, "iterations": 500}
    job = server.client.submit(picture("astronaut"), **given, api_name="/stylize_from_artwork")
    while not job.outputs():
        time.sleep(0.1)
    server.client.predict(picture("cheetah"), api_name="/stylize")
    assert not job.done()
    job.cancel()


def test_a_job_whose_visitor_has_gone_makes_room_for_the_next(server: Server) -> None:
    gone, photo = Visitor(server.url), samples()["cheetah"].path
    given = {"Your picture": gone.upload(photo), "The artwork": gone.upload(photo), "Iterations": 500}
    assert "of 500" in gone.press_and_leave("Refine", given)["iris-status"]
    short: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "size": 64,
        "iterations": 1,
        "api_name": "/stylize_from_artwork",
    }
    assert server.client.predict(picture("cheetah"), **short)


def test_who_waits_is_told_how_many_are_before(server: Server) -> None:
    first, second, photo = Visitor(server.url), Visitor(server.url), samples()["cheetah"].path
    given = {"Your picture": first.upload(photo), "The artwork": first.upload(photo), "Iterations": 500}
    with first.pressed("Refine", given) as steps:
        next(steps)
        told = second.press_and_leave("Refine", given)["iris-status"]
    assert "Waiting: 1 job is before yours" in told


def test_an_argument_may_be_left_out_over_plain_http(server: Server) -> None:
    told = _plain_call(server, "find_images", {"data": ["beverage"]})
    assert "event: complete" in told and "coffee.png" in told


def test_a_picture_inside_a_request_is_refused_in_a_sentence(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/name_image"
    refused = WEB.post(address, json={"data": ["data:image/png;base64,AAAA"]})
    assert refused.status_code == 400 and "picture must be an uploaded file" in refused.text


def test_an_upscaled_picture_is_exactly_four_times_as_large_with_the_same_profile(
    server: Server, upload: Write
) -> None:
    small = upload("holiday photo.jpg", encoded(quarters(), "JPEG", icc_profile=PROFILE))
    path = Path(server.client.predict(handle_file(small), api_name="/upscale"))
    large = open_picture(path)
    assert path.name == "holiday-photo-x4.png" and large.size == (192, 128)
    assert large.info["icc_profile"] == PROFILE


def test_an_upscaled_picture_may_have_another_width(server: Server, upload: Write) -> None:
    small = upload("a.png", encoded(quarters(), "PNG"))
    path = Path(server.client.predict(handle_file(small), "sr.fidelity-x4", width=150, api_name="/upscale"))
    assert path.name == "a-150px.png" and open_picture(path).size == (150, 100)


def test_a_picture_is_named_in_the_shape_of_the_command_line(server: Server) -> None:
    said = server.client.predict(picture("cat"), top=7, sureness=0.01, api_name="/name_image")
    assert set(said) == {"file", "known", "answer", "also", "kind", "words"} and said["known"] is True
    assert set(said["answer"]) == {"word", "synset", "sureness"}
    assert len(said["words"]) == 7 and set(said["words"][0]) == {"word", "synset", "score", "seen"}
    scores = [word["score"] for word in said["words"]]
    assert scores == sorted(scores, reverse=True)


def test_nouns_of_the_training_can_be_left_out(server: Server) -> None:
    said = server.client.predict(picture("cat"), unseen_only=True, api_name="/name_image")
    assert said["words"] and not any(word["seen"] for word in said["words"])


def test_a_word_finds_photos_of_the_folder_best_first(server: Server) -> None:
    found = server.client.predict("beverage", top=3, api_name="/find_images")
    assert found[0]["file"] == "coffee.png"
    scores = [hit["score"] for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_a_photo_of_the_folder_is_most_like_itself(server: Server) -> None:
    found = server.client.predict(picture("rocket"), top=2, api_name="/similar_images")
    assert found[0]["file"] == "rocket.jpg" and found[0]["score"] > 0.99


@pytest.mark.parametrize("name", GOOD)
def test_every_common_form_of_picture_is_taken(server: Server, upload: Write, name: str) -> None:
    given = upload(name, GOOD[name])
    painted = server.client.predict(handle_file(given), api_name="/stylize")
    assert open_picture(painted).size == open_picture(given).size  # open_picture turns, as a viewer does


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("endpoint", ["/stylize", "/upscale", "/name_image", "/similar_images"])
def test_every_bad_picture_is_refused_in_one_sentence(server: Server, upload: Write, name: str, endpoint: str) -> None:
    data, reason = BAD[name]
    with pytest.raises(AppError, match=reason) as refusal:
        server.client.predict(handle_file(upload(name, data)), api_name=endpoint)
    assert "\n" not in str(refusal.value) and "Traceback" not in str(refusal.value)


@pytest.mark.parametrize(
    ("query", "reason"), [("", "empty"), ("   ", "empty"), ("lion " * 2000, "10,000"), ("xqzzwv", "xqzzwv")]
)
def test_a_query_without_sense_is_refused(server: Server, query: str, reason: str) -> None:
    with pytest.raises(AppError, match=reason):
        server.client.predict(query, api_name="/find_images")


def test_markup_in_a_query_comes_back_escaped(server: Server) -> None:
    with pytest.raises(AppError, match="takes away") as refusal:
        server.client.predict("<b>cat - <b>cat", api_name="/find_images")
    assert "<b>" not in str(refusal.value)


@pytest.mark.parametrize(
    ("endpoint", "arguments", "named"),
    [
        ("/stylize", {"strength": 7.0}, "strength"),
        ("/stylize", {"blend": {"no-such-style": 1.0}}, "no-such-style"),
        ("/stylize", {"blend": {}}, None),
        ("/stylize", {"size": 3}, "size"),
        ("/stylize_from_artwork", {"artwork": picture("coins"), "recipe": {"salt": 1}}, "salt"),
        ("/stylize_from_artwork", {"artwork": picture("coins"), "recipe": {"start": "nowhere"}}, "start"),
        ("/upscale", {"model": "style.paintings"}, "enlarges"),
        ("/upscale", {"model": "/etc/passwd"}, "enlarges"),
        ("/upscale", {"detail": 1.5}, "detail"),
        ("/upscale", {"width": 0}, "width"),
        ("/name_image", {"top": 0}, "top"),
        ("/name_image", {"sureness": "very"}, "sureness"),
        ("/name_image", {"sureness": 0.0}, "sureness"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(
    server: Server, endpoint: str, arguments: dict[str, Any], named: str | None
) -> None:
    if named is None:  # nothing chosen is the same as nothing said
        assert server.client.predict(picture("cheetah"), **arguments, api_name=endpoint)
        return
    with pytest.raises(AppError, match=named):
        server.client.predict(picture("cheetah"), **arguments, api_name=endpoint)


def test_a_picture_over_the_limit_of_pixels_is_refused_before_upscaling(server: Server) -> None:
    with pytest.raises(AppError, match="too large"):
        server.client.predict(picture("astronaut"), api_name="/upscale")


def test_an_upload_over_the_limit_of_bytes_is_turned_away(server: Server) -> None:
    answer = WEB.post(f"{server.url}/gradio_api/upload", files={"files": ("a.png", bytes(3 * 2**20))})
    assert answer.status_code == 413


@pytest.mark.parametrize("with_meta", [True, False])
@pytest.mark.parametrize("endpoint", ["name_image", "upscale", "stylize"])
def test_no_file_of_the_server_can_be_named_as_an_upload(server: Server, endpoint: str, with_meta: bool) -> None:
    neighbour = {"path": str(server.photos.parent / "neighbour.png")}
    told = _call(server, endpoint, neighbour | ({"meta": {"_type": "gradio.FileData"}} if with_meta else {}))
    assert "event: error" in told and "event: complete" not in told


def test_only_files_that_were_made_to_be_served_are_served(server: Server) -> None:
    root = Path(__file__).parents[2]
    inside = next(server.photos.iterdir())
    outside = (root / "app.py", root / "zoo" / "weights" / "manifest.json", "/etc/passwd", inside)
    traversal = f"{server.photos}/../neighbour.png"
    for path in (*outside, server.photos.parent / "neighbour.png", traversal):
        assert WEB.get(f"{server.url}/gradio_api/file={path}").status_code in (403, 404), path


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/a.png", "https://example.org/a.png"])
def test_the_server_fetches_no_address_for_anybody(server: Server, address: str) -> None:
    assert WEB.get(f"{server.url}/gradio_api/file={address}").status_code == 403
    named = {"data": [{"path": address, "meta": {"_type": "gradio.FileData"}}, 1, 0.5, False]}
    answer = WEB.post(f"{server.url}/gradio_api/call/name_image", json=named)
    assert answer.status_code == 400 and "picture itself" in answer.text


def test_who_gives_an_address_to_the_client_is_told_what_to_give(server: Server) -> None:
    with pytest.raises(ValidationError, match="send the picture itself, not its address"):
        server.client.predict(handle_file("http://127.0.0.1:1/a.png"), api_name="/name_image")


def test_a_request_larger_than_any_of_the_page_is_turned_away(server: Server) -> None:
    drawn = {"picture": {"url": "data:image/png;base64," + "A" * 2**20}}
    assert WEB.post(f"{server.url}/gradio_api/call/v2/name_image", json=drawn).status_code == 413


def test_the_page_fetches_nothing_from_outside(server: Server) -> None:
    html = WEB.get(server.url).text
    addresses = _Addresses()
    addresses.feed(html)
    assert addresses.fetched and not [address for address in addresses.fetched if "//" in address]
    styles = WEB.get(f"{server.url}/theme.css").text
    assert not re.findall(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", html + styles)


def test_the_pictures_to_choose_from_are_served_as_files(server: Server) -> None:
    page = WEB.get(server.url).text
    addresses = set(re.findall(r"/gradio_api/file=[^\s\"'\\\\>]+\.webp", page))
    assert len(addresses) > len(_styles(server)) and "data:image/webp" not in page
    assert {WEB.get(server.url + address).status_code for address in addresses} == {200}


def test_the_page_shows_its_own_title_and_no_recording_of_users(server: Server) -> None:
    told = WEB.get(f"{server.url}/config").json()
    assert told["title"] == "Iris" and not told["analytics_enabled"]


class _Addresses(HTMLParser):
    """What a browser would fetch for a page of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("href") if tag == "link" else given.get("src")
        if address:
            self.fetched.append(address)


def _styles(server: Server) -> list[str]:
    models = server.client.predict(api_name="/models")
    return next(model["styles"] for model in models if model["key"] == "style.paintings")


def _call(server: Server, endpoint: str, picture: Mapping[str, object]) -> str:
    """What curl gets: the event id, then the stream of events."""
    address = f"{server.url}/gradio_api/call/v2/{endpoint}"
    event = WEB.post(address, json={"picture": picture}).json()["event_id"]
    return WEB.get(f"{server.url}/gradio_api/call/{endpoint}/{event}").text


def _plain_call(server: Server, endpoint: str, body: dict[str, object]) -> str:
    address = f"{server.url}/gradio_api/call/{endpoint}"
    event = WEB.post(address, json=body).json()["event_id"]
    return WEB.get(f"{address}/{event}").text


def _mean_difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3
