"""A trace server and W&B API stand-in on a loopback port which records what it gets."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GRAPHQL = {
    "viewer": {
        "id": "u",
        "username": "tester",
        "defaultEntity": {"name": "ent"},
    },
    "project": {"name": "proj", "id": "p"},
    "upsertModel": {"model": {"name": "proj", "id": "p"}, "project": {"name": "proj", "id": "p"}},
    "serverInfo": {"frontendHost": "http://127.0.0.1"},
}
COMPLETE_REQUIRED = {"error_code": "CALLS_COMPLETE_MODE_REQUIRED", "message": "as it says"}


@dataclass
class Seen:
    """What arrived of one call: the ways its start and its end came by."""

    starts: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def ways(self) -> set[str]:
        return {*self.starts, *self.ends}


class Backend:
    """Serves until `close`. A way is "sidecar" or "direct", told by the User-Agent."""

    def __init__(self) -> None:
        self.calls: dict[str, Seen] = {}
        self.routes: list[tuple[str, str]] = []
        # As a project that was written to with complete calls before.
        self.wants_complete = False
        self.seconds = 0.0  # that a batch takes
        self.lock = threading.Lock()
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body leave as two writes: without this each answer waits for an ACK.
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def reply(self, body: Any) -> None:
                raw = json.dumps(body).encode()
                self.send_response(400 if body is COMPLETE_REQUIRED else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def do_GET(self) -> None:
                self.reply(
                    {
                        "min_required_weave_python_version": "0.0.1",
                        "trace_server_version": "99.0.0",
                    }
                )

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                agent = self.headers.get("User-Agent") or ""
                way = "sidecar" if "sidecar" in agent.lower() else "direct"
                self.reply(backend.take(self.path, way, raw))

            do_PUT = do_POST

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def take(self, path: str, way: str, raw: bytes) -> Any:
        with self.lock:
            self.routes.append((path, way))
        if path.endswith("/graphql"):
            return {"data": GRAPHQL}
        if path.endswith("/call/upsert_batch") and self.wants_complete:
            return COMPLETE_REQUIRED
        if path.endswith("/call/upsert_batch"):
            time.sleep(self.seconds)
            for item in json.loads(raw)["batch"]:
                self.see(item["mode"], item["req"][item["mode"]], way)
            return {"res": []}
        if path.endswith("/calls/complete"):
            time.sleep(self.seconds)
            for call in json.loads(raw)["batch"]:
                self.see("start", call, way)
                self.see("end", call, way)
            return {}
        for kind in ("start", "end"):
            if path.endswith("/call/" + kind):
                self.see(kind, json.loads(raw)[kind], way)
                return {}
        return {"digest": "d" * 43, "digests": [], "row_digests": ["d" * 43]}

    def see(self, kind: str, call: dict[str, Any], way: str) -> None:
        with self.lock:
            seen = self.calls.setdefault(call["id"], Seen())
            (seen.starts if kind == "start" else seen.ends).append(way)
            seen.data.update({k: v for k, v in call.items() if v is not None})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
