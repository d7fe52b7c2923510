"""Everything on loopback: a trace server stand-in, a daemon (ours or a fake), and weave programs."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backend import Backend
from fake_daemon import FakeDaemon, wait_for
from router_host import Host

from weave_sidecar import _link, _notice, _wire

BIN = os.environ.get("WEAVE_SIDECAR_BIN", "")
KEY = "k" * 40


class RealDaemon:
    """The daemon's binary, with the interface that the tests share with the fake."""

    def __init__(self, path: str, backend: Backend) -> None:
        self.path = path
        self.backend = backend
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *flags: str) -> RealDaemon:
        directory = os.path.dirname(self.path)
        command = [
            BIN,
            "--socket",
            self.path,
            "--spool-dir",
            directory + "/spool",
            "--backend",
            self.backend.url,
        ]
        command += ["--flush-interval", "20ms", "--headless", "--api-key", KEY, *flags]
        with open(directory + "/daemon.log", "ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log)
        wait_for(
            lambda: (
                subprocess.run([BIN, "status", "--socket", self.path], capture_output=True).returncode == 0
            )
        )
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def directory() -> Iterator[Path]:
    # Short: a socket's path has room for about a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="ws", dir="/tmp") as path:
        yield Path(path)


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.close()


@pytest.fixture
def fake(directory: Path, backend: Backend) -> Iterator[FakeDaemon]:
    daemon = FakeDaemon(str(directory / "s"), backend)
    yield daemon
    daemon.stop()


@pytest.fixture(params=["fake", "real"])
def daemon(request: pytest.FixtureRequest, directory: Path, backend: Backend) -> Iterator[Any]:
    """A running daemon: a fake one, and the real one where WEAVE_SIDECAR_BIN names it."""
    if request.param == "real" and not BIN:
        pytest.skip("WEAVE_SIDECAR_BIN does not name the daemon's binary")
    kind = RealDaemon if request.param == "real" else FakeDaemon
    daemon = kind(str(directory / "s"), backend).start()
    yield daemon
    daemon.stop()


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "FIRST_DELAY", 0.2)
    monkeypatch.setattr(_wire, "REPLY_TIMEOUT", 0.5)
    monkeypatch.setattr(_wire.Connection.exchange, "__defaults__", (0.5,))
    monkeypatch.setattr(_notice, "_first", iter([logging.WARNING]))


@pytest.fixture
def host(fake: FakeDaemon, fast: None) -> Iterator[Host]:
    host = Host(fake.path)
    yield host
    # Or its thread would try again, and warn, in the middle of the next test.
    host.router.give_up_waiting()
    host.settled()


class Run:
    """A finished program: what it printed as JSON lines, and its warnings."""

    def __init__(self, process: subprocess.CompletedProcess[str]) -> None:
        self.code = process.returncode
        self.err = process.stderr
        self.out = [json.loads(line) for line in process.stdout.splitlines() if line.startswith(("{", "["))]
        self.warnings = self.err.count("did not take Weave calls") + self.err.count("refused a Weave call")

    def ok(self) -> Run:
        assert self.code == 0, self.err
        assert "Traceback" not in self.err, self.err
        return self


Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(directory: Path, backend: Backend) -> Iterator[Program]:
    """Starts a program with the environment of one who uses the sidecar."""
    started: list[subprocess.Popen[str]] = []

    def start(source: str, **env: str) -> subprocess.Popen[str]:
        path = directory / "program.py"
        path.write_text(textwrap.dedent(source))
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("WEAVE_", "WANDB_", "WF_"))}
        process = subprocess.Popen(
            [sys.executable, str(path)],
            cwd=directory,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **clean,
                "HOME": str(directory),
                "WEAVE_SERVER_CACHE_DIR": str(directory / "cache"),
                "WANDB_API_KEY": KEY,
                "WANDB_BASE_URL": backend.url,
                "WF_TRACE_SERVER_URL": backend.url,
                "WANDB_ERROR_REPORTING": "false",
                "WEAVE_PRINT_CALL_LINK": "false",
                "WEAVE_USE_SIDECAR": "true",
                "WEAVE_SIDECAR_SOCKET": str(directory / "s"),
                **env,
            },
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def run(start: Program) -> Callable[..., Run]:
    def run(source: str, **env: str) -> Run:
        return finish(start(source, **env))

    return run


def finish(process: subprocess.Popen[str], timeout: float = 60) -> Run:
    out, err = process.communicate(timeout=timeout)
    return Run(subprocess.CompletedProcess(process.args, process.returncode, out, err))


def complete(backend: Backend, count: int, seconds: float = 10.0) -> dict[str, Any]:
    """Wait until `count` calls have arrived with start and end; check that none took two ways."""

    def arrived() -> bool:
        return sum(bool(seen.starts and seen.ends) for seen in list(backend.calls.values())) >= count

    deadline = time.monotonic() + seconds
    while not arrived() and time.monotonic() < deadline:
        time.sleep(0.02)
    calls = dict(backend.calls)
    assert sum(bool(seen.starts and seen.ends) for seen in calls.values()) == count, {
        i: (c.starts, c.ends) for i, c in calls.items() if not (c.starts and c.ends)
    }
    for call_id, seen in calls.items():
        assert set(seen.starts) & set(seen.ends), (call_id, seen.starts, seen.ends)
    return calls
