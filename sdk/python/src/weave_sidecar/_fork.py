"""Makes tracing work in forked children, where the SDK's threads, locks and connections do not.

Untouched, a child of a process that has called `weave.init` queues its calls for threads which live
in the parent only: they are lost, and a flush waits for ever.
"""

from __future__ import annotations

import importlib
import multiprocessing.process
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from multiprocessing import util
from typing import TYPE_CHECKING, Any

from weave_sidecar import _clients, _notice

if TYPE_CHECKING:
    from weave_sidecar._processor import ProcessorMixin

# A fork waits this long for what the SDK does behind the program's back, as publishing an op, since
# the child waits for the outcome of that too and has no thread that would bring it about.
SETTLE_SECONDS = 2.0


class _Refs(list["weakref.ref[ProcessorMixin]"]):
    """A list which multiprocessing can hold weakly."""


_processors = _Refs()
_registered = False
_finishes_in: int | None = None
# Never closed nor collected in the child: that could wait for a lock which no thread will release.
_parents_own: list[Any] = []


def watch(processor: ProcessorMixin) -> None:
    global _registered
    _processors[:] = [ref for ref in _processors if ref() is not None]
    _processors.append(weakref.ref(processor))
    _clients.watch()
    if not _registered:
        _registered = True
        os.register_at_fork(before=_before, after_in_child=_after_in_child)
        # It forgets the parent's finalizers after our handler, and then calls this.
        util.register_after_fork(_processors, _finish_at_end)
    # This may be such a child already. For billiard's there is no telling, and no harm in it.
    if multiprocessing.process.parent_process() is not None or "billiard.process" in sys.modules:
        _finish_at_end(_processors)


def _executors(client: Any) -> list[tuple[str, Any]]:
    names = ("future_executor", "future_executor_fastlane")
    return [(name, vars(client)[name]) for name in names if vars(client).get(name) is not None]


# --- before


def _before() -> None:
    try:
        _settle(_clients.alive())
    except Exception as error:
        _notice.logger.debug("before a fork: %s", error)


def _settle(clients: list[Any]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    # Not those whose work the forking thread itself is at: it would have to end.
    executors = [each for client in clients if not _is_at_work_of(client) for _, each in _executors(client)]
    # A few times, since what ends may defer more; not until nothing is left, since other threads go on.
    for _ in range(3):
        busy: list[Future[Any]] = [future for each in executors for future in list(each._active_futures)]
        if not busy or wait(busy, timeout=max(0.0, deadline - time.monotonic())).not_done:
            return


def _is_at_work_of(client: Any) -> bool:
    return any(executor._in_thread_context.get() for _, executor in _executors(client))


# --- in the child


def _after_in_child() -> None:
    # Each on its own: one that fails must not keep the others from being done.
    clients = _clients.alive()
    steps: list[Callable[[], None]] = [_free_imports, _renew_processors]
    steps += [partial(_renew_client, client) for client in clients]
    if clients:
        steps.append(_renew_shared_connections)
    for step in steps:
        try:
            step()
        except Exception as error:
            _notice.warn_once(
                "Weave calls of this forked process may be lost (%s: %s); call weave.init in the child",
                type(error).__name__,
                error,
            )


def _free_imports() -> None:
    """Forget the locks of imports which threads of the parent were in.

    The SDK tries to import wandb at each call; where that is not installed, some thread is in the
    middle of it most of the time, and the child's first call would wait for it for ever.
    """
    bootstrap: Any = vars(importlib)["_bootstrap"]
    me = threading.get_ident()
    for name, ref in list(bootstrap._module_locks.items()):
        lock = ref()
        if lock is not None and getattr(lock, "owner", None) not in (None, me):
            del bootstrap._module_locks[name]


def _alive() -> list[ProcessorMixin]:
    return [processor for ref in _processors if (processor := ref()) is not None]


def _renew_processors() -> None:
    routers = {id(processor._sidecar_router): processor._sidecar_router for processor in _alive()}
    for router in routers.values():
        router.after_fork_in_child()
    for processor in _alive():
        processor._sidecar_forked()


def _renew_client(client: Any) -> None:
    for name, executor in _executors(client):
        _abandon(executor)
        setattr(client, name, type(executor)(max_workers=executor._max_workers))
    # The parent's connections: two processes writing to one would garble both.
    server = client.server
    while server is not None:
        old = vars(server).get("_stainless_client")
        if old is not None and hasattr(server, "_rebuild_client"):
            _parents_own.append(old)
            server._rebuild_client()
        server = vars(server).get("_next_trace_server")


def _renew_shared_connections() -> None:
    shared = sys.modules.get("weave.utils.http_requests")
    build = getattr(shared, "_build_client", None)
    old = getattr(shared, "client", None)
    if build is not None and build.cache_info().currsize:  # weave 0.53 and later
        _parents_own.append(shared._get_client())  # type: ignore[union-attr]
        build.cache_clear()
    elif old is not None and hasattr(old, "_transport"):  # weave 0.52
        _parents_own.append(old)
        renewed = type(old)(transport=type(old._transport)(), timeout=old.timeout)
        shared.client = renewed  # type: ignore[union-attr]


def _abandon(executor: Any) -> None:
    """Leave the parent's work to the parent, and let nobody in the child wait for it."""
    # Its shutdown at exit would take a lock that a thread of the parent may hold.
    _parents_own.append(executor._executor)
    executor._executor = None
    executor._active_futures_lock = threading.Lock()
    for future in list(executor._active_futures):
        if not future.done():
            future._condition = threading.Condition()
            future._done_callbacks = []
            future.set_exception(RuntimeError("deferred by the parent of this forked process"))
    executor._active_futures.clear()


# --- children which end without the interpreter's exit


def _finish_at_end(_: object) -> None:
    """multiprocessing's forked children leave by os._exit, after their finalizers; billiard's, which
    Celery uses, share these."""
    global _finishes_in
    if _finishes_in != os.getpid():
        _finishes_in = os.getpid()
        # Late, after what else the child finalizes may have traced calls.
        util.Finalize(None, _finish, exitpriority=-10)


def _finish() -> None:
    processors = _alive()
    for processor in processors:
        processor._sidecar_router.exiting = True
    flushes = [client.flush for client in _clients.alive()]
    for flush in flushes or [each.stop_accepting_new_work_and_flush_queue for each in processors]:
        try:
            flush()
        except Exception as error:
            _notice.warn_once(
                "Weave calls of this child process may be lost: %s: %s", type(error).__name__, error
            )
