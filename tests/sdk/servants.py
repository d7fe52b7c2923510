"""The processes around a program: the backend, the daemon, and the one who reads the calls back."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEY = "0123456789" * 4  # obviously nobody's
_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 20.0
_DELIVERY_TIMEOUT_S = 40.0
_READ_TIMEOUT_S = 60.0


class ServantError(Exception):
    pass


def clean_environment(home: Path) -> dict[str, str]:
    """Neither the caller's accounts, settings and proxies nor anything outside the loopback."""
    foreign = ("WEAVE_", "WANDB_", "WF_", "XDG_", "PYTHON", "NODE_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_STATE_HOME": str(home),
        "WANDB_API_KEY": KEY,
        "WANDB_ERROR_REPORTING": "false",
        "WEAVE_PRINT_CALL_LINK": "false",
    }


def _end(process: subprocess.Popen[Any], what: str) -> int:
    process.terminate()
    try:
        return process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise ServantError(f"{what} did not end in time") from None


class Backend:
    """weave's own trace server models and store, see backend/."""

    def __init__(
        self, python: Path, home: Path, latency_ms: float = 0.0, record: Path | None = None
    ) -> None:
        command = [str(python), str(HERE / "backend" / "server.py"), "--key", KEY]
        command += ["--latency-ms", str(latency_ms)]
        command += ["--record", str(record)] if record else []
        self._log = (home / "backend.log").open("wb")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=clean_environment(home),
        )
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        if not line:
            raise ServantError("no backend: " + (home / "backend.log").read_text()[-1500:])
        self.port = int(line)
        self.url = f"http://127.0.0.1:{self.port}"

    def _ask(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def report(self) -> dict[str, Any]:
        return self._ask("GET", "/_check/report")

    def reset(self) -> None:
        self._ask("POST", "/_check/reset")

    def stop(self) -> None:
        _end(self._process, "the backend")
        self._log.close()


class Daemon:
    def __init__(
        self, program: Path, home: Path, backend: str, has_http: bool, interval: str = "100ms"
    ) -> None:
        self.socket = home / "s.sock"
        self.port = _free_port() if has_http else 0
        self._log = home / "daemon.log"
        command = [str(program), "--headless", "--socket", str(self.socket)]
        command += ["--spool-dir", str(home / "spool"), "--backend", backend]
        command += ["--flush-interval", interval, "--log-level", "warning"]
        command += ["--http", f"127.0.0.1:{self.port}"] if has_http else []
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=clean_environment(home)
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServantError("no daemon: " + self.log())
            time.sleep(0.005)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _is_up(self) -> bool:
        try:
            self.status()
            return True
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-1500:]

    def status(self) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(b'{"method":"status"}\n')
            with client.makefile("rb") as stream:
                return json.loads(stream.readline())["status"]

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_delivered(self) -> dict[str, Any]:
        """The status once nothing is pending; whoever is late is told by the numbers in it."""
        deadline = time.monotonic() + _DELIVERY_TIMEOUT_S
        while True:
            status = self.status()
            if status["calls"]["pending"] == 0 or time.monotonic() > deadline:
                return status
            time.sleep(0.02)

    def stop(self) -> int:
        return _end(self._process, "the daemon")


class Reader:
    """A resident Python with the newest SDK: see checks/reader.py."""

    def __init__(self, python: Path, home: Path, backend: str) -> None:
        environment = clean_environment(home)
        environment |= {"WANDB_BASE_URL": backend, "WF_TRACE_SERVER_URL": backend}
        self._log = home / "reader.log"
        self._lock = threading.Lock()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), str(HERE / "checks" / "reader.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                cwd=home,
            )

    def read(self, project: str) -> dict[str, Any]:
        with self._lock:
            assert self._process.stdin and self._process.stdout
            # A reader that hangs must not hang the tests.
            watch = threading.Timer(_READ_TIMEOUT_S, self._process.kill)
            watch.start()
            self._process.stdin.write(project.encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            watch.cancel()
        if not line:
            raise ServantError("nothing read back: " + self._log.read_text()[-1500:])
        return json.loads(line)

    def stop(self) -> None:
        _end(self._process, "the reader")


def _free_port() -> int:
    """Free a moment ago, that is: the daemon takes a number, not a socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
