"""Sends the calls of a released W&B Weave SDK through the Weave Sidecar daemon.

With `WEAVE_USE_SIDECAR=true` in the environment nothing here need be called: `weave_sidecar.pth`
arranges it when the interpreter starts. `install()` does the same by hand.
"""

from __future__ import annotations

__all__ = ["SidecarError", "__version__", "install"]
__version__ = "0.1.0"


class SidecarError(RuntimeError):
    """The sidecar could not be put in the way of this process's calls; they go directly."""


def install(socket_path: str | None = None) -> None:
    """Send this process's Weave calls through the daemon at `socket_path`.

    Without a path `WEAVE_SIDECAR_SOCKET` names the socket, else it is looked for: that of the user's
    service, that of the system's, /tmp/weave_sidecar.sock.
    Works before `import weave`, after it, and after `weave.init`; calling it again changes nothing.
    Raises `SidecarError` when this `weave` cannot be hooked or another socket is already in use.
    """
    # Here, not above: the interpreter's start imports this package and should not pay for it.
    from weave_sidecar import _patch

    _patch.install(socket_path)
