"""The page whose jobs run on a Ray cluster: the same answers, the same Stop, and a lost worker in one sentence."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from browser_page import BrowserPage
from gradio_client import handle_file
from gradio_client.exceptions import AppError
from page_server import Server, serve
from page_visitor import PageRefused, Visitor
from picture_files import encoded
from PIL import Image
from playwright.sync_api import Browser

from demo.samples import samples
from zoo.images.decode import open_picture

WORKERS = 2
ARTWORK_PANEL = ("Your picture", "The artwork")
LONG = {"Iterations": 500}

ray = pytest.importorskip("ray", reason="Ray is not installed; see requirements-cluster.txt")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page with two workers of its own."""
    with serve(tmp_path_factory.mktemp("served"), "--engine", "ray", "--jobs", str(WORKERS)) as running:
        yield running


@pytest.fixture
def browser_page(browser: Browser, cluster: Server) -> Iterator[BrowserPage]:
    """That page open in a browser."""
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        yield BrowserPage(context.new_page(), cluster.url)


def picture(title: str) -> object:
    """A sample photo as the client sends it."""
    return handle_file(samples()[title].path)


def worker_processes() -> list[int]:
    """The processes that run jobs."""
    names = {path.parent.name: path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()}
    return [int(process) for process, name in names.items() if name.startswith(b"ray::ServeReplica:iris")]


def until_refused(shown: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the page shows until a job ends in a refusal."""
    with suppress(PageRefused):
        yield from shown


def test_the_page_and_the_list_of_models_say_which_engine_runs_them(cluster: Server) -> None:
    listed = cluster.client.predict(api_name="/models")
    assert {model["engine"] for model in listed} == {"ray"}
    texts = Visitor(cluster.url).fields().values()
    assert any(f"runs on {WORKERS} workers" in text for text in texts if isinstance(text, str))


def test_a_picture_is_painted_in_one_pass(cluster: Server) -> None:
    assert open_picture(cluster.client.predict(picture("cat"), api_name="/stylize")).size == (451, 300)


def test_a_picture_is_painted_after_an_artwork(cluster: Server) -> None:
    given: dict[str, Any] = {
        "artwork": picture("pagoda"),
        "size": 64,
        "iterations": 20,
        "api_name": "/stylize_from_artwork",
    }
    job = cluster.client.submit(picture("cat"), **given)
    assert open_picture(job.result()).size == (451, 300)
    assert len(job.outputs()) > 20  # every step came


def test_sixteen_bits_are_enlarged_to_sixteen(cluster: Server, upload: Callable[[str, bytes], Path]) -> None:
    deep = upload("deep.png", encoded(Image.new("I;16", (20, 10), 40_000), "PNG"))
    large = open_picture(cluster.client.predict(handle_file(deep), api_name="/upscale"))
    assert (large.size, large.mode) == ((80, 40), "I;16")


def test_a_picture_is_named(cluster: Server) -> None:
    assert cluster.client.predict(picture("cat"), api_name="/name_image")["known"]


def test_photos_are_found_by_a_word_and_by_a_picture(cluster: Server) -> None:
    by_word = cluster.client.predict("cat", api_name="/find_images")
    by_picture = cluster.client.predict(picture("cat"), api_name="/similar_images")
    assert by_word[0]["file"] == by_picture[0]["file"] == samples()["cat"].file


def test_a_refusal_is_the_same_sentence_as_here(cluster: Server) -> None:
    with pytest.raises(AppError, match=r"^no style 'xx'; there are "):
        cluster.client.predict(picture("cat"), {"xx": 1.0}, api_name="/stylize")


def test_a_worker_that_is_killed_is_told_in_the_status_and_the_next_job_runs(cluster: Server) -> None:
    visitor, photo = Visitor(cluster.url), samples()["cheetah"].path
    given = {field: visitor.upload(photo) for field in ARTWORK_PANEL} | LONG
    with visitor.pressed("Refine", given) as shown:
        next(shown)
        for process in worker_processes():
            os.kill(process, signal.SIGKILL)
        told = list(until_refused(shown))[-1]["iris-status"]
    assert "the worker that did this was lost; try again" in str(told).lower()
    assert open_picture(cluster.client.predict(picture("cat"), api_name="/stylize")).size == (451, 300)


@pytest.mark.browser
def test_stop_ends_the_job_of_a_worker(browser_page: BrowserPage, cluster: Server) -> None:
    page = browser_page.page
    page.locator(".iris-picture img").first.wait_for()
    page.get_by_role("tab", name="Any artwork").click()
    page.get_by_text("Give a picture and an artwork of your own").locator("visible=true").first.wait_for()
    for _ in range(WORKERS):  # a job that went on would keep the next one from the one worker that long ones may use
        page.get_by_role("button", name="Refine").click()
        page.get_by_text("loss").locator("visible=true").first.wait_for()
        page.get_by_role("button", name="Stop").locator("visible=true").click()
        page.get_by_text("Stopped; ").locator("visible=true").first.wait_for()
