#!/usr/bin/env python3
"""Fails when the daemon executes more instructions a message than instructions.json allows.

Time is not measured, so it does not matter what else the machine does. README.md beside this file
says what is counted, what is not, and how the ceilings are renewed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from callgrind import PROGRAM, Load, MeasureError, instructions_per_message
from daemon import DaemonError

SKIPPED = 77
CEILINGS = Path(__file__).resolve().with_name("instructions.json")

LOADS = [
    Load("1k-8x64", 1024, 8, 64, 2048, 8192),
    Load("8k-8x64", 8192, 8, 64, 1024, 4096),
    Load("1k-8x1", 1024, 8, 1, 2048, 8192),
    # Starts and ends that travel together: what pairing costs.
    Load("complete", 1024, 8, 64, 2048, 8192, ("--calls-mode=complete",)),
]
# Above what was measured, in per cent. The program's own count repeats within 0.1 %. The libraries'
# follows how the heap happens to be cut up and, where each call waits for its reply, how many
# connections Qt's event loop finds ready at a time: with only one it is 16 % more.
PROGRAM_SLACK = 2
ALL_SLACK = {"1k-8x64": 3, "8k-8x64": 3, "1k-8x1": 20, "complete": 3}


@dataclasses.dataclass
class Figures:
    load: str
    # Instructions a message: of code that was compiled into the program, and of all code.
    program: float
    all: float

    @property
    def libraries_share(self) -> float:
        return 1 - self.program / self.all


def measure(bin_dir: Path, load: Load) -> tuple[Figures, list[str]]:
    """With the names of all libraries that took part."""
    counts = instructions_per_message(bin_dir, load)
    return Figures(load.name, counts[PROGRAM], sum(counts.values())), list(counts)


def libraries_text(objects: list[str]) -> str:
    """What the count of all code depends on, beside the program."""
    qt = [match.group(1) for name in objects if (match := re.search(r"Qt6Core\.so\.(.+)", name))]
    # The C library chooses by what valgrind passes on of the processor: AVX2, but not AVX-512.
    vectors = "AVX2" if "avx2" in processor_flags() else "no AVX2"
    libc = " ".join(platform.libc_ver())
    return f"Qt {qt[0] if qt else 'unknown'}, {libc}, {vectors}"


def processor_flags() -> set[str]:
    match = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return set(match.group(1).split()) if match else set()


# --- ceilings ------------------------------------------------------------------------------------


def read_ceilings() -> dict[str, Any]:
    return json.loads(CEILINGS.read_text()) if CEILINGS.exists() else {}


def renew(build: str, libraries: str, figures: list[Figures]) -> None:
    loads = {
        seen.load: {
            "program": math.ceil(seen.program * (1 + PROGRAM_SLACK / 100)),
            "all": math.ceil(seen.all * (1 + ALL_SLACK[seen.load] / 100)),
        }
        for seen in figures
    }
    ceilings = read_ceilings() | {build: {"libraries": libraries, "loads": loads}}
    CEILINGS.write_text(json.dumps(ceilings, indent=2, sort_keys=True) + "\n")
    print(f"{CEILINGS.name} renewed for {build}")


def failures_of(seen: Figures, ceiling: dict[str, int], is_same_libraries: bool) -> list[str]:
    failures = []
    for kind, count in (("program", seen.program), ("all", seen.all)):
        if kind == "all" and not is_same_libraries:
            continue
        if count > ceiling[kind]:
            more = 100 * (count / ceiling[kind] - 1)
            what = "of the program's own" if kind == "program" else "with those of the libraries"
            failures.append(
                f"{seen.load}: {count:,.0f} instructions a message {what}, {more:.1f} % above the"
                f" ceiling of {ceiling[kind]:,}"
            )
    return failures


def check(build: str, libraries: str, figures: list[Figures]) -> int:
    ceilings = read_ceilings()[build]
    is_same = ceilings["libraries"] == libraries
    print(f"{'load':10}{'program':>10}{'ceiling':>10}{'all':>10}{'ceiling':>10}  of libraries")
    failures = []
    for seen in figures:
        ceiling = ceilings["loads"][seen.load]
        most = f"{ceiling['all']:,}" if is_same else "-"
        program = f"{seen.program:10,.0f}{ceiling['program']:10,}"
        print(f"{seen.load:10}{program}{seen.all:10,.0f}{most:>10}  {seen.libraries_share:.1%}")
        failures += failures_of(seen, ceiling, is_same)
    print(f"instructions a message; {build}; {libraries}")
    if not is_same:
        print(f"the ceilings of all code are for {ceilings['libraries']}, so they were not applied")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


# --- command line --------------------------------------------------------------------------------


def reason_to_skip(arguments: argparse.Namespace) -> str:
    if arguments.unfit:
        return arguments.unfit
    if not shutil.which("valgrind"):
        return "valgrind is not there"
    if platform.machine() == "x86_64" and "sse4_2" not in processor_flags():
        return "the processor has no SSE4.2, without which checksums take other code"
    if not arguments.renew and arguments.build not in read_ceilings():
        return f"no ceilings for {arguments.build}; the target renew-instructions makes them"
    return ""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin-dir", type=Path, required=True, help="where the programs are")
    parser.add_argument("--build", required=True, help="compiler, build type and processor")
    parser.add_argument("--unfit", default="", help="why this build's count means nothing")
    parser.add_argument("--renew", action="store_true", help="write new ceilings")
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> int:
    if reason := reason_to_skip(arguments):
        print(f"skipped: {reason}")
        return SKIPPED
    bin_dir = arguments.bin_dir.resolve()
    missing = [
        name
        for name in (PROGRAM, "bench-loadgen", "bench-sink")
        if not os.access(bin_dir / name, os.X_OK)
    ]
    if missing:
        raise MeasureError(f"not in {bin_dir}: {', '.join(missing)}")
    figures = []
    objects: list[str] = []
    for load in LOADS:
        seen, objects = measure(bin_dir, load)
        figures.append(seen)
    libraries = libraries_text(objects)
    if arguments.renew:
        renew(arguments.build, libraries, figures)
    return check(arguments.build, libraries, figures)


def main() -> int:
    # Ends through the finally blocks, so that no child outlives a terminated run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(parse_arguments())
    except (MeasureError, DaemonError, OSError, subprocess.SubprocessError) as error:
        print(f"instructions: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
