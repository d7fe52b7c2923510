#!/usr/bin/env python3
"""Real SDKs through every door: run.py [--bin PATH] [--quick] [--only NAME]… See README.md."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cases
import environment
import judge
from cases import Cell
from doors import DIRECT, Doors, probe
from judge import Outcome
from servants import Backend, Daemon, Reader, ServantError, clean_environment

HERE = Path(__file__).resolve().parent
SKIPPED = 77  # CTest's SKIP_RETURN_CODE
_PROGRAM_TIMEOUT_S = 60.0
_AT_A_TIME = 2


class Runner:
    def __init__(self, doors: Doors, home: Path) -> None:
        self._doors = doors
        self._home = home
        self.bodies = home / "bodies.ndjson"
        self.backend = Backend(doors.environments.backend, home, record=self.bodies)
        self._reader = Reader(doors.environments.sdk, home, self.backend.url)

    def run(self, cell: Cell) -> Outcome:
        outcome = Outcome(cell)
        # Short, for the socket's path; and of its own, for the SDK keeps a cache there.
        home = Path(tempfile.mkdtemp(prefix="c", dir=self._home))
        try:
            self._run(cell, home, outcome)
        except (ServantError, OSError, subprocess.TimeoutExpired) as error:
            outcome.problems.append(f"{type(error).__name__}: {error}")
        return outcome

    def _run(self, cell: Cell, home: Path, outcome: Outcome) -> None:
        daemon: Daemon | None = None
        if cell.door != DIRECT:
            assert self._doors.program
            has_http = "http" not in self._doors.closed
            daemon = Daemon(self._doors.program, home, self.backend.url, has_http)
        try:
            self._run_program(cell, home, daemon, outcome)
            outcome.status = daemon.wait_delivered() if daemon else None
        finally:
            if daemon:
                outcome.daemon_exit = daemon.stop()
                outcome.log = daemon.log()
        outcome.take(self._reader.read(cell.project), self.backend.report())

    def _run_program(self, cell: Cell, home: Path, daemon: Daemon | None, outcome: Outcome) -> None:
        variables = self._doors.variables(cell.door, home, self.backend, daemon)
        if cell.mode == cases.COMPLETE:
            variables["WEAVE_USE_CALLS_COMPLETE"] = "false"
        launcher = HERE / "programs" / ("launch.js" if cell.case.is_node else "launch.py")
        command = self._doors.command(cell.door, cell.case.is_node)
        command += [str(launcher), cell.project, *cell.case.programs]
        began = time.monotonic()
        with (home / "program.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=variables, cwd=home)
            try:
                outcome.exit_code = process.wait(_PROGRAM_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                outcome.problems.append(f"the program hung for {_PROGRAM_TIMEOUT_S:.0f} s")
        outcome.seconds = time.monotonic() - began
        outcome.output = (home / "program.log").read_text(errors="replace")[-1500:]

    def check_bodies(self) -> list[str]:
        """By the models of the SDK that sent them, too."""
        command = [str(self._doors.environments.sdk), str(HERE / "checks" / "bodies.py")]
        done = subprocess.run(
            [*command, str(self.bodies)],
            capture_output=True,
            text=True,
            timeout=60,
            env=clean_environment(self._home),
            check=False,
        )
        print(done.stdout.strip())
        return [] if done.returncode == 0 else [(done.stderr or "bodies are wrong")[:1500]]

    def stop(self) -> None:
        self._reader.stop()
        self.backend.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    program = environment.REPOSITORY / "build" / "release" / "bin" / "weave-sidecar"
    parser.add_argument("--bin", type=Path, default=program, help="the daemon")
    parser.add_argument("--quick", action="store_true", help="few processes, the same programs")
    parser.add_argument("--only", action="append", default=[], help="a case's name")
    return parser.parse_args()


def _run_all(doors: Doors, chosen: list[Cell], home: Path) -> int:
    runner = Runner(doors, home)
    try:
        with concurrent.futures.ThreadPoolExecutor(_AT_A_TIME) as pool:
            outcomes = list(pool.map(runner.run, chosen))
        problems = list(runner.backend.report()["problems"])
        problems += runner.check_bodies()
    finally:
        runner.stop()
    return judge.report(outcomes, problems)


def main() -> int:
    options = _options()
    try:
        environments = environment.prepare()
    except environment.Unavailable as error:
        print(f"skipped: {error}")
        return SKIPPED
    doors = probe(environments, options.bin)
    for door, reason in doors.closed.items():
        print(f"skipped: door {door}: {reason}")
    if environments.no_node:
        print(f"skipped: npm weave: {environments.no_node}")
    chosen = cases.cells(cases.QUICK if options.quick else cases.FULL, doors, options.quick)
    if options.only:
        chosen = [cell for cell in chosen if cell.case.name in options.only]
    home = Path(tempfile.mkdtemp(prefix="wsdk"))
    began = time.monotonic()
    try:
        status = _run_all(doors, chosen, home)
    finally:
        if os.environ.get("SDK_KEEP") != "1":
            shutil.rmtree(home, ignore_errors=True)
    print(f"{len(chosen)} runs in {time.monotonic() - began:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
