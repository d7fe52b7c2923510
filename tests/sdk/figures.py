"""What one load by one door came to, and the tables of it."""

from __future__ import annotations

import dataclasses
import statistics
from typing import Any

from doors import DIRECT
from judge import table

OFF = "off"  # WEAVE_DISABLED: what a call costs that is not traced at all


@dataclasses.dataclass(frozen=True)
class Load:
    title: str
    processes: int
    ops: int  # of each process
    rate: float  # calls a second of each process, 0: as many as go
    rounds: int


@dataclasses.dataclass(frozen=True)
class Figures:
    """Means over processes, but the worst for p99 and exit."""

    mean_us: float
    p50_us: float
    p99_us: float
    caller_cpu_us: float
    loop_cpu_us: float
    total_cpu_us: float
    exit_s: float
    call_requests: float
    all_requests: float
    connections: float
    daemon_cpu_us: float


_COLUMNS = (
    ("mean_us", "call µs", "{:.0f}"),
    ("p50_us", "p50 µs", "{:.0f}"),
    ("p99_us", "p99 µs", "{:.0f}"),
    ("caller_cpu_us", "caller CPU µs", "{:.0f}"),
    ("loop_cpu_us", "CPU µs", "{:.0f}"),
    ("total_cpu_us", "CPU to end µs", "{:.0f}"),
    ("exit_s", "exit s", "{:.2f}"),
    ("call_requests", "call requests", "{:.0f}"),
    ("all_requests", "all requests", "{:.0f}"),
    ("connections", "connections", "{:.0f}"),
    ("daemon_cpu_us", "daemon CPU µs", "{:.1f}"),
)


def figures(
    load: Load, results: list[dict[str, Any]], report: dict[str, Any], daemon_cpu_s: float
) -> Figures:
    def mean(name: str) -> float:
        return statistics.fmean(result[name] for result in results)

    def per_call(seconds: float) -> float:
        return seconds / load.ops * 1e6

    routes = [item for counts in report["requests"].values() for item in counts.items()]
    return Figures(
        mean_us=mean("mean_s") * 1e6,
        p50_us=mean("p50_s") * 1e6,
        p99_us=max(result["p99_s"] for result in results) * 1e6,
        caller_cpu_us=per_call(mean("caller_cpu_s")),
        loop_cpu_us=per_call(mean("loop_cpu_s")),
        total_cpu_us=per_call(mean("cpu_s") - mean("cpu_before_s")),
        exit_s=max(result["exit_s"] for result in results),
        call_requests=sum(count for route, count in routes if "/call" in route),
        all_requests=sum(count for _, count in routes),
        connections=report["connections"],
        daemon_cpu_us=per_call(daemon_cpu_s) / load.processes,
    )


def _median(rounds: list[Figures], name: str) -> float:
    return statistics.median(getattr(one, name) for one in rounds)


def show(load: Load, measured: dict[str, list[Figures]]) -> str:
    """Medians of the rounds, each door also as a ratio to direct."""
    rows = [("", *(title for _, title, _ in _COLUMNS))]
    for door, rounds in measured.items():
        rows.append((door, *(form.format(_median(rounds, name)) for name, _, form in _COLUMNS)))
    for door, rounds in measured.items():
        if door not in (DIRECT, OFF):
            rows.append((f"{door} / direct", *_ratios(rounds, measured[DIRECT])))
    return f"\n{load.title}, median of {len(measured[DIRECT])}\n{table(rows)}"


def _ratios(rounds: list[Figures], direct: list[Figures]) -> list[str]:
    bases = [(_median(direct, name), name) for name, _, _ in _COLUMNS]
    return [f"{_median(rounds, name) / base:.2f}" if base else "-" for base, name in bases]


def verdicts(load: Load, measured: dict[str, list[Figures]]) -> str:
    """The aims, in words. No two runs on a busy machine are alike: rounds that overlap are said."""
    aims = (
        ("mean_us", "a call's wall time"),
        ("total_cpu_us", "CPU until the end"),
        ("exit_s", "exit time"),
    )
    direct = measured[DIRECT]
    lines = []
    for door, rounds in measured.items():
        if door in (DIRECT, OFF):
            continue
        for name, title in aims:
            ratio = _median(rounds, name) / _median(direct, name)
            lowest = min(getattr(one, name) for one in rounds)
            highest = max(getattr(one, name) for one in direct)
            word = "yes" if ratio <= 1 else "rounds overlap" if lowest <= highest else "NO"
            lines.append(f"  {door}: {title} not above direct: {word} (x {ratio:.2f})")
        if load.processes > 1:
            fewer = _median(direct, "call_requests") / _median(rounds, "call_requests")
            word = "yes" if fewer >= 5 else "NO"
            lines.append(f"  {door}: a fifth of the requests: {word} ({fewer:.1f} times fewer)")
    return "\n".join(lines)


def show_shares(door: str, shares: dict[str, dict[str, float]]) -> str:
    """Profiling slows everything down: only the shares mean something."""
    lines = []
    total = sum(sum(packages.values()) for packages in shares.values())
    for thread, packages in shares.items():
        parts = sorted(packages.items(), key=lambda item: -item[1])[:7]
        text = ", ".join(f"{name} {seconds / total:.0%}" for name, seconds in parts)
        lines.append(f"  {door}, {thread}, {sum(packages.values()) / total:.0%}: {text}")
    return "\n".join(lines)
