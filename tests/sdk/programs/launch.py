"""Runs programs, in one process, under one `weave.init`: launch.py PROJECT PROGRAM…

Each program is a module here with `main()`, and with what it must leave behind in `expected.py`.
"""

from __future__ import annotations

import importlib
import sys

import weave


def main() -> None:
    project, names = sys.argv[1], sys.argv[2:]
    weave.init(project)
    for name in names:
        importlib.import_module(name).main()


if __name__ == "__main__":  # children that multiprocessing spawns import this file
    main()
