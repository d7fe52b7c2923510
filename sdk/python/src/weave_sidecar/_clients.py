"""Which clients of the SDK there are: a program may hold others beside that of its last `weave.init`."""

from __future__ import annotations

import functools
import sys
import weakref
from typing import Any

CONTEXT = "weave.trace.context.weave_client_context"
MODULE = "weave.trace.weave_client"

# Not a WeakSet, which fails when another thread makes a client while this is read.
_refs: list[weakref.ref[Any]] = []
_watched: set[type[Any]] = set()


def watch() -> None:
    """Learn of each client that is made from now on. Called when a processor has been made, since the
    SDK makes a client after those, and has loaded its class by then."""
    _add(_current())
    client_type = getattr(sys.modules.get(MODULE), "WeaveClient", None)
    if isinstance(client_type, type) and client_type not in _watched:
        _watched.add(client_type)
        _extend(client_type)


def _extend(client_type: Any) -> None:
    begin = client_type.__init__

    @functools.wraps(begin)
    def begin_and_add(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        _add(self)

    client_type.__init__ = begin_and_add


def _add(client: Any) -> None:
    if client is not None and all(ref() is not client for ref in list(_refs)):
        _refs.append(weakref.ref(client, _refs.remove))


def alive() -> list[Any]:
    # Of the current one we know also where the SDK is not laid out as it was.
    _add(_current())
    return [client for ref in list(_refs) if (client := ref()) is not None]


def _current() -> Any:
    context = sys.modules.get(CONTEXT)
    return context.get_weave_client() if context is not None else None
