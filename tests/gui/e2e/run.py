"""The real tray and the real daemon on a desktop of their own, used as people use them.

    run.py --daemon PROGRAM --tray PROGRAM --watcher PROGRAM GROUP [SCENARIO…]

With TRAY_E2E_KEEP=FOLDER the screen of a scenario that fails is kept there. Exit code 77: something
that the group needs is not installed.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import time
from collections.abc import Callable

import reader
from desktop import Skipped
from scene import Programs, Scene, scene

_NEEDED_BY_ALL = ("Xvfb", "xdotool", "xfwm4", "dbus-daemon")
# What each group needs besides what all need, and whether there is a session bus.
_GROUPS = {
    "logic": (("gdbus",), True),
    "panel": (("gdbus", "xfce4-panel", "xclip"), True),
    "xembed": (("trayer",), False),
    "costs": (("gdbus",), True),
    "readers": ((), True),
    "keys": (("xclip",), True),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for program in ("daemon", "tray", "watcher"):
        parser.add_argument(f"--{program}", required=True)
    parser.add_argument("group", choices=_GROUPS)
    parser.add_argument("scenario", nargs="*")
    arguments = parser.parse_args()
    needs, with_bus = _GROUPS[arguments.group]
    for tool in (*_NEEDED_BY_ALL, *needs):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            return 77
    if arguments.group in ("readers", "keys") and not reader.is_possible():
        print(f"skipped: {reader.PYTHON} has no bindings for AT-SPI")
        return 77
    programs = Programs(arguments.daemon, arguments.tray, arguments.watcher)
    scenarios: tuple[Callable[[Scene], None], ...] = importlib.import_module(arguments.group).SCENARIOS
    for scenario in scenarios:
        if arguments.scenario and scenario.__name__ not in arguments.scenario:
            continue
        begin = time.monotonic()
        try:
            with scene(programs, with_bus) as set_up:
                scenario(set_up)
        except Skipped as reason:
            print(f"left out {scenario.__name__}: {reason}", flush=True)
            continue
        print(f"ok {scenario.__name__}, {time.monotonic() - begin:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
