"""Waiting for what will come, instead of sleeping and hoping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_WAIT_S = 20.0

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found], seconds: float = _WAIT_S) -> Found:
    """Looks again and again until there is something, and gives it back."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s for: {what}; the last look: {found!r}")
        time.sleep(0.05)
