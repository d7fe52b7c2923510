#!/usr/bin/env python3
"""The tests, types and lint of sdk/python, with the real SDK: package.py [--bin PATH] [pytest's arguments]."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import environment

SKIPPED = 77  # CTest's SKIP_RETURN_CODE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, help="weave-sidecar; without it the tests have a fake daemon only")
    options, rest = parser.parse_known_args()
    try:
        python = environment.prepare_package()
    except environment.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    variables = dict(os.environ)
    if options.bin:
        variables["WEAVE_SIDECAR_BIN"] = str(options.bin.resolve())
    for module in (["ruff", "check", "."], ["mypy"], ["pytest", "-q", "-p", "no:cacheprovider", *rest]):
        command = [str(python), "-m", *module]
        done = subprocess.run(command, cwd=environment.PACKAGE, env=variables, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
