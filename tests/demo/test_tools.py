"""The endpoints as tools of assistants, by the Model Context Protocol."""

import base64
import json
from typing import Any

import httpx
import pytest
from page_server import PATIENCE, Server

from demo import settings
from demo.samples import samples
from demo.settings import Settings, check_mcp
from zoo.errors import Missing


def ask(server: Server, method: str, **given: object) -> dict[str, Any]:
    """The result of one message of the protocol."""
    headers = {"Accept": "application/json, text/event-stream"}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
    address = f"{server.url}/gradio_api/mcp/"
    answer = httpx.post(address, json=message, headers=headers, timeout=PATIENCE, follow_redirects=True)
    [told] = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    return json.loads(told.removeprefix("data: "))["result"]


def test_the_stable_endpoints_are_the_tools_and_say_what_they_take(server: Server) -> None:
    tools = {tool["name"]: tool for tool in ask(server, "tools/list")["tools"]}
    assert set(tools) == {
        "stylize", "stylize_from_artwork", "upscale", "name_image", "find_images", "similar_images", "models",
    }  # fmt: skip
    taken = tools["stylize"]["inputSchema"]
    assert taken["required"] == ["picture"] and taken["properties"]["strength"]["maximum"] == 1
    assert "starry-night" in str(taken["properties"]["blend"])
    assert all(
        argument["description"] for tool in tools.values() for argument in tool["inputSchema"]["properties"].values()
    )


def test_an_assistant_has_a_picture_named_and_painted(server: Server) -> None:
    photo = base64.b64encode(samples()["cheetah"].path.read_bytes()).decode()
    given = {"picture": f"data:image/jpeg;base64,{photo}"}
    [said] = ask(server, "tools/call", name="name_image", arguments=given)["content"]
    painted = ask(server, "tools/call", name="stylize", arguments=given)["content"]
    assert "cheetah" in said["text"] and "image" in [part["type"] for part in painted]


@pytest.mark.parametrize(
    ("tool", "given", "kind"),
    [("models", {}, list), ("find_images", {"query": "cat"}, list), ("name_image", None, dict)],
)
def test_what_is_no_file_comes_as_json(server: Server, tool: str, given: dict[str, object] | None, kind: type) -> None:
    photo = base64.b64encode(samples()["cheetah"].path.read_bytes()).decode()
    arguments = {"picture": f"data:image/jpeg;base64,{photo}"} if given is None else given
    [said] = ask(server, "tools/call", name=tool, arguments=arguments)["content"]
    told = json.loads(said["text"])
    assert isinstance(told, kind) and told


def test_an_assistant_names_a_picture_that_it_uploaded_and_none_elsewhere(server: Server) -> None:
    upload = httpx.post(
        f"{server.url}/gradio_api/upload", files={"files": ("a.jpg", samples()["cheetah"].path.read_bytes())}
    )
    own = f"{server.url}/gradio_api/file={upload.json()[0]}"
    answers = [
        ask(server, "tools/call", name="name_image", arguments={"picture": address})
        for address in (own, "http://127.0.0.1:1/a.jpg", "http://127.0.0.1:1/gradio_api/file=/etc/hostname")
    ]
    assert [answer["isError"] for answer in answers] == [False, True, True]


def test_where_the_package_is_missing_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    check_mcp(Settings())
    with pytest.raises(Missing, match="run: pip install 'mcp<2'"):
        check_mcp(Settings(mcp=True))
