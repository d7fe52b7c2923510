"""The SDK's batch processors with a second way out."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from typing import Any

from pydantic_core import to_json

from weave_sidecar import _flush, _fork
from weave_sidecar._router import Router
from weave_sidecar._stop import Stop

_thread = threading.local()


@contextmanager
def _directly() -> Iterator[None]:
    """Within this, what this thread enqueues stays with the SDK."""
    before = getattr(_thread, "direct", False)
    _thread.direct = True
    try:
        yield
    finally:
        _thread.direct = before


class ProcessorMixin:
    """Stands before one of the SDK's processor classes, see `derive`.

    Only starts and ends of calls are ours; feedback and whole calls pass through.
    """

    _sidecar_router: Router
    _sidecar_start_type: type[Any]
    _sidecar_end_type: type[Any]
    # Whether the base holds each start for its end.
    _sidecar_pairs: bool
    _sidecar_threads_lost: bool = False
    lone_ends_directly: bool = False

    lock: Any
    queue: Queue[Any]
    processing_thread: threading.Thread
    # Only where the base pairs.
    _pending_starts: dict[str, Any]
    _pending_ends: dict[str, Any]
    _eager_call_ids: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sidecar_begin()

    def _sidecar_begin(self) -> None:
        self._sidecar_threads_lost = False
        _fork.watch(self)
        # Registered after the base's own hook, so it runs before that.
        atexit.register(self._sidecar_exit)

    def _sidecar_exit(self) -> None:
        self._sidecar_router.exiting = True
        _flush.flush(self._sidecar_router)

    # --- calls

    def enqueue(self, items: list[Any]) -> None:
        if getattr(_thread, "direct", False):
            super().enqueue(items)  # type: ignore[misc]
            return
        rest = [
            item
            for item in items
            if not (
                (isinstance(item, self._sidecar_start_type) and self._sidecar_start(item, False))
                or (isinstance(item, self._sidecar_end_type) and self._sidecar_end(item))
            )
        ]
        if rest:
            self._sidecar_revive()
            with _directly():
                super().enqueue(rest)  # type: ignore[misc]

    def enqueue_start(self, item: Any, *, eager_call_start: bool = False) -> None:
        if getattr(_thread, "direct", False) or not self._sidecar_start(item, eager_call_start):
            self.direct_start(item, eager_call_start)

    def _sidecar_start(self, item: Any, eager: bool) -> bool:
        """False when the item is not fit for the sidecar's protocol."""
        call_id = _call_id(item, "start")
        line = _line(item, b'{"method":"call_start","payload":')
        if call_id is None or not line:
            return False
        self._sidecar_router.start(self, item, eager, call_id, line)
        return True

    def _sidecar_end(self, item: Any) -> bool:
        call_id = _call_id(item, "end")
        if call_id is None:
            return False
        # Also without a line: the base would hold it for a start which the sidecar has.
        line = _line(item, b'{"method":"call_end","payload":')
        self._sidecar_router.end(self, item, call_id, line, known_direct=self._sidecar_holds(call_id))
        return True

    def _sidecar_holds(self, call_id: str) -> bool:
        if not self._sidecar_pairs:
            return False
        # Started before the sidecar was installed, or forgotten by it.
        return call_id in self._pending_starts or call_id in self._eager_call_ids

    # --- the SDK's ordinary way

    def direct_start(self, item: Any, eager: bool) -> None:
        current = self._sidecar_current()
        if current is not self:
            current.direct_start(item, eager)
            return
        self._sidecar_revive()
        with _directly():
            if self._sidecar_pairs:
                super().enqueue_start(item, eager_call_start=eager)  # type: ignore[misc]
            else:
                super().enqueue([item])  # type: ignore[misc]

    def direct_end(self, item: Any, lone: bool) -> None:
        current = self._sidecar_current()
        if current is not self:
            current.direct_end(item, lone)
            return
        self._sidecar_revive()
        with _directly():
            if lone and self._sidecar_pairs:
                # Else it would be held for a start that never comes, and a flush with it.
                call_id = _field(_field(item.req, "end"), "id")
                with self.lock:
                    self._eager_call_ids[call_id] = True
            super().enqueue([item])  # type: ignore[misc]

    def _sidecar_current(self) -> ProcessorMixin:
        """Who does this one's work: the SDK puts another in its place, whose thread goes on, when the
        server wants complete calls."""
        server = getattr(getattr(self, "processor_fn", None), "__self__", None)
        current = getattr(server, "call_processor", None)
        return current if self._sidecar_takes_calls() and isinstance(current, ProcessorMixin) else self

    def _process_batches(self) -> None:
        # This thread enqueues again what the server did not take: that stays here.
        with _directly():
            super()._process_batches()  # type: ignore[misc]

    # --- flush

    @property
    def num_outstanding_jobs(self) -> int:
        base: int = super().num_outstanding_jobs  # type: ignore[misc]
        return base + (self._sidecar_router.outstanding if self._sidecar_takes_calls() else 0)

    def _sidecar_takes_calls(self) -> bool:
        # The feedback processor of the same client would count them twice.
        return "feedback" not in getattr(getattr(self, "processor_fn", None), "__name__", "")

    def stop_accepting_new_work_and_flush_queue(self) -> None:
        _flush.flush(self._sidecar_router)
        # The base's threads sleep up to a second before they can be joined. With nothing to send
        # there is no reason to wait for that.
        if self._sidecar_idle():
            return
        self._sidecar_revive()
        if not self.processing_thread.is_alive():
            self.accept_new_work()  # a flush that was interrupted has left that undone
        self._sidecar_stop.around(super().stop_accepting_new_work_and_flush_queue)  # type: ignore[misc]

    @property
    def stop_accepting_work_event(self) -> Stop:
        return self._sidecar_stop

    @stop_accepting_work_event.setter
    def stop_accepting_work_event(self, event: threading.Event) -> None:
        # Also to the threads of a processor whose state this one has taken over.
        vars(self)["stop_accepting_work_event"] = event
        self._sidecar_stop = Stop(event)

    def accept_new_work(self) -> None:
        stop = self._sidecar_stop
        with stop.lock:
            # The last of those who wait does this.
            if not stop.is_set() or stop.waiting:
                return
            # From Python 3.12 on no thread starts while the interpreter exits, and none is needed.
            with suppress(RuntimeError):
                super().accept_new_work()  # type: ignore[misc]

    def _sidecar_idle(self) -> bool:
        with self.lock:
            held = self._sidecar_pairs and (self._pending_starts or self._pending_ends)
            return not held and self.queue.unfinished_tasks == 0

    # --- fork

    def _sidecar_forked(self) -> None:
        """In the child: the parent sends what is queued; its threads, and holders of locks, are not here."""
        self.lock = threading.Lock()
        self.queue = Queue(maxsize=self.queue.maxsize)
        self.stop_accepting_work_event = threading.Event()
        if self._sidecar_pairs:
            self._pending_starts = {}
            self._pending_ends = {}
            eager = self._eager_call_ids
            self._eager_call_ids = type(eager)(maxsize=eager.maxsize, ttl=eager.ttl)
        self._sidecar_threads_lost = True

    def _sidecar_revive(self) -> None:
        """Give a forked child the base's threads when it first needs them."""
        if self._sidecar_threads_lost:
            with self.lock:
                if not self._sidecar_threads_lost:
                    return
                self._sidecar_threads_lost = False
            with suppress(RuntimeError):
                super().accept_new_work()  # type: ignore[misc]


def _field(req: Any, name: str) -> Any:
    """Requests are dicts since weave 0.54 and models before."""
    return req[name] if isinstance(req, dict) else getattr(req, name)


def _call_id(item: Any, part: str) -> str | None:
    try:
        call = _field(item.req, part)
        call_id = call.get("id") if isinstance(call, dict) else call.id
        project = call.get("project_id") if isinstance(call, dict) else call.project_id
    except Exception:
        return None  # whatever the SDK does with such a call, it does
    return call_id if call_id and project and isinstance(call_id, str) else None


def _line(item: Any, prefix: bytes) -> bytes:
    """Empty when the item is not to be put in JSON."""
    try:
        return b"%b%b}\n" % (prefix, to_json(item.req, inf_nan_mode="null"))
    except Exception:
        return b""


def derive(base: type[Any], router: Router, start_type: type[Any], end_type: type[Any]) -> type[Any]:
    """A subclass of `base` which sends calls through `router`."""
    return type(
        "Sidecar" + base.__name__,
        (ProcessorMixin, base),
        {
            "__module__": __name__,
            "_sidecar_router": router,
            "_sidecar_start_type": start_type,
            "_sidecar_end_type": end_type,
            "_sidecar_pairs": hasattr(base, "_handle_start"),
        },
    )
