"""The thread which talks to the daemon, so that no caller waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
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
        # Free when there is something to do. Not an Event, whose setting a signal handler or a finalizer
        # that traces a call could interrupt, and would wait for.
        self._wanted = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> bool:
        """False when there is no thread and none can be had: the caller has to drain by itself."""
        if self._thread is not None:
            if self._wanted.locked():
                with suppress(RuntimeError):  # a signal handler has just done it
                    self._wanted.release()
            return True
        # Of the thread's own kind, also where gevent has come since: the thread waits for it.
        self._wanted = threading.Lock()
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
                self._wanted.acquire(timeout=-1 if seconds is None else seconds)
                self._drain()
        except Exception:
            # What is queued stays queued for the next thread, or the next flush.
            _notice.logger.exception("the thread which sends Weave calls to the sidecar has ended")
        finally:
            with self._lock:
                self._thread = None
