"""Waits for the sidecar, for a bounded time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from weave_sidecar import _settings
from weave_sidecar._wire import ROUND_TIMEOUT

if TYPE_CHECKING:
    from weave_sidecar._router import Router

# A younger end may still see its start, from a thread which goes on tracing during the flush.
YOUNG_END_SECONDS = 2.0
FIRST_PAUSE = 0.05
MAX_PAUSE = 0.5


def flush(router: Router) -> None:
    """Return when every call is acknowledged or went directly and, unless the process exits, the
    daemon has delivered what it has or the time is up."""
    exiting = router.exiting
    deadline = time.monotonic() + _settings.flush_timeout()
    router.release_early(0.0 if exiting else YOUNG_END_SECONDS)
    _hand_over(router)
    pause = FIRST_PAUSE
    while router.retry_waiting_now():
        _hand_over(router)
        if exiting or time.monotonic() + pause > deadline:
            router.give_up_waiting()
            break
        if router.has_waiting:
            time.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)
    # At exit the acknowledgement is enough: the daemon has the calls on its disk.
    if not exiting:
        router.flush_daemon(deadline)


def _hand_over(router: Router) -> None:
    # Whoever is sending right now needs no longer than this to succeed or to give up.
    if not router.hand_over(time.monotonic() + ROUND_TIMEOUT + 1.0):
        router.give_up_queue()
