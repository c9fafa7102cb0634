"""The web API: what each endpoint gives for good pictures and words."""

from pathlib import Path
from typing import Any

import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError
from page_requests import Write, mean_difference, picture, plain_call, styles_of
from page_server import Server
from picture_files import encoded, quarters, srgb_profile
from PIL import Image

from demo.samples import samples
from demo.style.style_options import opening_style
from zoo.images.decode import open_picture

PROFILE = srgb_profile()


ENDPOINTS = {
    "/stylize", "/stylize_from_artwork", "/upscale", "/name_image", "/find_images", "/similar_images", "/models",
}  # fmt: skip


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
    assert mean_difference(before, after) > 6


def test_less_strength_stays_nearer_to_the_picture(server: Server) -> None:
    photo = open_picture(samples()["cat"].path)
    weak, full = (server.client.predict(picture("cat"), strength=share, api_name="/stylize") for share in (0.0, 1.0))
    assert mean_difference(open_picture(weak), photo) < mean_difference(open_picture(full), photo) / 2


def test_styles_blend_by_their_shares(server: Server) -> None:
    first, second = styles_of(server)[:2]
    blends = ({first: 1.0}, {first: 0.5, second: 0.5}, {second: 1.0})
    one, both, other = (open_picture(server.client.predict(picture("cat"), mix, api_name="/stylize")) for mix in blends)
    assert 0 < mean_difference(one, both) < mean_difference(one, other)


def test_another_style_is_painted_outside_a_mask(server: Server, upload: Write) -> None:
    first, second = styles_of(server)[:2]
    masks = (handle_file(upload(f"{ink}.png", encoded(Image.new("L", (9, 9), ink), "PNG"))) for ink in (255, 0))

    def painted(**given: Any) -> Image.Image:
        return open_picture(server.client.predict(picture("cat"), **given, size=64, api_name="/stylize"))

    inside, around = (painted(blend={first: 1.0}, mask=mask, outside={second: 1.0}) for mask in masks)
    alone, other = painted(blend={first: 1.0}), painted(blend={second: 1.0})
    assert mean_difference(inside, alone) == mean_difference(around, other) == 0 < mean_difference(alone, other)


def test_an_artwork_is_taken_over_by_optimisation(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 64, "iterations": 2}
    painted = Path(server.client.predict(picture("cheetah"), **given, api_name="/stylize_from_artwork"))
    assert painted.name == "cheetah1-after-artwork.jpg" and open_picture(painted).size == (256, 256)


def test_an_optimised_picture_is_painted_on_up_to_its_full_size_if_asked_for(server: Server) -> None:
    given: dict[str, Any] = {"artwork": picture("pagoda"), "size": 64, "iterations": 2}
    given["api_name"] = "/stylize_from_artwork"
    enlarged, painted = (server.client.predict(picture("cheetah"), **given, full_size=full) for full in (False, True))
    assert mean_difference(open_picture(enlarged), open_picture(painted)) > 3


def test_a_recipe_changes_the_optimisation(server: Server) -> None:
    given: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "size": 64,
        "iterations": 2,
        "api_name": "/stylize_from_artwork",
    }
    recipes = ({}, {"start": "noise", "optimizer": "adam"})
    usual, other = (server.client.predict(picture("cheetah"), **given, recipe=recipe) for recipe in recipes)
    assert mean_difference(open_picture(usual), open_picture(other)) > 10


def test_one_map_without_the_other_is_refused(server: Server) -> None:
    given: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "artwork_map": picture("coins"),
        "api_name": "/stylize_from_artwork",
    }
    with pytest.raises(AppError, match="two maps"):
        server.client.predict(picture("cheetah"), **given)


def test_an_argument_may_be_left_out_over_plain_http(server: Server) -> None:
    told = plain_call(server, "find_images", {"data": ["beverage"]})
    assert "event: complete" in told and "coffee.png" in told


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
