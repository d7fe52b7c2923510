"""What came: requests, connections, how often each call, and everything that was wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

# What the daemon takes and sends by itself; eager calls of evaluations pass through it as they are.
_SPOOLED = ("/call/upsert_batch", "/call/start", "/call/end", "v2/calls/complete")
_MOST_PROBLEMS = 200  # one mistake in every body must not fill the memory


class Ledger:
    def __init__(self, record: Path | None) -> None:
        self._lock = threading.Lock()
        self._record = record.open("ab") if record else None
        self._connections = 0
        self._clear()

    def _clear(self) -> None:
        self._requests: dict[str, Counter[str]] = {}
        self._parts: dict[str, Counter[str]] = {}
        self._writers: dict[str, Counter[str]] = {}
        self._problems: list[str] = []
        self._bytes = 0

    def reset(self) -> None:
        with self._lock:
            self._connections = 0
            self._clear()

    def connected(self) -> None:
        with self._lock:
            self._connections += 1

    def requested(self, project: str, route: str, agent: str, length: int) -> None:
        with self._lock:
            self._requests.setdefault(project, Counter())[route] += 1
            self._bytes += length
            if route in _SPOOLED:
                self._writers.setdefault(project, Counter())[agent] += 1

    def stored(self, project: str, parts: list[str]) -> None:
        """`parts` are ids with what came of them: start, end or both."""
        with self._lock:
            self._parts.setdefault(project, Counter()).update(parts)

    def keep_body(self, path: str, body: bytes) -> None:
        """For checks by another SDK's models, after the run."""
        if not self._record:
            return
        line = json.dumps({"path": path, "body": body.decode(errors="replace")})
        with self._lock:
            self._record.write(line.encode() + b"\n")
            self._record.flush()

    def problem(self, text: str) -> None:
        with self._lock:
            if len(self._problems) < _MOST_PROBLEMS:
                self._problems.append(text[:2000])

    def report(self) -> dict[str, Any]:
        with self._lock:
            return {
                "connections": self._connections,
                "bytes": self._bytes,
                "writers": {name: dict(counts) for name, counts in self._writers.items()},
                "requests": {name: dict(counts) for name, counts in self._requests.items()},
                "repeated": {
                    name: sum(count - 1 for count in counts.values())
                    for name, counts in self._parts.items()
                },
                "problems": list(self._problems),
            }
