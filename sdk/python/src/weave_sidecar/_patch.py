"""Puts our processors in the place of the SDK's."""

from __future__ import annotations

import importlib
import os
import socket
import sys
import threading
from types import ModuleType
from typing import Any

from weave_sidecar import SidecarError, _hook, _settings
from weave_sidecar._processor import ProcessorMixin, derive
from weave_sidecar._router import Router

NAMES = ("CallBatchProcessor", "AsyncBatchProcessor")
MODELS = "weave.trace_server_bindings.models"
CONTEXT = "weave.trace.context.weave_client_context"

_lock = threading.Lock()
_router: Router | None = None


def unsupported() -> SidecarError:
    version = getattr(sys.modules.get("weave.version"), "VERSION", "?")
    return SidecarError(f"weave {version} is not laid out as weave-sidecar knows it; upgrade weave-sidecar")


def install(socket_path: str | None) -> None:
    router = _the_router(socket_path)
    modules = [sys.modules[name] for name in (_hook.REMOTE, _hook.STAINLESS) if name in sys.modules]
    if _hook.REMOTE not in sys.modules or not is_only_implementation(sys.modules[_hook.REMOTE]):
        _hook.watch()
    for module in modules:
        if not patch(module):
            raise unsupported()
    context = sys.modules.get(CONTEXT)
    client = context.get_weave_client() if context is not None else None
    if client is not None:
        _convert(client, router)


def _the_router(path: str | None) -> Router:
    global _router
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "register_at_fork"):
        raise SidecarError("the sidecar needs Unix sockets, which this platform or Python lacks")
    with _lock:
        if _router is None:
            _router = Router(path or _settings.given_socket())
        elif path is not None and path != _router.path:
            raise SidecarError(
                f"calls already go to {_router.path}; one process uses one sidecar, so {path} was not taken"
            )
        return _router


def is_only_implementation(module: ModuleType) -> bool:
    """Whether no other module holds a trace server of its own: so since weave 0.54."""
    return hasattr(module, "StainlessClient")


def patch(module: ModuleType) -> bool:
    """Replace the processor classes that `module` makes its own from; False when it has none."""
    router = _the_router(None)
    found = False
    for name in NAMES:
        base = vars(module).get(name)
        if isinstance(base, type):
            found = True
            if not issubclass(base, ProcessorMixin):
                setattr(module, name, _derive(base, router))
    return found


def _derive(base: type[Any], router: Router) -> type[Any]:
    models = importlib.import_module(MODELS)
    return derive(base, router, models.StartBatchItem, models.EndBatchItem)


def _convert(client: Any, router: Router) -> None:
    """Give a client which exists already our processors instead of its own."""
    holders = [client]
    server = client.server
    while server is not None:
        holders.append(server)
        server = vars(server).get("_next_trace_server")
    ours: dict[int, Any] = {}
    for holder in holders:
        for name, value in list(vars(holder).items()):
            base = type(value)
            if not name.endswith("_processor") or value is None or isinstance(value, ProcessorMixin):
                continue
            if base.__name__ not in NAMES or not base.__module__.startswith("weave."):
                raise SidecarError(
                    f"the client of the last weave.init sends calls by {base.__module__}.{base.__name__}, "
                    "which weave-sidecar does not know; call weave_sidecar.install() before weave.init"
                )
            if id(value) not in ours:
                derived = _derive(base, router)
                # Two objects, one state: the threads and exit hooks of the old one go on working.
                ours[id(value)] = object.__new__(derived)
                ours[id(value)].__dict__ = vars(value)
                ours[id(value)].stop_accepting_work_event = value.stop_accepting_work_event
                # One which does not pair keeps no record of the calls that it has begun.
                ours[id(value)].lone_ends_directly = not derived._sidecar_pairs
                ours[id(value)]._sidecar_begin()
            setattr(holder, name, ours[id(value)])
