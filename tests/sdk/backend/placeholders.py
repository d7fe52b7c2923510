"""Stands in for what the wheel's in-memory store imports and never needs for calls.

The store imports the whole trace server, and with it database drivers and modules that no wheel
holds. Objects, tables, files, feedback and calls use none of them, so empty modules will do; a name
taken from one is an exception class, which is all that the store's `except` clauses want.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

_SERVER = "weave.trace_server."
_ABSENT = (
    "clickhouse_connect",
    "emoji",
    "redis",
    "sqlparse",
    _SERVER + "async_clickhouse_trace_server",
    _SERVER + "clickhouse_trace_server_batched",
    _SERVER + "image_completion",
    _SERVER + "llm_completion",
    _SERVER + "methods",
    _SERVER + "model_providers",
    _SERVER + "workers",
)


class _Placeholder(types.ModuleType):
    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (Exception,), {})
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if any(fullname == name or fullname.startswith(name + ".") for name in _ABSENT):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Placeholder(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def install() -> None:
    sys.meta_path.insert(0, _Finder())
