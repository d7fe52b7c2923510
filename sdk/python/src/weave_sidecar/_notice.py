"""The one warning in the life of a process."""

from __future__ import annotations

import logging
import threading

logger = logging.getLogger("weave_sidecar")

_once = threading.Lock()
_warned = False


def warn_once(message: str, *args: object) -> None:
    """Log a warning the first time; afterwards the same goes to the debug level."""
    global _warned
    # Never waited for: whoever holds it is about to say what we would.
    if not _once.acquire(blocking=False):
        return
    try:
        level = logging.DEBUG if _warned else logging.WARNING
        _warned = True
    finally:
        _once.release()
    logger.log(level, message, *args)


def after_fork_in_child() -> None:
    global _once
    _once = threading.Lock()
