#!/usr/bin/env python3
"""Breaks everything around the daemon and counts what became of every call.

Status 1 when an acknowledged call was lost or altered, or when a scenario did not go as it should.
Standard library only; README.md beside this file says what the columns mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import backends
import completes
import crashes
import damages
import disks
import networks
import patience
import proxies
import replies
import syncs
from daemon import DaemonError
from lab import Lab, Report, Setting, Skip, laboratory


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    run: Callable[[Lab], None]
    flags: tuple[str, ...] = ()
    # What takes long, or is near to another one, is left out of a quick run.
    is_quick: bool = True


_HOLD = ("--pair-hold", "3s")

SCENARIOS = [
    Scenario("kill", crashes.kill, ("--shutdown-timeout", "1s")),
    Scenario("early", crashes.early),
    Scenario("outage", backends.outage),
    Scenario("storm", backends.storm, ("--request-timeout", "1s")),
    Scenario("slow", backends.slow),
    Scenario("poison", backends.poison),
    Scenario("too-large", backends.too_large),
    Scenario("unauthorized", backends.unauthorized),
    Scenario("forbidden", backends.forbidden),
    Scenario("disk-full", disks.disk_full),
    Scenario("spool-vanished", disks.spool_vanished),
    Scenario("read-only", disks.read_only),
    Scenario("spool-full", disks.spool_full, ("--spool-max-bytes", "2MiB")),
    Scenario("damage", damages.damage),
    Scenario("io-error", syncs.io_error, ("--spool-sync", "always")),
    Scenario("sync-always", syncs.sync_always, ("--spool-sync", "always")),
    Scenario("backlog", crashes.backlog, ("--spool-max-bytes", "2GiB")),
    Scenario("sigterm", crashes.sigterm, ("--shutdown-timeout", "1s")),
    Scenario("kill-when-full", patience.kill_when_full, ("--spool-max-bytes", "2MiB")),
    Scenario("kill-in-recovery", patience.kill_in_recovery),
    Scenario("max-age", patience.max_age, ("--max-age", "2s"), False),
    Scenario("slow-projects", patience.slow_projects, ("--request-timeout", "60s"), False),
    Scenario("hasty-413", networks.hasty_413),
    Scenario("proxy", proxies.proxy),
    Scenario("redirects", replies.redirects),
    Scenario("huge-reply", replies.huge_reply),
    Scenario("cut-reply", replies.cut_reply),
    Scenario("silent", replies.silent, ("--request-timeout", "1s")),
    Scenario("tls", networks.tls, (), False),
    Scenario("no-such-host", networks.no_such_host, ()),
    Scenario("black-hole", networks.black_hole, ("--request-timeout", "5s"), False),
    Scenario("complete-kill", completes.complete_kill, (*_HOLD, "--shutdown-timeout", "1s")),
    Scenario("complete-missing", completes.complete_missing, (*_HOLD, "--calls-mode", "complete")),
    Scenario("complete-outage", completes.complete_outage, _HOLD, False),
    Scenario(
        "complete-storm", completes.complete_storm, (*_HOLD, "--request-timeout", "1s"), False
    ),
    Scenario("complete-poison", completes.complete_poison, _HOLD),
    Scenario("promoted", completes.promoted, _HOLD),
]


def run_scenario(scenario: Scenario, setting: Setting) -> Report:
    report = Report(scenario.name)
    began = time.monotonic()
    try:
        with laboratory(setting, report, list(scenario.flags)) as lab:
            try:
                scenario.run(lab)
            except (OSError, DaemonError):
                report.failures.append(traceback.format_exc(limit=3) + lab.daemon.log_tail())
            if not report.is_good:
                report.failures.append("the daemon's last words:\n" + lab.daemon.log_tail())
    except Skip as reason:
        report.skipped = str(reason)
    except (OSError, DaemonError, subprocess.SubprocessError) as error:
        report.failures.append(f"{type(error).__name__}: {error}")
    report.seconds = time.monotonic() - began
    return report


HEADINGS = ["scenario", "acknowledged", "delivered", "duplicated", "dead-lettered", "lost"]
HEADINGS += ["altered", "unknown", "seconds", "", "note"]


def row_of(report: Report) -> list[str]:
    if report.skipped:
        return [report.name] + [""] * 7 + ["", "skipped", report.skipped]
    counts = [""] * 7
    if report.verdict:
        seen = report.verdict
        numbers = [seen.acknowledged, seen.delivered, seen.duplicated, seen.dead_lettered]
        numbers += [seen.lost, seen.altered, seen.unknown]
        counts = [f"{number:,}" for number in numbers]
    word = "good" if report.is_good else "FAILED"
    return [report.name, *counts, f"{report.seconds:.1f}", word, "; ".join(report.notes)]


def format_table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if 0 < column < 9 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def default_program() -> Path:
    return Path(__file__).resolve().parents[2] / "build/release/bin/weave-sidecar"


def parse_arguments() -> argparse.Namespace:
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=default_program(), help="weave-sidecar")
    parser.add_argument("--slow-disk", type=Path, help="libweave_slow_disk.so; beside --bin")
    parser.add_argument("--scenario", nargs="+", choices=names, metavar="NAME")
    parser.add_argument("--rounds", type=int, help="kills; 200, with --quick 20")
    parser.add_argument("--quick", action="store_true", help="most of it, in a minute")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> int:
    if not os.access(arguments.bin, os.X_OK):
        print(f"faults: {arguments.bin} is not there; ./dev build makes it", file=sys.stderr)
        return 2
    rounds = arguments.rounds or (20 if arguments.quick else 200)
    program = arguments.bin.resolve()
    slow_disk = arguments.slow_disk or program.parents[1] / "tests/fakes/libweave_slow_disk.so"
    setting = Setting(program, arguments.quick, rounds, arguments.seed, slow_disk.resolve())
    wanted = arguments.scenario or [
        scenario.name for scenario in SCENARIOS if scenario.is_quick or not arguments.quick
    ]
    reports = []
    for scenario in SCENARIOS:
        if scenario.name not in wanted:
            continue
        print(f"{scenario.name} …", file=sys.stderr, flush=True)
        reports.append(run_scenario(scenario, setting))
    print(format_table([HEADINGS] + [row_of(report) for report in reports]))
    for report in reports:
        for failure in report.failures:
            print(f"\n{report.name}: {failure}", file=sys.stderr)
    return 0 if all(report.is_good for report in reports) else 1


def main() -> int:
    # Ends through the finally blocks, so that neither a process nor a mount outlives the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return run(parse_arguments())


if __name__ == "__main__":
    sys.exit(main())
