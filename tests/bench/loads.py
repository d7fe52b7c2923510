"""The loads of the table: the floor and the daemon under each of them, side by side."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from processes import (
    BenchError,
    Load,
    Setup,
    plain_backend,
    run_loadgen,
    start_floor,
    start_sidecar,
    start_sink,
    wait_until,
)
from readings import SinkReader, StolenTime, cpu_seconds, peak_mib

DRAIN_TIMEOUT_S = 10.0
SETTLE_S = 0.05


@dataclasses.dataclass(frozen=True)
class Target:
    """A load with the most that the daemon may take for it."""

    load: Load
    most_ratio: float
    most_peak_mib: float


# As many messages as a run of about a second needs, so that the whole table takes a minute or two.
TARGETS = [
    Target(Load("1k-8x64", 1024, 8, 64, 400_000), 3.0, 64),
    Target(Load("8k-8x64", 8192, 8, 64, 60_000), 2.5, 64),
    Target(Load("1k-8x1", 1024, 8, 1, 100_000), 1.5, 64),
    Target(Load("1k-1x1", 1024, 1, 1, 10_000), 1.2, 64),
    Target(Load("1k-64x16", 1024, 64, 16, 300_000), 3.0, 64),
    Target(Load("1k-1000x1", 1024, 1000, 1, 100_000), 2.0, 64),
    Target(Load("800k-4x4", 800_000, 4, 4, 600), 2.5, 128),
]
BY_NAME = {target.load.name: target for target in TARGETS}


def load_named(name: str) -> Load:
    return BY_NAME[name].load


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
    target: Target
    floor: Figures
    sidecar: Figures
    stolen_percent: float = 0  # see Row

    @property
    def ratio(self) -> float:
        return self.sidecar.cpu_us_per_message / max(self.floor.cpu_us_per_message, 1e-9)

    @property
    def is_ratio_met(self) -> bool:
        return self.ratio <= self.target.most_ratio

    @property
    def is_peak_met(self) -> bool:
        return self.sidecar.peak_mib <= self.target.most_peak_mib

    @property
    def is_complete(self) -> bool:
        """Every message was accepted, and everything accepted reached the sink."""
        sidecar = self.sidecar
        messages = self.target.load.messages
        return sidecar.failed == 0 and sidecar.delivered >= sidecar.accepted == messages

    @property
    def is_met(self) -> bool:
        return self.is_ratio_met and self.is_peak_met and self.is_complete


def measure(setup: Setup, pid: int, socket_path: Path, load: Load, sink: SinkReader) -> Figures:
    """Puts the load on a program that runs, until everything that it accepted is delivered."""
    time.sleep(SETTLE_S)
    cpu_before = cpu_seconds(pid)
    report = run_loadgen(setup, socket_path, load)
    accepted = int(report["messages"] - report["failed"])
    # What was accepted has to be delivered as well before the bill is drawn up.
    wait_until(lambda: sink.calls() >= accepted, DRAIN_TIMEOUT_S)
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
        delivered=sink.calls(),
        failed=int(report["failed"] + report["unanswered"]),
        requests=sink.stats()["requests"],
        loadgen_cpu_us_per_message=report["cpu_seconds"] * 1e6 / messages,
    )


def measure_floor(setup: Setup, load: Load) -> Figures:
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup, is_raw=True)
        pid, socket_path = start_floor(stack, setup, port)
        sink = stack.enter_context(closing(SinkReader(port, load.size)))
        return measure(setup, pid, socket_path, load, sink)


def measure_sidecar(setup: Setup, load: Load) -> Figures:
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup)
        pid, socket_path = start_sidecar(stack, setup, plain_backend(port))
        sink = stack.enter_context(closing(SinkReader(port)))
        return measure(setup, pid, socket_path, load, sink)


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


def compare(setup: Setup, target: Target) -> Comparison:
    load = target.load.scaled(setup.scale)
    stolen = StolenTime()
    floors: list[Figures] = []
    sidecars: list[Figures] = []
    for _ in range(setup.runs):  # in turn, so that a slow spell of the host meets both
        floors.append(measure_floor(setup, load))
        sidecars.append(measure_sidecar(setup, load))
    scaled = dataclasses.replace(target, load=load)
    return Comparison(scaled, summarise(floors), summarise(sidecars), stolen.percent())


def choose_targets(names: str) -> list[Target]:
    if names in ("all", "none"):
        return TARGETS if names == "all" else []
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in BY_NAME]
    if unknown:
        raise BenchError(f"unknown load: {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    return [BY_NAME[name] for name in wanted]
