"""A trace server that takes everything and remembers which calls it has seen; and its clients' lines."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REPLY_TIMEOUT_S = 10.0


def start_line(name: str) -> bytes:
    start = {
        "project_id": "acme/demo",
        "id": name,
        "trace_id": name,
        "op_name": "packaged",
        "started_at": "2026-01-01T00:00:00Z",
        "attributes": {},
        "inputs": {},
    }
    return json.dumps({"method": "call_start", "payload": {"start": start}}).encode() + b"\n"


def ask(path: Path, *lines: bytes) -> list[dict]:
    """Sends lines to a daemon's socket and reads as many replies."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(REPLY_TIMEOUT_S)
        client.connect(str(path))
        client.sendall(b"".join(lines))
        with client.makefile("rb") as stream:
            replies = [stream.readline() for _ in lines]
    if not all(replies):
        raise ConnectionResetError("the daemon closed the connection")
    return [json.loads(reply) for reply in replies]


def status(path: Path) -> dict:
    return ask(path, b'{"method":"status"}\n')[0]["status"]


class Backend:
    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self._connections: set[socket.socket] = set()
        self.up()

    def up(self) -> None:
        seen, connections = self.seen, self._connections

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                connections.add(self.connection)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for call in json.loads(body)["batch"]:
                    seen[call["req"]["start"]["id"]] += 1
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def down(self) -> None:
        """Nothing listens on its port any more, and kept connections end."""
        if not self._server:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for connection in self._connections:
            with contextlib.suppress(OSError):  # its client has gone
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()
