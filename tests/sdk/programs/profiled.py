"""Where a traced call's CPU time goes: profiled.py PROJECT OPS prints seconds in each package."""

from __future__ import annotations

import cProfile
import contextlib
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

_others: list[cProfile.Profile] = []


def _new_profile() -> cProfile.Profile:
    """By CPU time: who waits or sleeps takes nothing from anybody."""
    return cProfile.Profile(time.thread_time)


def _profile_thread(*_: Any) -> None:
    """The first event of a new thread: from here on a profile of its own takes over."""
    profile = _new_profile()
    _others.append(profile)
    # From Python 3.12 on the first profile sees all threads, and a second one is refused.
    with contextlib.suppress(ValueError):
        profile.enable()


def _package(code: Any) -> str:
    if isinstance(code, str):
        return "built-in functions"
    path = code.co_filename
    parts = Path(path).parts
    if "site-packages" not in parts:
        return "standard library"
    inside = parts[parts.index("site-packages") + 1 :]
    # weave is the one to look into.
    return "/".join(inside[: 2 if inside[0] == "weave" else 1]).removesuffix(".py")


def _seconds(profile: cProfile.Profile) -> Counter[str]:
    found: Counter[str] = Counter()
    # Not by pstats: that would end the profile in another thread, and by its clock.
    for entry in profile.getstats():
        found[_package(entry.code)] += entry.inlinetime
    return found


def main() -> None:
    project, ops = sys.argv[1], int(sys.argv[2])
    threading.setprofile(_profile_thread)
    import weave
    from measured import WARM_UPS, run

    client = weave.init(project)
    run(WARM_UPS, 0)
    client.flush()
    caller = _new_profile()
    caller.enable()
    run(ops, 0)
    caller.disable()
    background: Counter[str] = Counter()
    client.flush()
    for profile in _others:
        background += _seconds(profile)
    shares = {"caller": _seconds(caller), "background": background}
    print("RESULT " + json.dumps(shares), flush=True)


if __name__ == "__main__":
    main()
