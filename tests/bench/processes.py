"""The processes of a measurement: each with a home of its own, and gone when its block is left."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 10.0
LOAD_TIMEOUT_S = 30
STOP_TIMEOUT_S = 3.0
ASK_TIMEOUT_S = 5.0
PROGRAMS = ["weave-sidecar", "bench-loadgen", "bench-sink", "bench-floor"]
PYTHON_SINK = Path(__file__).with_name("pysink.py")


class BenchError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Setup:
    """What the command line says of every measurement."""

    bin_dir: Path
    runs: int
    scale: float  # of the messages, and of the seconds that a check looks on
    sidecar_args: list[str]
    processors: frozenset[int] = frozenset()  # of the program that is measured; empty: all


@dataclasses.dataclass(frozen=True)
class Load:
    """What bench-loadgen is told to do."""

    name: str
    size: int
    connections: int
    outstanding: int
    messages: int
    rate: int = 0  # messages a second; 0 = as fast as the replies come

    def scaled(self, factor: float) -> Load:
        return dataclasses.replace(self, messages=max(1, round(self.messages * factor)))


@contextmanager
def child(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that is gone when the block is left, however it is left."""
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def wait_until(condition: Callable[[], bool], timeout_s: float, pause_s: float = 0.02) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def new_home(stack: ExitStack) -> Path:
    home = Path(tempfile.mkdtemp(prefix="weave-bench-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    return home


def clean_environment(home: Path) -> dict[str, str]:
    """The caller's own settings, spool and proxies must neither be used nor be touched."""
    foreign = ("WEAVE_", "WANDB_", "XDG_")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TMPDIR": str(home)}
    return environment | own | {"WEAVE_SIDECAR_CONFIG": "none"}


# --- sinks -------------------------------------------------------------------------------------


def free_port() -> int:
    """A port on which nothing listens yet, for a sink that comes later."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_sink(
    stack: ExitStack, setup: Setup, is_raw: bool = False, port: int = 0
) -> tuple[int, subprocess.Popen[str]]:
    """The sink's port and its process, which a check may end before the stack does."""
    command = [str(setup.bin_dir / "bench-sink"), "--port", str(port)]
    sink = stack.enter_context(child(command + ["--raw"] * is_raw, stdout=subprocess.PIPE))
    return _announced_ports(sink)["PORT"], sink


def start_python_sink(stack: ExitStack, certificate: Path, key: Path) -> tuple[int, int]:
    """The ports of its plain door and of its door with TLS."""
    command = [sys.executable, str(PYTHON_SINK), str(certificate), str(key)]
    sink = stack.enter_context(child(command, stdout=subprocess.PIPE))
    ports = _announced_ports(sink)
    return ports["PORT"], ports["TLS_PORT"]


def _announced_ports(sink: subprocess.Popen[str]) -> dict[str, int]:
    assert sink.stdout
    words = [word.split("=") for word in sink.stdout.readline().split()]
    if not words:
        raise BenchError("the sink did not start")
    return {name: int(port) for name, port in words}


# --- the daemon and the floor -------------------------------------------------------------------


def floor_command(setup: Setup, socket_path: Path, port: int) -> list[str]:
    program = str(setup.bin_dir / "bench-floor")
    return [program, "--socket", str(socket_path), "--sink-port", str(port)]


def sidecar_command(
    setup: Setup, socket_path: Path, backend: str, more: tuple[str, ...] = ()
) -> list[str]:
    command = [str(setup.bin_dir / "weave-sidecar"), "--headless", "--socket", str(socket_path)]
    command += ["--backend", backend, "--api-key", "bench", "--log-level", "warning"]
    return [*command, *more, *setup.sidecar_args]


def plain_backend(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


@contextmanager
def measured_child(
    setup: Setup, command: list[str], home: Path
) -> Iterator[subprocess.Popen[str]]:
    def keep_to_processors() -> None:
        if setup.processors:
            os.sched_setaffinity(0, setup.processors)

    with (home / "log").open("w") as log:
        with child(
            command,
            stdout=log,
            stderr=log,
            cwd=home,
            env=clean_environment(home),
            preexec_fn=keep_to_processors,  # a program looks at its start how many it may use
        ) as process:
            yield process


def start_program(
    stack: ExitStack, setup: Setup, command: list[str], home: Path, socket_path: Path
) -> int:
    """Returns the process id once the program accepts connections."""
    process = stack.enter_context(measured_child(setup, command, home))
    wait_until(lambda: process.poll() is not None or _accepts(socket_path), START_TIMEOUT_S)
    if process.poll() is not None or not _accepts(socket_path):
        raise BenchError(f"{command[0]} does not accept connections\n{end_of_log(home)}")
    return process.pid


def end_of_log(home: Path) -> str:
    return (home / "log").read_text(errors="replace")[-2000:]


def start_sidecar(stack: ExitStack, setup: Setup, backend: str, *more: str) -> tuple[int, Path]:
    """The process id and the socket of a daemon with a spool of its own, once it accepts."""
    home = new_home(stack)
    socket_path = home / "s.sock"
    command = sidecar_command(setup, socket_path, backend, more)
    return start_program(stack, setup, command, home, socket_path), socket_path


def start_floor(stack: ExitStack, setup: Setup, sink_port: int) -> tuple[int, Path]:
    """The process id and the socket of a floor program, once it accepts."""
    home = new_home(stack)
    socket_path = home / "s.sock"
    command = floor_command(setup, socket_path, sink_port)
    return start_program(stack, setup, command, home, socket_path), socket_path


def ask(socket_path: Path, method: str) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ASK_TIMEOUT_S)
        connection.connect(str(socket_path))
        connection.sendall(json.dumps({"method": method}).encode() + b"\n")
        with connection.makefile() as replies:
            return json.loads(replies.readline())


# --- loads -------------------------------------------------------------------------------------


@contextmanager
def loadgen(
    setup: Setup, socket_path: Path, load: Load, limit_s: int = LOAD_TIMEOUT_S
) -> Iterator[subprocess.Popen[str]]:
    """bench-loadgen at work. It reports when its messages are answered, and when terminated."""
    command = [str(setup.bin_dir / "bench-loadgen"), "--socket", str(socket_path)]
    command += ["--connections", str(load.connections), "--outstanding", str(load.outstanding)]
    command += ["--size", str(load.size), "--messages", str(load.messages)]
    command += ["--rate", str(load.rate), "--seconds-limit", str(limit_s)]
    with child(command, stdout=subprocess.PIPE) as process:
        yield process


def report_of(process: subprocess.Popen[str]) -> dict[str, float]:
    """The report of a bench-loadgen, as soon as it is written; a limit of its own ends it."""
    assert process.stdout
    try:
        return json.loads(process.stdout.readline())
    except json.JSONDecodeError as error:
        raise BenchError("bench-loadgen ended without a report") from error


def run_loadgen(setup: Setup, socket_path: Path, load: Load) -> dict[str, float]:
    with loadgen(setup, socket_path, load) as process:
        return report_of(process)
