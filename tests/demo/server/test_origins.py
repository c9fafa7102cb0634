"""Who may use the server: its own pages and callers that are no pages; and who may frame it."""

import socket

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from demo.server.origins import OriginGuard, own_names, own_pages
from demo.settings import Settings

PAGE = PlainTextResponse("page")


def status(host: str, settings: Settings | None = None, **headers: str) -> int:
    """How a request for this host with these headers is answered."""
    client = TestClient(OriginGuard(PAGE, own_names(settings or Settings()), own_pages(settings or Settings())))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/", headers={"host": host} | named).status_code


@pytest.fixture(autouse=True)
def _no_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "192.168.1.5:80", "[::1]:7860", "iris.localhost"])
def test_a_server_is_reached_by_address_and_local_name(host: str) -> None:
    assert status(host) == status(host, origin=f"http://{host}") == 200


@pytest.mark.parametrize(
    "host", ["evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example", "", "a b", "["]
)
def test_a_foreign_name_is_refused(host: str) -> None:
    assert status(host) == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:3000", "null", "", "https://localhost.evil.example", "http://["]
)
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert status("localhost:7860", origin=origin) == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "192.168.1.5", socket.gethostname()])
def test_another_page_of_the_same_machine_is_foreign(host: str) -> None:
    assert status(f"{host}:7860", Settings(host=host), origin=f"http://{host}:7860") == 200
    assert status(f"{host}:7860", Settings(host=host), origin=f"http://{host}:3000") == 403


def test_by_a_name_of_its_own_dns_rebinding_reads_nothing() -> None:
    assert status("evil.example:7860", origin="http://evil.example:7860") == 403


def test_a_proxy_shows_the_server_under_the_names_that_it_was_given() -> None:
    settings = Settings(hosts=("iris.example.org", "*.example.net"))
    assert status("iris.example.org", settings) == status("a.example.net", settings) == 200
    assert status("127.0.0.1:7860", settings, origin="https://iris.example.org") == 200
    assert status("example.net", settings) == status("other.example.org", settings) == 403


def test_pictures_and_scripts_are_not_loaded_by_other_sites_but_links_work() -> None:
    assert status("localhost", sec_fetch_site="cross-site", sec_fetch_mode="no-cors") == 403
    assert status("localhost", sec_fetch_site="cross-site", sec_fetch_mode="navigate") == 200
    assert status("localhost", sec_fetch_site="same-origin", sec_fetch_mode="cors") == 200


def test_a_shared_link_and_a_space_have_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status("abc.gradio.live") == status("someone-iris.hf.space") == 403
    assert status("abc.gradio.live", Settings(share=True)) == 200
    monkeypatch.setenv("SPACE_ID", "someone/iris")
    assert status("someone-iris.hf.space", origin="https://someone-iris.hf.space") == 200


@pytest.mark.parametrize("in_space", [False, True])
def test_only_a_space_may_frame_the_page(in_space: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if in_space:
        monkeypatch.setenv("SPACE_ID", "someone/iris")
    for host in ("localhost", "evil.example"):
        headers = TestClient(OriginGuard(PAGE, own_names(Settings()))).get("/", headers={"host": host}).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert ("x-frame-options" in headers) != in_space
        assert ("huggingface.co" in headers["content-security-policy"]) == in_space
