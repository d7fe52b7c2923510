"""A router with a stand-in for the SDK's processor."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from fake_daemon import wait_for

from weave_sidecar import _flush
from weave_sidecar._router import Router


class SDK:
    """Stands for the SDK's processor."""

    lone_ends_directly = False

    def __init__(self) -> None:
        self.direct: list[tuple[str, str]] = []
        self.eager: list[str] = []
        self.lone: list[str] = []

    def direct_start(self, item: Any, eager: bool) -> None:
        self.direct.append(("call_start", item["start"]["id"]))
        if eager:
            self.eager.append(item["start"]["id"])

    def direct_end(self, item: Any, lone: bool) -> None:
        self.direct.append(("call_end", item["end"]["id"]))
        if lone:
            self.lone.append(item["end"]["id"])

    def ids(self, method: str) -> list[str]:
        return [call_id for seen, call_id in self.direct if seen == method]


class Host:
    """A router and its SDK."""

    def __init__(self, path: str) -> None:
        self.sdk = SDK()
        self.router = Router(path)

    def start(self, call_id: str, eager: bool = False, size: int = 0) -> None:
        item = {"start": {"id": call_id, "project_id": "e/p", "inputs": "x" * size}}
        line = json.dumps({"method": "call_start", "payload": item}).encode() + b"\n"
        self.router.start(self.sdk, item, eager, call_id, line)

    def end(self, call_id: str, known_direct: bool = False, size: int = 0) -> None:
        item = {"end": {"id": call_id, "project_id": "e/p", "output": "x" * size}}
        line = json.dumps({"method": "call_end", "payload": item}).encode() + b"\n"
        self.router.end(self.sdk, item, call_id, line, known_direct=known_direct)

    def unfit_end(self, call_id: str) -> None:
        """An end that cannot be put in JSON."""
        self.router.end(self.sdk, {"end": {"id": call_id}}, call_id, b"", known_direct=False)

    def settled(self) -> None:
        wait_for(lambda: not self.router.outstanding)

    def flush(self, exiting: bool = False) -> float:
        self.router.exiting = exiting
        begin = time.monotonic()
        _flush.flush(self.router)
        return time.monotonic() - begin

    def flush_ends(self) -> bool:
        """Flushes as at exit; False when that goes round and round."""
        flush = threading.Thread(target=self.flush, args=(True,), daemon=True)
        flush.start()
        flush.join(5.0)
        goes_on = flush.is_alive()
        with self.router._lock:
            self.router._queue.clear()
        return not goes_on
