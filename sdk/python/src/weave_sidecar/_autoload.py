"""Imported by `weave_sidecar.pth` when WEAVE_USE_SIDECAR asks for it; waits for `import weave`."""

from __future__ import annotations


def _main() -> None:
    # Whatever goes wrong here must not keep the user's program from starting.
    try:
        from weave_sidecar import _hook

        _hook.watch()
    except Exception as error:
        from weave_sidecar import _notice

        _notice.warn_once(
            "the sidecar could not be hooked into this interpreter (%s: %s); Weave calls go directly to "
            "the trace server. Unset WEAVE_USE_SIDECAR to silence this",
            type(error).__name__,
            error,
        )


_main()
