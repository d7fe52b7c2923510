"""A trace server that answers as a test wants, and can be away."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclasses.dataclass(frozen=True)
class Batch:
    projects: set[str]
    operations: set[str]
    calls: int


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int = 200
    reason: str = ""
    after_s: float = 0.0


Rule = Callable[[Batch], Answer]


def _batch_of(body: bytes) -> Batch:
    requests = [item["req"] for item in json.loads(body)["batch"]]
    halves: list[dict[str, Any]] = [request.get("start") or request["end"] for request in requests]
    return Batch(
        {half["project_id"] for half in halves},
        {half["op_name"] for half in halves if "op_name" in half},
        len(halves),
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    owner: Backend

    def handle_error(self, request: object, client_address: object) -> None:
        """A daemon that goes away leaves its connections behind; nobody needs to read of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.owner.note(self.connection)

    # A proxy that leads to this server whatever the host: so a test's backend can have a name.
    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.owner.answer(self.path, body)
        reply = json.dumps({"reason": answer.reason} if answer.reason else {}).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Backend:
    def __init__(self) -> None:
        self.rule: Rule = lambda _: Answer()
        self.taken = 0  # calls that were answered with success
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._connections: list[socket.socket] = []
        self._server: _Server | None = None
        self.port = 0
        self.up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        server = _Server(("127.0.0.1", self.port), _Handler)
        server.owner = self
        self.port = server.server_address[1]
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Nobody listens any more, and connections end."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended before

    def note(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.append(connection)

    def answer(self, path: str, body: bytes) -> Answer:
        if path != "/call/upsert_batch":
            return Answer()
        batch = _batch_of(body)
        answer = self.rule(batch)
        self._idle.wait(answer.after_s)
        if answer.status < 300:
            with self._lock:
                self.taken += batch.calls
        return answer
