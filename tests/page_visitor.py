"""A visitor of the page: presses its buttons over HTTP, as the page in a browser does."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from gradio_client.utils import apply_diff
from page_server import PATIENCE


class PageRefused(Exception):
    """The page refused what a visitor asked for; says what it told the visitor."""


@dataclass(frozen=True)
class Visitor:
    """One session at a server."""

    url: str
    session: str = field(default_factory=lambda: uuid4().hex)
    headers: dict[str, str] = field(default_factory=dict, hash=False)

    def upload(self, path: Path) -> dict[str, Any]:
        """A file as the page sends it."""
        with path.open("rb") as file:
            files, address = {"files": (path.name, file)}, f"{self.url}/gradio_api/upload"
            answer = httpx.post(address, files=files, headers=self.headers, timeout=PATIENCE)
        meta = {"_type": "gradio.FileData"}
        return {"path": answer.raise_for_status().json()[0], "orig_name": path.name, "meta": meta}

    def fields(self) -> dict[str, Any]:
        """What the fields of the page hold at first, by label."""
        components = self._config()["components"]
        return {_label(part["props"]): part["props"].get("value") for part in components}

    def press(self, label: str, given: dict[str, Any]) -> dict[str, Any]:
        """Press a button with these values in the fields of these labels; what the page then shows, by label."""
        config = self._config()
        parts = {part["id"]: part["props"] for part in config["components"]}
        button = next(i for i, props in parts.items() if props.get("value") == label and "variant" in props)
        return self._call(config, self._caller(config, [button, "click"]), given)

    def open(self, tab: int = 0) -> dict[str, Any]:
        """Open the page; what the tab of this number, of those that show something at once, shows, by label."""
        config = self._config()
        loads = [call for call in config["dependencies"] if [target[1] for target in call["targets"]] == ["load"]]
        return self._call(config, loads[tab], {})

    def change(self, label: str, event: str, given: dict[str, Any], *, has: str) -> dict[str, Any]:
        """Let an event of the field of this label happen, at which the part called `has` is updated."""
        config = self._config()
        parts = {part["id"]: part["props"] for part in config["components"]}
        for call in config["dependencies"]:
            fields = [_label(parts[i]) for i, name in call["targets"] if name == event]
            if label in fields and has in [_label(parts[i]) for i in call["outputs"]] and call["backend_fn"]:
                return self._call(config, call, given)
        raise LookupError(f"nothing happens to {has!r} at {event} of {label!r}")

    def _config(self) -> dict[str, Any]:
        return httpx.get(f"{self.url}/config", timeout=PATIENCE).json()

    def _caller(self, config: dict[str, Any], target: list[Any]) -> dict[str, Any]:
        return next(call for call in config["dependencies"] if target in map(list, call["targets"]))

    def _call(self, config: dict[str, Any], call: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        parts = {part["id"]: part["props"] for part in config["components"]}
        self._join(parts, call, given)
        *_, shown = self._steps()
        return {_label(parts[i]): value for i, value in zip(call["outputs"], shown, strict=True)}

    def press_and_leave(self, label: str, given: dict[str, Any]) -> dict[str, Any]:
        """Press a button, wait for the first that the page shows then, and close the page; what it showed."""
        with self.pressed(label, given) as shown:
            return next(shown)

    @contextmanager
    def pressed(self, label: str, given: dict[str, Any]) -> Generator[Iterator[dict[str, Any]]]:
        """Press a button; gives what the page shows, step by step, and closes the page at the end."""
        config = self._config()
        parts = {part["id"]: part["props"] for part in config["components"]}
        button = next(i for i, props in parts.items() if props.get("value") == label and "variant" in props)
        call = self._caller(config, [button, "click"])
        self._join(parts, call, given)
        labels = [_label(parts[i]) for i in call["outputs"]]
        with closing(self._steps()) as steps:
            yield (dict(zip(labels, shown, strict=True)) for shown in steps)

    def _join(self, parts: dict[int, dict], call: dict[str, Any], given: dict[str, Any]) -> None:
        data = [given.get(_label(parts[i]), parts[i].get("value")) for i in call["inputs"]]
        unknown = set(given) - {_label(parts[i]) for i in call["inputs"]}
        if unknown:
            raise LookupError(f"no such fields: {unknown}")
        body = {"data": data, "fn_index": call["id"], "session_hash": self.session, "event_data": None}
        address = f"{self.url}/gradio_api/queue/join"
        httpx.post(address, json=body, headers=self.headers, timeout=PATIENCE).raise_for_status()

    def _steps(self) -> Generator[list[Any]]:
        """Everything that a job shows, one list of values a step."""
        shown: list[Any] = []
        address = f"{self.url}/gradio_api/queue/data?session_hash={self.session}"
        with httpx.stream("GET", address, headers=self.headers, timeout=PATIENCE) as events:
            for line in events.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                output = told.get("output") or {}
                if told.get("msg") == "process_generating" and told["success"]:
                    new = output["data"]
                    shown = [apply_diff(old, diff) for old, diff in zip(shown, new, strict=True)] if shown else new
                    yield shown
                if told.get("msg") == "process_completed":
                    if not told["success"]:
                        raise PageRefused(output.get("error"))
                    if not shown:
                        yield output["data"]
                    return
        raise AssertionError("the server went away")


def _label(props: dict[str, Any]) -> str:
    return props.get("label") or " ".join(props.get("elem_classes") or [])
