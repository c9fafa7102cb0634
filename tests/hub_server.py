"""A small hub on loopback that answers as the Hugging Face Hub does for the files of one repository."""

import json
import sys
import threading
from base64 import b64decode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket


@dataclass
class Hub:
    """What the server holds and how it misbehaves; requests are noted as (method, path, has a token)."""

    repo: str
    filename: str
    revision: str
    data: bytes
    more: dict[str, bytes] = field(default_factory=dict)  # other files by name
    token: str | None = None  # who may read, or everybody
    cut_at: int | None = None  # the CDN has only so many bytes
    break_at: int | None = None  # the connection breaks once after so many bytes
    status: int | None = None  # the hub is down with this status
    requests: list[tuple[str, str, bool]] = field(default_factory=list)
    committed: dict[str, bytes] = field(default_factory=dict)  # what was pushed, by path
    url: str = ""

    @property
    def files(self) -> dict[str, bytes]:
        return {self.filename: self.data, **self.more}

    @property
    def cdn(self) -> str:
        """The same server under another host name, as the hub's files lie with another host."""
        return self.url.replace("127.0.0.1", "localhost")


@contextmanager
def served(hub: Hub) -> Generator[Hub]:
    """Serve the hub on a free port of this machine until the block ends."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # of one who was killed
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        hub, body = self.hub, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != f"Bearer {hub.token}":
            self._send(401, {"X-Error-Message": "Invalid username or password."})
        elif self.path == "/api/repos/create":
            self._send_json({"url": f"{hub.url}/{hub.repo}"})
        elif self.path == f"/api/models/{hub.repo}/preupload/main":
            paths = [file["path"] for file in json.loads(body)["files"]]
            files = [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in paths]
            self._send_json({"files": files})
        elif self.path == f"/api/models/{hub.repo}/commit/main":
            parts = [json.loads(line) for line in body.splitlines()]
            sent = [part["value"] for part in parts if part["key"] == "file"]
            hub.committed = {file["path"]: b64decode(file["content"]) for file in sent}
            url = f"{hub.url}/{hub.repo}/commit/{hub.revision}"
            self._send_json({"success": True, "commitOid": hub.revision, "commitUrl": url, "hookOutput": ""})
        else:
            self._send(404)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing; the tests read `requests`."""

    def _answer(self) -> None:
        hub, sent = self.hub, self.headers.get("Authorization")
        hub.requests.append((self.command, self.path, sent is not None))
        stored = {f"/cdn/{sha256(data).hexdigest()}": data for data in hub.files.values()}
        name = self.path.removeprefix(f"/{hub.repo}/resolve/{hub.revision}/")
        if self.path in stored:
            self._file(stored[self.path])
        elif hub.status is not None:
            self._send(hub.status)
        elif hub.token is not None and sent != f"Bearer {hub.token}":
            self._send(401, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access to this model is restricted."})
        elif not self.path.startswith(f"/{hub.repo}/resolve/"):
            self._send(404, {"X-Error-Code": "RepoNotFound"})
        elif not self.path.startswith(f"/{hub.repo}/resolve/{hub.revision}/"):
            self._send(404, {"X-Error-Code": "RevisionNotFound"})
        elif name not in hub.files:
            self._send(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": hub.revision})
        else:
            self._redirect(hub.files[name])

    def _redirect(self, data: bytes) -> None:
        hub, digest = self.hub, sha256(data).hexdigest()
        size = len(data) if hub.cut_at is None else hub.cut_at + 1
        linked = {"X-Linked-ETag": f'"{digest}"', "X-Linked-Size": str(size), "ETag": '"pointer"'}
        self._send(302, {"X-Repo-Commit": hub.revision, "Location": f"{hub.cdn}/cdn/{digest}", **linked})

    def _file(self, data: bytes) -> None:
        hub = self.hub
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        body = data[start : hub.cut_at]
        ranged = {"Content-Range": f"bytes {start}-{start + len(body) - 1}/{start + len(body)}"} if start else {}
        if hub.break_at is None or self.command == "HEAD":
            return self._send(206 if start else 200, ranged, body)
        whole, body, hub.break_at = len(body), body[: hub.break_at], None
        self._send(206 if start else 200, {**ranged, "Content-Length": str(whole)}, body)
        self.close_connection = True
        return None

    def _send_json(self, answer: dict[str, object]) -> None:
        self._send(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _send(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
