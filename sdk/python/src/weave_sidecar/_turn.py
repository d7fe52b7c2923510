"""Whose turn it is to send."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Turn:
    """A lock around work, which is free again whenever a signal handler raises."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    def is_mine(self) -> bool:
        return self._thread == threading.get_ident()

    def take(self, work: Callable[[], object], seconds: float = 0.0) -> bool:
        """Do `work`; False when others had the turn for so long."""
        taken: list[bool] = []
        try:
            # One call to the interpreter, so that no handler comes between the lock and the note of it.
            taken.extend(map(self._lock.acquire, (True,), (seconds,)))
            if not taken[0]:
                return False
            self._thread = threading.get_ident()
            work()
            return True
        finally:
            if taken and taken[0]:
                self._thread = None
                self._lock.release()
