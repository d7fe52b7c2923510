"""The real daemon, started, asked and given calls."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import Any

from desktop import Desktop
from waiting import wait_for


class Sidecar:
    def __init__(self, place: Desktop, program: str, backend: str = "") -> None:
        self._place = place
        self._program = program
        self.backend = backend or f"file:{place.folder}/calls.ndjson"
        self.socket = place.folder / "daemon.sock"
        self._process: subprocess.Popen[str] | None = None
        self._sent = 0

    def start(self, *flags: str, **variables: str) -> None:
        self._process = self._place.run(
            "daemon", self._program, "--headless", "--socket", str(self.socket), "--backend", self.backend,
            "--spool-dir", str(self._place.folder / "spool"), "--flush-interval", "200ms", *flags,
            **{"WANDB_API_KEY": "x" * 40} | variables,
        )  # fmt: skip
        wait_for("the daemon to answer", self.answers)

    def kill(self) -> None:
        """As a crash would end it: nothing is tidied up."""
        assert self._process
        self._place.stop(self._process, signal.SIGKILL)

    def stop(self) -> None:
        assert self._process
        self._place.stop(self._process)

    def end_foreign(self) -> None:
        """A daemon that the tray has started would outlive everything."""
        if self.answers() and not self.is_running():
            os.kill(int(self.status()["pid"]), signal.SIGKILL)
            wait_for("its end", lambda: not self.answers())

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        try:
            return bool(self.ask("status")["success"])
        except OSError:
            return False

    def ask(self, method: str) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(json.dumps({"method": method}).encode() + b"\n")
            reply = json.loads(client.makefile().readline())
        assert isinstance(reply, dict)
        return reply

    def status(self) -> dict[str, Any]:
        status = self.ask("status")["status"]
        assert isinstance(status, dict)
        return status

    def send(self, count: int, operation: str = "answer") -> None:
        """So many calls, starts and ends alike."""
        lines = []
        for _ in range((count + 1) // 2):
            self._sent += 1
            lines += pair(str(self._sent), operation)
        self.hand_over(lines[:count])

    def hand_over(self, lines: list[str]) -> None:
        """Each has to be taken."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            replies = client.makefile()
            client.sendall("".join(lines).encode())
            for _ in lines:
                reply = replies.readline()
                assert '"success":true' in reply, reply

    def send_steadily(self, rate: int, seconds: float) -> int:
        """Traces of a call and four below it, starts and ends, so many a second; how many were taken."""
        steps = 20  # a second
        count = rate // steps // 2
        blocks = []
        for step in range(int(seconds * steps)):
            names = [f"{step}-{number}" for number in range(count)]
            lines = [
                line
                for number, name in enumerate(names)
                for line in pair(name, "answer" if number % 5 == 0 else "look_up",
                                 "" if number % 5 == 0 else names[number // 5 * 5])
            ]  # fmt: skip
            blocks.append("".join(lines).encode())
        taken = 0
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            replies = client.makefile()
            begin = time.monotonic()
            for step, block in enumerate(blocks, 1):
                client.sendall(block)
                taken += sum('"success":true' in replies.readline() for _ in range(2 * count))
                time.sleep(max(0.0, begin + step / steps - time.monotonic()))
        return taken


def pair(name: str, operation: str, parent: str = "", inputs: dict[str, Any] | None = None) -> list[str]:
    """The start's line and the end's."""
    call = {"project_id": "acme/support-bot", "id": name}
    start = call | {
        "trace_id": parent or name, "parent_id": parent or None, "op_name": f"weave:///acme/support-bot/op/{operation}:v1",
        "started_at": "2026-01-01T00:00:00Z", "attributes": {}, "inputs": inputs or {},
    }  # fmt: skip
    end = call | {"ended_at": "2026-01-01T00:00:01Z", "summary": {}}
    return [
        json.dumps({"method": f"call_{kind}", "payload": {kind: half}}) + "\n"
        for kind, half in (("start", start), ("end", end))
    ]
