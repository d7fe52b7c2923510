"""A daemon that speaks the socket protocol and can be told to misbehave."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from backend import Backend

OK = b'{"success":true}\n'
# What `on_line` may answer besides bytes.
CLOSE = object()
SILENCE = object()


def refuse(error: str = "spool_full", **more: Any) -> bytes:
    return json.dumps({"success": False, "error": error, **more}).encode() + b"\n"


class FakeDaemon:
    """Answers every line with success, or with what `on_line(method, call)` returns if not None."""

    def __init__(self, path: str, backend: Backend | None = None) -> None:
        self.path = path
        self.backend = backend
        self.on_line: Callable[[str, dict[str, Any]], Any] | None = None
        self.lines: list[tuple[str, str]] = []
        self.accepted: list[tuple[str, str]] = []
        self.connections = 0
        self._peers: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()

    def start(self) -> FakeDaemon:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as lines:
            silent = False
            for raw in lines:
                if silent:
                    continue
                line = json.loads(raw)
                method = line["method"]
                kind = method.removeprefix("call_")
                call = line.get("payload", {}).get(kind, {})
                with self._lock:
                    self.lines.append((method, call.get("id", "")))
                answer = self.on_line(method, call) if self.on_line else None
                if answer is CLOSE:
                    # The listener's thread may hold this too: a close alone would not end it.
                    peer.shutdown(socket.SHUT_RDWR)
                    return
                if answer is SILENCE:
                    # Of this connection: an answer to a later line would be taken for this one's.
                    silent = True
                    continue
                if answer is None:
                    answer = OK
                if b'"success":true' in answer.replace(b" ", b"") and kind in ("start", "end"):
                    with self._lock:
                        self.accepted.append((method, call["id"]))
                    if self.backend is not None:
                        self.backend.see(kind, call, "sidecar")
                peer.sendall(answer)

    def ids(self, method: str) -> list[str]:
        with self._lock:
            return [call_id for seen, call_id in self.accepted if seen == method]

    def stop(self) -> None:
        """Go as a killed process does: every connection ends, the socket file stays."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            peers, self._peers = self._peers, []
        for peer in peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)


def wait_for(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not within the time"
        time.sleep(0.01)
