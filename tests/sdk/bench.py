#!/usr/bin/env python3
"""What tracing costs a program, directly and through each door, in one run. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import environment
from doors import DIRECT, DOORS, Doors, probe
from figures import OFF, Figures, Load, figures, show, show_shares, verdicts
from servants import Backend, Daemon, ServantError

HERE = Path(__file__).resolve().parent
SKIPPED = 77
_LATENCY_MS = 50.0
_TIMEOUT_S = 60.0
_PROFILED = 1000
_REPEAT_S = 75.0  # a slow machine gets fewer rounds, not a longer wait


class Bench:
    def __init__(self, doors: Doors, home: Path) -> None:
        self._doors = doors
        self._home = home
        self._backend = Backend(doors.environments.backend, home, latency_ms=_LATENCY_MS)
        self._runs = 0

    def stop(self) -> None:
        self._backend.stop()

    def measure(self, load: Load, door: str) -> Figures:
        arguments = ["measured.py", self._project(), str(load.ops), str(load.rate)]
        self._backend.reset()
        results, daemon_cpu_s = self._run(load.processes, arguments, door)
        report = self._backend.report()
        if report["problems"]:
            raise ServantError(f"the backend objects: {report['problems'][0]}")
        return figures(load, results, report, daemon_cpu_s)

    def profile(self, door: str) -> dict[str, Any]:
        results, _ = self._run(1, ["profiled.py", self._project(), str(_PROFILED)], door)
        return {key: results[0][key] for key in ("caller", "background")}

    def _project(self) -> str:
        self._runs += 1
        return f"acme/bench-{self._runs}"

    def _run(
        self, processes: int, arguments: list[str], door: str
    ) -> tuple[list[dict[str, Any]], float]:
        """What each process told, and the CPU seconds of the daemon."""
        home = Path(tempfile.mkdtemp(prefix="b", dir=self._home))
        if door in (DIRECT, OFF):
            return self._run_programs(processes, arguments, door, home, None), 0.0
        assert self._doors.program
        has_http = "http" not in self._doors.closed
        daemon = Daemon(self._doors.program, home, self._backend.url, has_http, "1s")
        try:
            results = self._run_programs(processes, arguments, door, home, daemon)
            status = daemon.wait_delivered()["calls"]
            if status["pending"] or status["dead_lettered"]:
                raise ServantError(f"not delivered: {status}")
            return results, daemon.cpu_s()
        finally:
            daemon.stop()

    def _run_programs(
        self, processes: int, arguments: list[str], door: str, home: Path, daemon: Daemon | None
    ) -> list[dict[str, Any]]:
        way = DIRECT if door == OFF else door
        variables = self._doors.variables(way, home, self._backend, daemon)
        if door == OFF:
            variables["WEAVE_DISABLED"] = "true"
        command = self._doors.command(way, is_node=False)
        command += [str(HERE / "programs" / arguments[0]), *arguments[1:]]
        programs = []
        for number in range(processes):
            with (home / f"{number}.log").open("wb") as log:
                program = subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=log, env=variables, cwd=home
                )
            programs.append(program)
        ends = _wait_all({program.pid for program in programs})
        results = []
        for number, program in enumerate(programs):
            ended, cpu_s, program.returncode = ends[program.pid]
            assert program.stdout
            text = program.stdout.read().decode(errors="replace")
            program.stdout.close()
            lines = [line for line in text.splitlines() if line.startswith("RESULT ")]
            if program.returncode != 0 or not lines:
                raise ServantError((home / f"{number}.log").read_text(errors="replace")[-1500:])
            result = json.loads(lines[-1].removeprefix("RESULT "))
            results.append(result | {"exit_s": ended - result.get("last", ended), "cpu_s": cpu_s})
        return results


def _wait_all(pids: set[int]) -> dict[int, tuple[float, float, int]]:
    """When each ended, the CPU it had taken, and its status."""
    ends: dict[int, tuple[float, float, int]] = {}
    deadline = time.monotonic() + _TIMEOUT_S
    while pids - set(ends):
        for pid in pids - set(ends):
            found, status, usage = os.wait4(pid, os.WNOHANG)
            if found:
                cpu_s = usage.ru_utime + usage.ru_stime
                ends[pid] = (time.monotonic(), cpu_s, os.waitstatus_to_exitcode(status))
        if time.monotonic() > deadline:
            for pid in pids - set(ends):
                os.kill(pid, 9)  # still our child: nobody else can have its number
            deadline += _TIMEOUT_S
        time.sleep(0.002)
    return ends


_LOADS = (
    Load("1 process, 2,000 calls as fast as they go", 1, 2000, 0.0, 3),
    Load("8 processes, 1,000 calls each as fast as they go", 8, 1000, 0.0, 2),
    Load("8 processes, 50 calls/s each for 5 s", 8, 250, 50.0, 2),
)


def _run_load(bench: Bench, load: Load, doors: Doors, deadline: float) -> None:
    open_doors = [door for door in DOORS if door not in doors.closed]
    found: dict[str, list[Figures]] = {OFF: []} if not load.rate else {}
    found |= {door: [] for door in open_doors}
    # Round by round: what else the machine does meets all alike.
    for number in range(load.rounds):
        if number and time.monotonic() > deadline:
            break
        for way in found:
            if way != OFF or number == 0:  # once is enough for a base line
                found[way].append(bench.measure(load, way))
    print(show(load, found))
    print(verdicts(load, found), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    program = environment.REPOSITORY / "build" / "release" / "bin" / "weave-sidecar"
    parser.add_argument("--bin", type=Path, default=program, help="the daemon")
    options = parser.parse_args()
    try:
        doors = probe(environment.prepare(), options.bin)
    except environment.Unavailable as error:
        print(f"skipped: {error}")
        return SKIPPED
    for door, reason in doors.closed.items():
        print(f"skipped: door {door}: {reason}")
    home = Path(tempfile.mkdtemp(prefix="wsdk"))
    deadline = time.monotonic() + _REPEAT_S
    bench = Bench(doors, home)
    print(f"backend latency {_LATENCY_MS:.0f} ms, {os.cpu_count()} processors")
    try:
        for load in _LOADS:
            _run_load(bench, load, doors, deadline)
        print(
            f"\nWhere the CPU time of a call goes, {_PROFILED} calls and a flush under the profiler"
        )
        for door in DOORS:
            if door not in doors.closed:
                print(show_shares(door, bench.profile(door)))
    finally:
        bench.stop()
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
