#!/usr/bin/env python3
"""Lets the daemon work for a long time, with everything that life brings, and looks for what grows.

Status 1 when an acknowledged call was lost or altered, when something that the daemon holds has
grown, or when it did not do as it should. README.md beside this file says what is measured.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))
import faults  # noqa: E402
from daemon import DaemonError  # noqa: E402
from lab import Report, Setting, laboratory  # noqa: E402
from lives import FLAGS, Soak  # noqa: E402
from samples import LEAST_SAMPLES, rows_of, trends_of  # noqa: E402

LEAST_MINUTES = 0.3
MOST_MINUTES = 120  # every call is remembered, for the verdict


def print_result(soak: Soak | None, report: Report) -> None:
    if soak:
        trends = trends_of(soak.samples)
        if trends:
            print(faults.format_table(rows_of(trends)))
        for trend in trends:
            if not trend.is_flat:
                report.failures.append(
                    f"{trend.measure.name} grew by {trend.growth:.{trend.measure.decimals}f}"
                    f" in {len(soak.samples)} waves"
                )
        term, kill = soak.ends[signal.SIGTERM], soak.ends[signal.SIGKILL]
        report.notes.append(f"{soak.waves} waves; ended {term} by SIGTERM, {kill} by SIGKILL")
        if soak.lab.told.reply_s:
            told = soak.lab.told
            median, late = told.reply_ms(0.5), told.reply_ms(0.99)
            report.notes.append(f"reply p50 {median:.2f} p99 {late:.1f} ms")
        if len(soak.samples) < LEAST_SAMPLES:
            report.failures.append("it was too short to say whether anything grows")
    print()
    print(faults.format_table([faults.HEADINGS, faults.row_of(report)]))
    for failure in dict.fromkeys(report.failures):
        print(f"\n{failure}", file=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    if not os.access(arguments.bin, os.X_OK):
        print(f"soak: {arguments.bin} is not there; ./dev build makes it", file=sys.stderr)
        return 2
    program = arguments.bin.resolve()
    setting = Setting(program, True, 0, arguments.seed, Path())
    report = Report("soak")
    soak: Soak | None = None
    began = time.monotonic()
    interrupted: SystemExit | None = None
    try:
        with laboratory(setting, report, FLAGS) as lab:
            soak = Soak(lab, 60 * arguments.minutes)
            try:
                soak.run()
            except (OSError, DaemonError, ArithmeticError):
                report.failures.append(traceback.format_exc(limit=3))
            if not report.is_good:
                report.failures.append("the daemon's last words:\n" + lab.daemon.log_tail())
    except SystemExit as end:
        interrupted = end
        report.failures.append("it was ended early")
    report.seconds = time.monotonic() - began
    print_result(soak, report)
    if interrupted:
        raise interrupted
    return 0 if report.is_good else 1


def minutes(text: str) -> float:
    value = float(text)
    if not LEAST_MINUTES <= value <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"from {LEAST_MINUTES} to {MOST_MINUTES}")
    return value


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=faults.default_program(), help="weave-sidecar")
    parser.add_argument("--minutes", type=minutes, default=10.0, help="how long, about; 10")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    return parser.parse_args()


def end_early(number: int, _: FrameType | None) -> None:
    """Ends through the finally blocks, so that no process and no file outlives the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    arguments = parse_arguments()
    signal.signal(signal.SIGINT, end_early)
    signal.signal(signal.SIGTERM, end_early)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
