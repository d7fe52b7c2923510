"""The real program: started, killed and looked at from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 15.0
STATUS_TIMEOUT_S = 5.0


class DaemonError(Exception):
    pass


def clean_environment(home: Path) -> dict[str, str]:
    """The caller's own settings, spool and proxies must neither be used nor be touched."""
    foreign = ("WEAVE_", "WANDB_", "XDG_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    own = {"HOME": str(home), "XDG_STATE_HOME": str(home), "TMPDIR": str(home)}
    return kept | own | {"WEAVE_SIDECAR_CONFIG": "none"}


class Daemon:
    def __init__(self, program: Path, home: Path, port: int, flags: list[str]) -> None:
        self.home = home
        self.socket = home / "s.sock"
        self.spool = home / "spool"
        self.log = home / "log"
        self.backend = f"http://127.0.0.1:{port}"
        self.extra_flags: list[str] = []
        # A command that starts the program somewhere else, as in a network of its own.
        self.prefix: list[str] = []
        self.environment: dict[str, str] = {}
        self.starts = 0
        self._program = program
        self._flags = flags
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def spawn(self) -> None:
        command = self.prefix + [str(self._program), "--headless", "--socket", str(self.socket)]
        command += ["--spool-dir", str(self.spool), "--api-key", "faults"]
        command += ["--backend", self.backend, "--log-level", "warning"]
        command += self._flags + self.extra_flags
        environment = clean_environment(self.home) | self.environment
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, env=environment
            )
        self.starts += 1

    def start(self) -> float:
        """Returns the seconds until the first reply came."""
        began = time.monotonic()
        self.spawn()
        while time.monotonic() < began + START_TIMEOUT_S:
            if not self.is_running():
                break
            try:
                self.ask({"method": "status"})
                return time.monotonic() - began
            except OSError:
                time.sleep(0.002)
        raise DaemonError("the daemon does not reply\n" + self.log_tail())

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        if self._process and self.is_running():
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if not self._process:
            return 0
        if self.is_running():
            os.kill(self.pid, number)
        try:
            return self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise DaemonError("the daemon did not end in time") from None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(STATUS_TIMEOUT_S)
            client.connect(str(self.socket))
            client.sendall(json.dumps(request).encode() + b"\n")
            with client.makefile("rb") as stream:
                line = stream.readline()
        if not line:
            raise ConnectionResetError("no reply")
        return json.loads(line)

    def status(self) -> dict[str, Any]:
        return self.ask({"method": "status"})["status"]

    def status_by_command(self) -> dict[str, Any]:
        """What a person gets from `weave-sidecar status --json`."""
        command = [str(self._program), "status", "--json", "--socket", str(self.socket)]
        done = subprocess.run(
            command, capture_output=True, timeout=10, env=clean_environment(self.home), check=False
        )
        if done.returncode != 0:
            raise DaemonError("status --json failed: " + done.stderr.decode(errors="replace"))
        return json.loads(done.stdout)["status"]

    def verify_spool(self) -> tuple[int, str]:
        """What `weave-sidecar spool verify` says, and its status."""
        command = [str(self._program), "spool", "verify", "--spool-dir", str(self.spool)]
        done = subprocess.run(
            command, capture_output=True, timeout=30, env=clean_environment(self.home), check=False
        )
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def memory_mib(self, kind: str = "RssAnon") -> float:
        """RssAnon leaves out the mapped spool, whose pages the system may take at any time."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(kind + ":"):
                return int(line.split()[1]) / 1024
        raise DaemonError(f"no {kind} of process {self.pid}")

    def dead_letters(self) -> list[tuple[dict[str, Any], bytes]]:
        """Each line as an object and as the bytes that it consists of."""
        lines: list[bytes] = []
        for name in ("dead-letters.ndjson.old", "dead-letters.ndjson"):
            path = self.spool / name
            if path.exists():
                lines += path.read_bytes().splitlines()
        return [(json.loads(line), line) for line in lines]

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def log_tail(self) -> str:
        return self.log_text()[-1500:]
