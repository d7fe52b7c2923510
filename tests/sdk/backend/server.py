"""A trace server on the loopback: weave's own models and store behind plain HTTP.

Prints its port when it is ready, and ends with its standard input, so that it cannot outlive who
started it.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import json
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import accounts
from ledger import Ledger
from store import ROUTES, Answer, Store, route_of

from weave.trace_server import trace_server_interface as tsi

_EMPTY = Answer(200, b"{}")
_INFO = {"min_required_weave_python_version": "0.0.1", "trace_server_version": "0.0.0"}
# Spans of the agent SDK; no program of ours makes any, but a client may say hello.
_OTEL = ("/otel/v1/traces", "/agents/otel/v1/traces")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, key: str, latency_s: float, ledger: Ledger) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        token = base64.b64encode(f"api:{key}".encode()).decode()
        self.authorization = f"Basic {token}"
        self.latency_s = latency_s
        self.ledger = ledger
        self.store = Store(ledger)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._is_counted = False

    def do_GET(self) -> None:
        if self.path == "/_check/report":
            self._write(Answer(200, json.dumps(self.server.ledger.report()).encode()))
            return
        self._count("", self.path, 0)
        time.sleep(self.server.latency_s)
        known = {"/server_info": Answer(200, json.dumps(_INFO).encode()), "/health": _EMPTY}
        self._write(known.get(self.path) or self._unknown())

    def do_POST(self) -> None:
        body = self._read_body()
        if self.path == "/_check/reset":
            self.server.ledger.reset()
            self._write(_EMPTY)
            return
        time.sleep(self.server.latency_s)
        try:
            answer = self._answer(body)
        except Exception:
            self.server.ledger.problem(f"{self.path}: {traceback.format_exc()}")
            answer = Answer(500, b'{"reason":"the test backend is at fault"}')
        self._write(answer)

    def _answer(self, body: bytes) -> Answer:
        path = self.path.partition("?")[0]
        if path == "/graphql":  # another service in real life: not counted
            return Answer(200, json.dumps(accounts.answer(body)).encode())
        route, project = route_of(path)
        self._count(project or _project_of(body), route, len(body))
        if self.headers.get("Authorization") != self.server.authorization:
            self.server.ledger.problem(f"{path}: came with another key or none")
            return Answer(401, b'{"reason":"who are you?"}')
        if route in _OTEL:
            return _EMPTY
        if route not in ROUTES:
            return self._unknown()
        if "/call" in path:
            self.server.ledger.keep_body(path, body)
        if route in ("/file/create", "/files/create"):
            return self.server.store.handle(path, _read_form(self.headers["Content-Type"], body))
        return self.server.store.handle(path, body)

    def _unknown(self) -> Answer:
        self.server.ledger.problem(f"{self.command} {self.path}: no such route here")
        return Answer(404, b'{"detail":"Not Found"}')

    def _count(self, project: str, route: str, length: int) -> None:
        if not self._is_counted:  # its first request: the controls' own connections do not count
            self._is_counted = True
            self.server.ledger.connected()
        self.server.ledger.requested(project, route, self.headers.get("User-Agent", ""), length)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while length := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(length))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _project_of(body: bytes) -> str:
    """The first project that a body names; enough to tell the tests' projects apart."""
    for mark in (b'"project_id":"', b'"project_id": "'):
        _, found, rest = body.partition(mark)
        if found:
            return rest.split(b'"', 1)[0].decode(errors="replace")
    return ""


def _read_form(kind: str, body: bytes) -> tsi.FileCreateReq:
    message = email.message_from_bytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    fields: dict[str, bytes] = {}
    file_name = ""
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        fields[name] = part.get_payload(decode=True) or b""
        if name == "file":
            file_name = part.get_filename() or ""
    return tsi.FileCreateReq(
        project_id=fields["project_id"].decode(),
        name=file_name,
        content=fields["file"],
        expected_digest=fields["expected_digest"].decode() if "expected_digest" in fields else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", required=True)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--record", type=Path, help="keep the bodies of call routes in this file")
    options = parser.parse_args()
    server = _Server(options.key, options.latency_ms / 1000, Ledger(options.record))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
