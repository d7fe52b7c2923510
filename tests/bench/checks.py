"""The targets beside cost per message, by name."""

from __future__ import annotations

from collections.abc import Callable

import encryption
import processors
import queueing
import quiet
import replies
from processes import BenchError, Setup
from rows import Row

# A check is handed the highest rate of each load that was measured before it.
Check = Callable[[Setup, dict[str, float]], list[Row]]

CHECKS: dict[str, Check] = {
    "reply": replies.half_rate,
    "outage": replies.outage,
    "drain": replies.drain,
    "queue": queueing.queue,
    "idle": quiet.idle,
    "tls": encryption.tls,
    "processors": processors.second,
    "start": quiet.start,
}


def choose_checks(names: str) -> dict[str, Check]:
    if names in ("all", "none"):
        return CHECKS if names == "all" else {}
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in CHECKS]
    if unknown:
        raise BenchError(f"unknown check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    return {name: CHECKS[name] for name in wanted}
