#!/usr/bin/env python3
"""Measures the daemon beside bench-floor under the same loads, and what else has a target.

README.md beside this file says how to read the tables. Standard library only.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from checks import CHECKS, choose_checks
from loads import BY_NAME, Comparison, choose_targets, compare
from processes import PROGRAMS, BenchError, Setup
from processors import set_apart
from readings import StolenTime
from rows import Row
from table import check_table, comparison_json, load_table, row_json


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--bin-dir", type=Path, required=True, help="where the programs are")
    parser.add_argument(
        "--loads", default="all", help="names with commas between, or none: " + ", ".join(BY_NAME)
    )
    parser.add_argument(
        "--checks",
        default="all",
        help="other targets, names with commas between, or none: " + ", ".join(CHECKS),
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each; medians are printed")
    parser.add_argument("--messages-scale", type=float, default=1.0, help="more or fewer messages")
    parser.add_argument("--sidecar-args", default="", help="more arguments for the sidecar")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the tables")
    parser.add_argument("--check", action="store_true", help="status 1 when a target is missed")
    return parser.parse_args()


def require_programs(bin_dir: Path) -> None:
    missing = [name for name in PROGRAMS if not os.access(bin_dir / name, os.X_OK)]
    if missing:
        raise BenchError(f"not in {bin_dir}: {', '.join(missing)}")


def announcer() -> Callable[[str], None]:
    started = time.monotonic()

    def announce(what: str) -> None:
        print(f"{time.monotonic() - started:4.0f} s  {what}", file=sys.stderr, flush=True)

    return announce


def print_results(comparisons: list[Comparison], rows: list[Row], is_json: bool) -> None:
    if is_json:
        loads = [comparison_json(comparison) for comparison in comparisons]
        result = {"loads": loads, "other_targets": [row_json(row) for row in rows]}
        print(json.dumps(result, indent=2))
        return
    tables = [load_table(comparisons)] if comparisons else []
    tables += [check_table(rows)] if rows else []
    print("\n\n".join(tables))


def run(arguments: argparse.Namespace) -> int:
    setup = Setup(
        bin_dir=arguments.bin_dir.resolve(),
        runs=max(1, arguments.runs),
        scale=arguments.messages_scale,
        sidecar_args=shlex.split(arguments.sidecar_args),
        processors=set_apart(),
    )
    targets = choose_targets(arguments.loads)
    checks = choose_checks(arguments.checks)
    require_programs(setup.bin_dir)
    announce = announcer()
    comparisons = []
    for target in targets:
        announce(target.load.name)
        comparisons.append(compare(setup, target))
    rates = {item.target.load.name: item.sidecar.messages_per_second for item in comparisons}
    rows: list[Row] = []
    for name, check in checks.items():
        announce(name)
        stolen = StolenTime()
        measured = check(setup, rates)
        percent = stolen.percent()
        rows += [dataclasses.replace(row, stolen_percent=percent) for row in measured]
    announce("done")
    print_results(comparisons, rows, arguments.json)
    is_met = all(item.is_met for item in comparisons) and all(row.is_met for row in rows)
    return 1 if arguments.check and not is_met else 0


def main() -> int:
    # Ends through the finally blocks, so that no child outlives a terminated run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(parse_arguments())
    except (BenchError, OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
