"""For what a machine lacks: ctest takes this exit code as "skipped"."""

import shutil
import sys

SKIPPED = 77


def skip(reason: str) -> None:
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed (Debian: package systemd or systemd-container)")
