"""Patches the SDK's trace server module right after its import, whenever that comes."""

from __future__ import annotations

import sys

# Nothing more than `sys`: each interpreter that starts with the variable set pays for this module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

REMOTE = "weave.trace_server_bindings.remote_http_trace_server"
# Before weave 0.54 this held a second implementation; since then it is an alias of the first.
STAINLESS = "weave.trace_server_bindings.stainless_remote_http_trace_server"
TARGETS = frozenset({REMOTE, STAINLESS})


class _Finder:
    """Lets the other finders find the module, and gives its loader one more thing to do."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in TARGETS:
            return None
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _extend(spec.loader)
                return spec
        return None


def _extend(loader: Loader) -> None:
    """Patch the module after `loader` has executed it.

    An attribute of this one loader object, taken away after use: the module's spec, loader and file
    stay what they would be without us.
    """
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        loaded(module)

    set_method: Any = loader
    try:
        set_method.exec_module = exec_module
    except AttributeError:  # a loader with slots, of some packer
        from weave_sidecar import _notice

        _notice.warn_once(
            "the loader %s cannot be extended; Weave calls go directly to the trace server. Call "
            "weave_sidecar.install() after `import weave`",
            type(loader).__name__,
        )


def loaded(module: ModuleType) -> None:
    """Patch a target which has just been executed. Never raises."""
    from weave_sidecar import _notice, _patch

    try:
        own = _patch.patch(module)
        # The SDK of today has one implementation, the older two of which one is chosen later.
        if module.__name__ == STAINLESS or _patch.is_only_implementation(module):
            unwatch()
        if not own and module.__name__ == REMOTE:
            raise _patch.unsupported()
    except Exception as error:
        unwatch()
        _notice.warn_once("%s. Weave calls go directly to the trace server", error)


def watch() -> None:
    """Wait for the import of the targets."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def unwatch() -> None:
    for finder in list(sys.meta_path):
        if isinstance(finder, _Finder):
            sys.meta_path.remove(finder)
