"""The thread which talks to the daemon, so that no caller waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from weave_sidecar import _notice


class Sender:
    """Started with the first call and idle without calls. Who wakes it holds `lock`."""

    def __init__(
        self,
        lock: AbstractContextManager[Any],
        drain: Callable[[], object],
        next_retry: Callable[[], float | None],
    ) -> None:
        """`next_retry` gives the seconds until `drain` is wanted unasked, None if it is not."""
        self._lock = lock
        self._drain = drain
        self._next_retry = next_retry
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> bool:
        """False when there is no thread and none can be had: the caller has to drain by itself."""
        if not self._wanted.is_set():
            self._wanted.set()
        if self._thread is not None:
            return True
        thread = threading.Thread(target=self._run, name="weave-sidecar", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No more threads in this process, or (since Python 3.12) the interpreter is going down.
            return False
        self._thread = thread
        return True

    def _run(self) -> None:
        try:
            while True:
                with self._lock:
                    seconds = self._next_retry()
                self._wanted.wait(seconds)
                self._wanted.clear()
                self._drain()
        except Exception:
            # What is queued stays queued for the next thread, or the next flush.
            _notice.logger.exception("the thread which sends Weave calls to the sidecar has ended")
        finally:
            with self._lock:
                self._thread = None
