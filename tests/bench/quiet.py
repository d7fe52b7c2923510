"""Checks of a daemon that has nothing to do, and of one that has just been started."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path

from encryption import make_certificate
from processes import (
    START_TIMEOUT_S,
    BenchError,
    Setup,
    end_of_log,
    measured_child,
    new_home,
    plain_backend,
    sidecar_command,
    start_python_sink,
    start_sidecar,
    start_sink,
)
from readings import resident_mib, wake_ups
from replies import deliver_a_call
from rows import Row

CALM_DOWN_S = 5.0  # the daemon calls it quiet after 2 to 4 s
IDLE_S = 5.0
LEAST_IDLE_S = 0.5
STARTS = 10
START_POLL_S = 0.0002
STATUS_LINE = json.dumps({"method": "status"}).encode() + b"\n"


def idle(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """Memory and wake-ups with nobody connected, some time after a call was delivered.

    Of two daemons at once: who is idle disturbs nobody, and the waiting is most of the time.
    """
    seconds = max(LEAST_IDLE_S, IDLE_S * min(1.0, setup.scale))
    with ExitStack() as stack:
        tls_pid = _start_with_tls(stack, setup)
        port, _ = start_sink(stack, setup)
        pid, socket_path = start_sidecar(stack, setup, plain_backend(port))
        deliver_a_call(setup, socket_path, port)
        time.sleep(CALM_DOWN_S)
        before, started = wake_ups(pid), time.monotonic()
        time.sleep(seconds)
        a_second = (wake_ups(pid) - before) / (time.monotonic() - started)
        resident, with_tls = resident_mib(pid), resident_mib(tls_pid)
    return [
        Row("idle", "resident memory", "MiB", 16, [resident], digits=1),
        Row("idle", "resident memory with a TLS backend", "MiB", 16, [with_tls], digits=1),
        Row("idle", f"wake-ups a second, over {seconds:.1f} s", "", 1, [a_second]),
    ]


def _start_with_tls(stack: ExitStack, setup: Setup) -> int:
    certificate, key = make_certificate(new_home(stack))
    port, tls_port = start_python_sink(stack, certificate, key)
    backend = f"https://127.0.0.1:{tls_port}"
    pid, socket_path = start_sidecar(stack, setup, backend, f"--ca-file={certificate}")
    deliver_a_call(setup, socket_path, port)
    return pid


def start(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """From making the process until its first reply, with a spool that is empty."""
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup)
        runs_ms = [_start_ms(setup, port) for _ in range(STARTS)]
    return [Row("start", "from start to first reply, with an empty spool", "ms", 50, runs_ms, 1)]


def _start_ms(setup: Setup, port: int) -> float:
    with ExitStack() as stack:
        home = new_home(stack)
        socket_path = home / "s.sock"
        command = sidecar_command(setup, socket_path, plain_backend(port))
        started = time.monotonic()
        process = stack.enter_context(measured_child(setup, command, home))
        while not _is_answered(socket_path):
            if process.poll() is not None or time.monotonic() - started > START_TIMEOUT_S:
                raise BenchError(f"{command[0]} does not answer\n{end_of_log(home)}")
            time.sleep(START_POLL_S)
        return (time.monotonic() - started) * 1000


def _is_answered(socket_path: Path) -> bool:
    """False as long as nobody listens; otherwise waits for the reply."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(START_TIMEOUT_S)
        if connection.connect_ex(str(socket_path)) != 0:
            return False
        connection.sendall(STATUS_LINE)
        if not connection.recv(1):
            raise BenchError("the daemon hung up instead of answering")
        return True
