"""A visitor of the page: presses its buttons over HTTP, as the page in a browser does."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from gradio_client.utils import apply_diff


@dataclass(frozen=True)
class Visitor:
    """One session at a server."""

    url: str
    session: str = field(default_factory=lambda: uuid4().hex)

    def upload(self, path: Path) -> dict[str, object]:
        """A file as the page sends it."""
        with path.open("rb") as file:
            answer = httpx.post(f"{self.url}/gradio_api/upload", files={"files": (path.name, file)})
        meta = {"_type": "gradio.FileData"}
        return {"path": answer.raise_for_status().json()[0], "orig_name": path.name, "meta": meta}

    def fields(self) -> dict[str, object]:
        """What the fields of the page hold at first, by label."""
        components = httpx.get(f"{self.url}/config").json()["components"]
        return {_label(part["props"]): part["props"].get("value") for part in components}

    def press(self, label: str, given: dict[str, object]) -> dict[str, object]:
        """Press a button with these values in the fields of these labels; what the page then shows, by label."""
        config = httpx.get(f"{self.url}/config").json()
        parts = {part["id"]: part["props"] for part in config["components"]}
        button = next(i for i, props in parts.items() if props.get("value") == label and "variant" in props)
        calls = config["dependencies"]
        click = next(call for call in calls if [button, "click"] in [list(target) for target in call["targets"]])
        job = next((call for call in calls if call.get("trigger_after") == click["id"]), click)
        data = [given.get(_label(parts[i]), parts[i].get("value")) for i in job["inputs"]]
        assert set(given) <= {_label(parts[i]) for i in job["inputs"]}
        body = {"data": data, "fn_index": job["id"], "session_hash": self.session, "event_data": None}
        httpx.post(f"{self.url}/gradio_api/queue/join", json=body).raise_for_status()
        shown = self._last()
        return {_label(parts[i]): value for i, value in zip(job["outputs"], shown, strict=True)}

    def _last(self) -> list[object]:
        shown: list[object] = []
        address = f"{self.url}/gradio_api/queue/data?session_hash={self.session}"
        with httpx.stream("GET", address, timeout=60) as events:
            for line in events.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                output = told.get("output") or {}
                if told.get("msg") == "process_generating":
                    new = output["data"]
                    shown = [apply_diff(old, diff) for old, diff in zip(shown, new, strict=True)] if shown else new
                if told.get("msg") == "process_completed":
                    assert told["success"], output.get("error")
                    return shown or output["data"]
        raise AssertionError("the server went away")


def _label(props: dict[str, Any]) -> str:
    return props.get("label") or " ".join(props.get("elem_classes") or [])
