"""A web server on loopback for tests: answers are scripted per path, every request is kept and counted."""

from __future__ import annotations

import itertools
import json
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """One answer: a status with headers and a body (text, bytes, or what JSON can hold), or a reset connection.

    `delay` seconds pass before it; `reset` closes the connection with RST and no byte. `about`: only for requests whose
    query or body has this text; such replies stay.
    """

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    about: str = ""


@dataclass(frozen=True)
class Request:
    """What a client sent; `query` in order, header names in lower case, `time` in seconds since the epoch."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    time: float

    def json(self) -> object:
        """The body as JSON."""
        return json.loads(self.body)


class World:
    """The server. Threads of it answer at the same time; all of its state is behind one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: dict[str, list[Reply]] = {}
        self._requests: list[Request] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.world = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def script(self, path: str, *replies: Reply) -> str:
        """Answer requests for `path` by these replies in turn, the last one again and again; returns its URL."""
        with self._lock:
            self._scripts[path] = list(replies) or [Reply()]
        return self.url + path

    def requests(self, path: str | None = None) -> list[Request]:
        """The requests so far, in order of arrival; of one path, or all."""
        with self._lock:
            return [request for request in self._requests if path is None or request.path == path]

    def count(self, path: str) -> int:
        """How many requests for `path` came so far."""
        return len(self.requests(path))

    def gaps(self, path: str) -> list[float]:
        """Seconds between one request for `path` and the next."""
        times = [request.time for request in self.requests(path)]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def answer(self, request: Request) -> Reply:
        """Record a request and choose its reply: 404 for a path without a script."""
        with self._lock:
            self._requests.append(request)
            script: Sequence[Reply] = self._scripts.get(request.path, [Reply(404, {"error": "no script"})])
            said = f"{request.query} {request.body.decode(errors='replace')}"
            fitting = next((reply for reply in script if reply.about and reply.about in said), None)
            if fitting is not None:
                return fitting
            turns = [number for number, reply in enumerate(script) if not reply.about]
            if len(turns) > 1:
                self._scripts[request.path] = [*script[: turns[0]], *script[turns[0] + 1 :]]
            return script[turns[0]]

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    world: World

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_any(self) -> None:
        """Read the whole request, record it, and send the scripted reply."""
        parts = urlsplit(self.path)
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        reply = self.server.world.answer(Request(self.command, parts.path, query, headers, body, time.time()))
        time.sleep(reply.delay)
        if reply.reset:
            self._reset()
        else:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        body, kind = _encoded(reply.body)
        self.send_response(reply.status)
        for name, value in {"Content-Type": kind, **reply.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Requests are kept, not printed."""


def _encoded(body: object) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), "application/json"
