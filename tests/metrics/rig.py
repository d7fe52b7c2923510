"""The real daemon, busy: it has delivered, failed, halved, given up, refused, and keeps some calls."""

from __future__ import annotations

import base64
import http.client
import http.server
import json
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))
from daemon import Daemon  # noqa: E402

TIMEOUT_S = 15.0
KEY = "faults"  # Daemon's
MAX_CONNECTIONS = 12


class _Backend(http.server.BaseHTTPRequestHandler):
    """Refuses every batch with a call of the project bad/calls; the first request is a failure."""

    protocol_version = "HTTP/1.1"
    requests = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _Backend.requests += 1
        status = 503 if _Backend.requests == 1 else 400 if b"bad/calls" in body else 200
        answer = b'{"reason":"no such op"}' if status == 400 else b"{}"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


def start_line(project: str, number: int) -> bytes:
    start = {"project_id": project, "id": f"{project}-{number}", "trace_id": "t"}
    return json.dumps({"method": "call_start", "payload": {"start": start}}).encode() + b"\n"


def wait_for(condition: Any, what: str) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.02)


class BusyDaemon:
    """Nothing changes any more when this has been made, but for times and the process."""

    def __init__(self, program: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wm", dir="/tmp")
        home = Path(self._folder.name)
        _Backend.requests = 0
        self._backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Backend)
        threading.Thread(target=self._backend.serve_forever, daemon=True).start()
        flags = ["--metrics", "127.0.0.1:0", "--http", "127.0.0.1:0", "--flush-interval", "20ms"]
        port = self._backend.server_address[1]
        self.daemon = Daemon(program, home, port, [*flags, "--max-connections", str(MAX_CONNECTIONS)])
        self.daemon.start()
        self._clients: list[socket.socket] = []
        try:
            status = self.daemon.status()
            self.url = status["metrics"]["url"]
            self.door = status["http"]["url"]
            self._make_busy()
        except BaseException:
            self.close()
            raise

    def _make_busy(self) -> None:
        client = self._connect()
        for number in range(40):
            assert self._ask(client, start_line(f"a/p{number % 3}", number))["success"]
        for number in range(3):
            assert self._ask(client, start_line("bad/calls", number))["success"]
        assert not self._ask(client, b"nonsense\n")["success"]
        assert not self._ask(client, b'{"method":"dance"}\n')["success"]
        self._go_through_the_door()
        wait_for(lambda: self.daemon.status()["calls"]["pending"] == 0, "delivery")
        assert self._ask(client, b'{"method":"pause"}\n')["success"]
        for number in range(100, 107):
            assert self._ask(client, start_line("a/later", number))["success"]
        self._connect()
        # One over the limit; the others that fill it go, so that there is room to ask.
        filling = [self._connect() for _ in range(MAX_CONNECTIONS - 2)]
        for connection in filling:
            assert self._ask(connection, b'{"method":"status"}\n')["success"]
        with self._connect() as one_more:
            assert b"max-connections" in one_more.makefile("rb").readline()
        for connection in filling:
            connection.close()
        # Asked by a client that is in already: another one could be one too many.
        status = b'{"method":"status"}\n'
        wait_for(
            lambda: self._ask(client, status)["status"]["connections"]["open"] == 2, "two clients"
        )

    def _go_through_the_door(self) -> None:
        host = self.door.removeprefix("http://")
        headers = {"Authorization": "Basic " + base64.b64encode(b"api:" + KEY.encode()).decode()}
        door = http.client.HTTPConnection(host, timeout=TIMEOUT_S)
        body = json.dumps({"start": {"project_id": "a/door", "id": "1", "trace_id": "t"}})
        for method, path, text, given, status in (
            ("POST", "/call/start", body, headers, 200),
            ("GET", "/objs", None, headers, 200),
            ("GET", "/objs", None, {}, 401),
            ("GET", "/healthz", None, {}, 200),
        ):
            door.request(method, path, text, given)
            answer = door.getresponse()
            answer.read()
            assert answer.status == status, (path, answer.status)
        door.close()
        wait_for(lambda: self.daemon.status()["http"]["connections_open"] == 0, "the door to be empty")

    def _connect(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(TIMEOUT_S)
        client.connect(str(self.daemon.socket))
        self._clients.append(client)
        return client

    @staticmethod
    def _ask(client: socket.socket, line: bytes) -> dict[str, Any]:
        client.sendall(line)
        received = b""
        while not received.endswith(b"\n"):
            piece = client.recv(65536)
            assert piece, "the daemon has closed the connection"
            received += piece
        return json.loads(received)

    def get(self, path: str, base: str = "") -> str:
        """A page of --metrics, or of another server."""
        with urllib.request.urlopen((base or self.url) + path, timeout=TIMEOUT_S) as answer:
            return answer.read().decode()

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.daemon.kill()
        self._backend.shutdown()
        self._backend.server_close()
        self._folder.cleanup()
