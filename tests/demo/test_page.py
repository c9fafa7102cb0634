"""The page as its users meet it: over HTTP, with good pictures and bad ones."""

import re
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError, ValidationError
from page_requests import WEB, Write, picture, styles_of
from page_server import Server
from page_visitor import Visitor
from picture_files import bomb, encoded, quarters, remarks
from PIL import Image

from demo.samples import samples
from zoo.images.decode import open_picture

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


def test_a_picture_inside_a_request_is_refused_in_a_sentence(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/name_image"
    refused = WEB.post(address, json={"data": ["data:image/png;base64,AAAA"]})
    assert refused.status_code == 400 and "picture must be an uploaded file" in refused.text


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
        ("/upscale", {"detail": 2.5}, "detail"),
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
    assert len(addresses) > len(styles_of(server)) and "data:image/webp" not in page
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


def _call(server: Server, endpoint: str, picture: Mapping[str, object]) -> str:
    """What curl gets: the event id, then the stream of events."""
    address = f"{server.url}/gradio_api/call/v2/{endpoint}"
    event = WEB.post(address, json={"picture": picture}).json()["event_id"]
    return WEB.get(f"{server.url}/gradio_api/call/{endpoint}/{event}").text
