"""Checks of reply times at a steady rate, and of a queue that must not grow."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from loads import load_named, measure_sidecar
from processes import (
    BenchError,
    Load,
    Setup,
    ask,
    free_port,
    loadgen,
    plain_backend,
    report_of,
    run_loadgen,
    start_floor,
    start_sidecar,
    start_sink,
    wait_until,
)
from processors import everywhere
from readings import SinkReader
from rows import Row, check_runs

STEADY_S = 1.5
DELIVERED_TIMEOUT_S = 10.0

# Eight clients that wait for each reply send 1,600/s at most when a reply takes 5 ms, the target. A
# rate above that would measure how they fall behind; this one is well below, and still far beyond
# what eight programs with a model in them trace.
MODERATE_RATE = 1_000

BACKLOG_BYTES = 1 << 30
BACKLOG_CALL_SIZE = 8192  # a conversation of some messages
BACKLOG_SPOOL = "--spool-max-bytes=2GiB"
DRAIN_TIMEOUT_S = 60
# Ends a daemon whose backend is away at once: what it keeps is thrown away with its spool.
NO_PATIENCE = "--shutdown-timeout=100ms"


def steady(setup: Setup, rate: int) -> Load:
    """The eight SDK processes of 1k-8x1, which send at a rate of their own."""
    messages = max(100, round(rate * STEADY_S * setup.scale))
    return dataclasses.replace(load_named("1k-8x1"), messages=messages, rate=rate)


def _p99_ms(report: dict[str, float]) -> float:
    return report["reply_us_p99"] / 1000


def _refusals(reports: list[dict[str, float]]) -> str:
    refused = sum(int(report["failed"]) for report in reports)
    return f"{refused:,} calls were not accepted" if refused else ""


def half_rate(setup: Setup, rates: dict[str, float]) -> list[Row]:
    """Reply times at half of the highest rate that 1k-8x1 reaches."""
    known = rates.get("1k-8x1")  # with the daemon set apart, where it can be
    return _in_both_places(
        setup, lambda here, where: _half_rate(here, known if here is setup else None, where)
    )


def _in_both_places(setup: Setup, measure: Callable[[Setup, str], Row]) -> list[Row]:
    """With every program on all processors, as on a host, and with the daemon set apart on one."""
    if not setup.processors:
        return [measure(setup, "")]
    with everywhere(setup) as together:
        rows = [measure(together, "all processors, ")]
    return [*rows, measure(setup, "set apart on one, ")]


def _half_rate(setup: Setup, highest: float | None, where: str) -> Row:
    if highest is None:
        load = load_named("1k-8x1").scaled(setup.scale)
        runs = [measure_sidecar(setup, load) for _ in range(check_runs(setup))]
        highest = statistics.median(run.messages_per_second for run in runs)
    load = steady(setup, max(1, round(highest / 2)))
    floors, reports = [], []
    # One hold-up of 10 ms in a run of two seconds is half of the replies that p99 leaves out.
    for _ in range(setup.runs):
        floors.append(_floor_report(setup, load))
        with ExitStack() as stack:
            port, _ = start_sink(stack, setup)
            _, socket_path = start_sidecar(stack, setup, plain_backend(port))
            reports.append(run_loadgen(setup, socket_path, load))
    what = f"reply p99 at half the highest rate of 1k-8x1 ({where}{load.rate:,}/s)"
    runs_ms = [_p99_ms(report) for report in reports]
    floor_ms = statistics.median(_p99_ms(report) for report in floors)
    problem = _refusals(reports)
    return Row("reply", what, "ms", 1.0, runs_ms, floor=floor_ms, problem=problem)


def _floor_report(setup: Setup, load: Load) -> dict[str, float]:
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup, is_raw=True)
        _, socket_path = start_floor(stack, setup, port)
        return run_loadgen(setup, socket_path, load)


def outage(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """Reply times after the backend has gone in the middle of its work."""
    load = steady(setup, MODERATE_RATE)
    reports = []
    for _ in range(check_runs(setup)):
        with ExitStack() as stack:
            port, sink = start_sink(stack, setup)
            _, socket_path = start_sidecar(stack, setup, plain_backend(port), NO_PATIENCE)
            deliver_a_call(setup, socket_path, port)
            sink.terminate()
            sink.wait()
            reports.append(run_loadgen(setup, socket_path, load))
    what = f"reply p99 while the backend is away ({load.rate:,}/s)"
    runs_ms = [_p99_ms(report) for report in reports]
    return [Row("outage", what, "ms", 5.0, runs_ms, problem=_refusals(reports))]


def deliver_a_call(setup: Setup, socket_path: Path, port: int) -> None:
    run_loadgen(setup, socket_path, dataclasses.replace(load_named("1k-1x1"), messages=2))
    with closing(SinkReader(port)) as reader:
        if not wait_until(lambda: reader.calls() >= 2, DELIVERED_TIMEOUT_S):
            raise BenchError("a call was not delivered")


def drain(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """Reply times while what an outage has left is delivered, for as long as that takes."""
    return _in_both_places(setup, _drain)


def _drain(setup: Setup, where: str) -> Row:
    mib = max(1, round(BACKLOG_BYTES * min(1.0, setup.scale)) >> 20)
    calls = (mib << 20) // BACKLOG_CALL_SIZE
    backlog = dataclasses.replace(load_named("8k-8x64"), messages=calls)
    reports = []
    problem = ""
    for _ in range(check_runs(setup)):
        with ExitStack() as stack:
            port = free_port()
            more = (BACKLOG_SPOOL, NO_PATIENCE)
            _, socket_path = start_sidecar(stack, setup, plain_backend(port), *more)
            filled = run_loadgen(setup, socket_path, backlog)
            start_sink(stack, setup, port=port)
            report, is_drained = _report_of_drain(setup, socket_path, port, calls)
        reports.append(report)
        problem = problem or _refusals([filled, report])
        if not is_drained:
            problem = f"not drained in {DRAIN_TIMEOUT_S} s"
    seconds = statistics.median(report["seconds"] for report in reports)
    what = f"reply p99 while {mib:,} MiB drain ({where}{MODERATE_RATE:,}/s for {seconds:.1f} s)"
    return Row("drain", what, "ms", 5.0, [_p99_ms(report) for report in reports], problem=problem)


def _report_of_drain(
    setup: Setup, socket_path: Path, port: int, calls: int
) -> tuple[dict[str, float], bool]:
    """The report of a load that ends when so many calls are delivered, and whether they were."""
    load = dataclasses.replace(
        steady(setup, MODERATE_RATE), messages=MODERATE_RATE * DRAIN_TIMEOUT_S
    )
    with closing(SinkReader(port)) as sink:
        ask(socket_path, "retry")  # instead of waiting for the end of a back-off
        with loadgen(setup, socket_path, load, DRAIN_TIMEOUT_S) as process:
            is_drained = wait_until(lambda: sink.calls() >= calls, DRAIN_TIMEOUT_S)
            process.terminate()
            return report_of(process), is_drained
