#!/usr/bin/env python3
"""Runs the daemon and bench-floor side by side under the same loads and prints both.

README.md beside this file says how to read the table. Standard library only.
"""

from __future__ import annotations

import argparse
import ctypes
import dataclasses
import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 10.0
DRAIN_TIMEOUT_S = 10.0
LOAD_TIMEOUT_S = 30
STOP_TIMEOUT_S = 3.0
SETTLE_S = 0.05
MIB_IN_KIB = 1024


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    size: int
    connections: int
    outstanding: int
    messages: int
    most_ratio: float | None
    most_peak_mib: float

    def scaled(self, factor: float) -> Load:
        return dataclasses.replace(self, messages=max(1, round(self.messages * factor)))


LOADS = [
    Load("1k-8x64", 1024, 8, 64, 400_000, 6.0, 64),
    Load("8k-8x64", 8192, 8, 64, 100_000, 6.0, 64),
    Load("1k-8x1", 1024, 8, 1, 100_000, 2.0, 64),
    Load("1k-1x1", 1024, 1, 1, 40_000, None, 64),
    Load("1k-64x16", 1024, 64, 16, 400_000, None, 64),
    Load("1k-1000x1", 1024, 1000, 1, 100_000, None, 64),
    Load("800k-4x4", 800_000, 4, 4, 1_000, None, 128),
]
DEFAULT_LOADS = [load.name for load in LOADS[:4]]


@dataclasses.dataclass
class Figures:
    """What one program did under one load; after summarise(), over all its runs."""

    messages_per_second: float
    cpu_us_per_message: float
    reply_us_p50: float
    reply_us_p99: float
    peak_mib: float
    accepted: int
    delivered: int
    failed: int
    requests: int
    loadgen_cpu_us_per_message: float


@dataclasses.dataclass
class Comparison:
    load: Load
    floor: Figures
    sidecar: Figures

    @property
    def ratio(self) -> float:
        return self.sidecar.cpu_us_per_message / max(self.floor.cpu_us_per_message, 1e-9)

    @property
    def is_ratio_met(self) -> bool:
        return self.load.most_ratio is None or self.ratio <= self.load.most_ratio

    @property
    def is_peak_met(self) -> bool:
        return self.sidecar.peak_mib <= self.load.most_peak_mib

    @property
    def is_complete(self) -> bool:
        """Every message was accepted, and everything accepted reached the sink."""
        sidecar = self.sidecar
        return sidecar.failed == 0 and sidecar.delivered >= sidecar.accepted == self.load.messages

    @property
    def is_met(self) -> bool:
        return self.is_ratio_met and self.is_peak_met and self.is_complete


class BenchError(Exception):
    pass


# --- processes ---------------------------------------------------------------------------------


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


def start_sink(stack: ExitStack, bin_dir: Path, is_raw: bool) -> int:
    command = [str(bin_dir / "bench-sink"), "--port", "0"] + (["--raw"] if is_raw else [])
    sink = stack.enter_context(child(command, stdout=subprocess.PIPE))
    assert sink.stdout
    line = sink.stdout.readline().strip()
    if not line.startswith("PORT="):
        raise BenchError("bench-sink did not start")
    return int(line.removeprefix("PORT="))


def floor_command(bin_dir: Path, socket_path: Path, port: int) -> list[str]:
    return [str(bin_dir / "bench-floor"), "--socket", str(socket_path), "--sink-port", str(port)]


def sidecar_command(bin_dir: Path, socket_path: Path, port: int, extra: list[str]) -> list[str]:
    command = [str(bin_dir / "weave-sidecar"), "--headless", "--socket", str(socket_path)]
    command += ["--backend", f"http://127.0.0.1:{port}", "--api-key", "bench"]
    return command + ["--log-level", "warning"] + extra


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


def wait_until(condition: Callable[[], bool], timeout_s: float, pause_s: float = 0.02) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


def start_program(stack: ExitStack, command: list[str], home: Path, socket_path: Path) -> int:
    """Returns the process id once the program accepts connections."""
    log_path = home / "log"
    log = stack.enter_context(log_path.open("w"))
    process = stack.enter_context(
        child(command, stdout=log, stderr=log, cwd=home, env=clean_environment(home))
    )
    wait_until(lambda: process.poll() is not None or accepts(socket_path), START_TIMEOUT_S)
    if process.poll() is not None or not accepts(socket_path):
        text = log_path.read_text(errors="replace")[-2000:]
        raise BenchError(f"{command[0]} does not accept connections\n{text}")
    return process.pid


# --- readings ----------------------------------------------------------------------------------


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, the ended ones too.

    The same sum as utime + stime in /proc/PID/stat, which however counts in steps of 10 ms: too
    coarse for a floor that needs a tenth of a second for all its messages.
    """
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        raise BenchError(f"process {pid} is gone")
    return time.clock_gettime(clock.value)


def peak_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / MIB_IN_KIB
    raise BenchError(f"process {pid} is gone")


class SinkReader:
    """Asks the sink for its counters over a connection that is kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def stats(self) -> dict[str, int]:
        self._connection.request("GET", "/stats")
        return json.load(self._connection.getresponse())

    def close(self) -> None:
        self._connection.close()


def run_loadgen(bin_dir: Path, socket_path: Path, load: Load) -> dict[str, float]:
    command = [str(bin_dir / "bench-loadgen"), "--socket", str(socket_path)]
    command += ["--connections", str(load.connections), "--outstanding", str(load.outstanding)]
    command += ["--size", str(load.size), "--messages", str(load.messages)]
    command += ["--seconds-limit", str(LOAD_TIMEOUT_S)]
    with child(command, stdout=subprocess.PIPE) as process:
        output, _ = process.communicate(timeout=LOAD_TIMEOUT_S + 15)
    try:
        return json.loads(output)
    except json.JSONDecodeError as error:
        raise BenchError(f"bench-loadgen ended with status {process.returncode}") from error


# --- measuring ---------------------------------------------------------------------------------


def measure(
    bin_dir: Path, load: Load, is_floor: bool, command: Callable[[Path, int], list[str]]
) -> Figures:
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="weave-bench-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        port = start_sink(stack, bin_dir, is_raw=is_floor)
        socket_path = home / "s.sock"
        pid = start_program(stack, command(socket_path, port), home, socket_path)
        sink = SinkReader(port)
        stack.callback(sink.close)

        def delivered() -> int:
            stats = sink.stats()
            return stats["body_bytes"] // load.size if is_floor else stats["calls"]

        time.sleep(SETTLE_S)
        cpu_before = cpu_seconds(pid)
        report = run_loadgen(bin_dir, socket_path, load)
        accepted = int(report["messages"] - report["failed"])
        # What was accepted has to be delivered as well before the bill is drawn up.
        wait_until(lambda: delivered() >= accepted, DRAIN_TIMEOUT_S)
        time.sleep(SETTLE_S)
        cpu_used = cpu_seconds(pid) - cpu_before
        messages = max(1, int(report["messages"]))
        return Figures(
            messages_per_second=report["messages_per_second"],
            cpu_us_per_message=cpu_used * 1e6 / messages,
            reply_us_p50=report["reply_us_p50"],
            reply_us_p99=report["reply_us_p99"],
            peak_mib=peak_mib(pid),
            accepted=accepted,
            delivered=delivered(),
            failed=int(report["failed"] + report["unanswered"]),
            requests=sink.stats()["requests"],
            loadgen_cpu_us_per_message=report["cpu_seconds"] * 1e6 / messages,
        )


def summarise(runs: list[Figures]) -> Figures:
    """The median of what varies, the worst of what must not."""
    worst: dict[str, Callable[..., Any]] = {
        "peak_mib": max,
        "accepted": min,
        "delivered": min,
        "failed": max,
    }
    values = {}
    for field in dataclasses.fields(Figures):
        pick = worst.get(field.name, statistics.median)
        values[field.name] = pick(getattr(run, field.name) for run in runs)
    return Figures(**values)


def compare(bin_dir: Path, load: Load, runs: int, sidecar_args: list[str]) -> Comparison:
    def run_floor(path: Path, port: int) -> list[str]:
        return floor_command(bin_dir, path, port)

    def run_sidecar(path: Path, port: int) -> list[str]:
        return sidecar_command(bin_dir, path, port, sidecar_args)

    floors: list[Figures] = []
    sidecars: list[Figures] = []
    for _ in range(runs):  # in turn, so that a slow spell of the host meets both
        floors.append(measure(bin_dir, load, True, run_floor))
        sidecars.append(measure(bin_dir, load, False, run_sidecar))
    return Comparison(load, summarise(floors), summarise(sidecars))


# --- printing ----------------------------------------------------------------------------------

HEADINGS = (
    ["load", "program", "messages/s", "CPU µs", "ratio", "target", ""]
    + ["p50 µs", "p99 µs", "peak MiB", "target", "", "delivered", "failed"]
)


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def figure_cells(figures: Figures) -> dict[str, str]:
    return {
        "rate": f"{figures.messages_per_second:,.0f}",
        "cpu": f"{figures.cpu_us_per_message:.2f}",
        "p50": f"{figures.reply_us_p50:,.0f}",
        "p99": f"{figures.reply_us_p99:,.0f}",
        "peak": f"{figures.peak_mib:.1f}",
        "delivered": f"{figures.delivered:,}",
        "failed": f"{figures.failed:,}",
    }


def floor_row(comparison: Comparison) -> list[str]:
    cells = figure_cells(comparison.floor)
    row = [comparison.load.name, "floor", cells["rate"], cells["cpu"], "1.00", "", ""]
    row += [cells["p50"], cells["p99"], cells["peak"], "", ""]
    return row + [cells["delivered"], cells["failed"]]


def sidecar_row(comparison: Comparison) -> list[str]:
    cells = figure_cells(comparison.sidecar)
    load = comparison.load
    row = ["", "sidecar", cells["rate"], cells["cpu"], f"{comparison.ratio:.2f}"]
    if load.most_ratio is None:
        row += ["", ""]
    else:
        row += [f"≤ {load.most_ratio:.1f}", verdict(comparison.is_ratio_met)]
    row += [cells["p50"], cells["p99"], cells["peak"]]
    row += [f"≤ {load.most_peak_mib:.0f}", verdict(comparison.is_peak_met)]
    loss = "" if comparison.is_complete else f" of {load.messages:,}"
    return row + [cells["delivered"] + loss, cells["failed"]]


def format_table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def as_json(comparison: Comparison) -> dict[str, Any]:
    return dataclasses.asdict(comparison) | {
        "ratio": round(comparison.ratio, 3),
        "is_ratio_met": comparison.is_ratio_met,
        "is_peak_met": comparison.is_peak_met,
        "is_complete": comparison.is_complete,
    }


# --- command line ------------------------------------------------------------------------------


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin-dir", type=Path, required=True, help="where the programs are")
    parser.add_argument(
        "--loads",
        default=",".join(DEFAULT_LOADS),
        help="names with commas between, or all: " + ", ".join(load.name for load in LOADS),
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each; medians are printed")
    parser.add_argument("--messages-scale", type=float, default=1.0, help="more or fewer messages")
    parser.add_argument("--sidecar-args", default="", help="more arguments for the sidecar")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--check", action="store_true", help="status 1 when a target is missed")
    return parser.parse_args()


def chosen_loads(names: str) -> list[Load]:
    by_name = {load.name: load for load in LOADS}
    wanted = list(by_name) if names == "all" else names.split(",")
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise BenchError(f"unknown load: {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in wanted]


def require_programs(bin_dir: Path) -> None:
    names = ["weave-sidecar", "bench-loadgen", "bench-sink", "bench-floor"]
    missing = [name for name in names if not os.access(bin_dir / name, os.X_OK)]
    if missing:
        raise BenchError(f"not in {bin_dir}: {', '.join(missing)}")


def run(arguments: argparse.Namespace) -> int:
    bin_dir = arguments.bin_dir.resolve()
    require_programs(bin_dir)
    sidecar_args = shlex.split(arguments.sidecar_args)
    comparisons = []
    for load in chosen_loads(arguments.loads):
        scaled = load.scaled(arguments.messages_scale)
        print(f"{load.name} …", file=sys.stderr, flush=True)
        comparisons.append(compare(bin_dir, scaled, max(1, arguments.runs), sidecar_args))
    if arguments.json:
        print(json.dumps({"loads": [as_json(comparison) for comparison in comparisons]}, indent=2))
    else:
        rows = [row for item in comparisons for row in (floor_row(item), sidecar_row(item))]
        print(format_table([HEADINGS] + rows))
    is_met = all(comparison.is_met for comparison in comparisons)
    return 1 if arguments.check and not is_met else 0


def main() -> int:
    # Ends through the finally blocks, so that no child outlives a terminated run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(parse_arguments())
    except (BenchError, OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
