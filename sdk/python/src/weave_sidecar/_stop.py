"""When the threads of the SDK's processor are to end, and who waits for that."""

from __future__ import annotations

import threading
from collections.abc import Callable

_thread = threading.local()


class Stop:
    """The processor's event. Knows the flushes that have set it and wait for the threads: those would go
    on, and be waited for without an end, if another flush took it back meanwhile.

    Before it sets this a flush waits for open calls, for minutes perhaps; then the threads are needed.
    """

    def __init__(self, event: threading.Event) -> None:
        self._event = event
        self.is_set = event.is_set
        self.clear = event.clear
        self.wait = event.wait
        # Re-entrant: a signal handler may flush.
        self.lock = threading.RLock()
        self.waiting: set[object] = set()

    def around(self, flush: Callable[[], object]) -> None:
        """Call what sets this and waits."""
        before = getattr(_thread, "flush", None)
        me = object()
        try:
            _thread.flush = me
            flush()
        finally:
            # First, and in one call to the interpreter: a handler that raises may come after that.
            self.waiting.discard(me)
            _thread.flush = before

    def set(self) -> None:
        me = getattr(_thread, "flush", None)
        with self.lock:
            if me is not None:
                self.waiting.add(me)
            self._event.set()
