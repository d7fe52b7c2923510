"""What the environment says."""

from __future__ import annotations

import math
import os
import stat

DEFAULT_SOCKET = "/tmp/weave_sidecar.sock"
SYSTEM_SOCKET = "/run/weave-sidecar/weave-sidecar.sock"
DEFAULT_FLUSH_TIMEOUT = 5.0
MAX_FLUSH_TIMEOUT = 86_400.0  # the kernel's timeouts end somewhere
TRUE = frozenset({"true", "1", "yes", "on"})


def enabled() -> bool:
    return os.environ.get("WEAVE_USE_SIDECAR", "").strip().lower() in TRUE


def given_socket() -> str | None:
    return os.environ.get("WEAVE_SIDECAR_SOCKET") or None


def find_socket() -> str:
    """The first socket that is there and may be used, else the first that is there, else the default.

    In the order in which `weave-sidecar status` looks: the user's service, the system's, the default.
    """
    places = [SYSTEM_SOCKET, DEFAULT_SOCKET]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        places.insert(0, runtime + "/weave-sidecar/weave-sidecar.sock")
    there = [place for place in places if _is_socket(place)]
    usable = (place for place in there if os.access(place, os.W_OK))
    return next(usable, there[0] if there else DEFAULT_SOCKET)


def _is_socket(path: str) -> bool:
    try:
        # A link is not followed: anybody may make one in /tmp.
        return stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False


def flush_timeout() -> float:
    """Seconds a flush may wait for the sidecar; what is not a number >= 0 counts as unset."""
    try:
        seconds = float(os.environ["WEAVE_SIDECAR_FLUSH_TIMEOUT"])
    except (KeyError, ValueError):
        return DEFAULT_FLUSH_TIMEOUT
    return (
        min(seconds, MAX_FLUSH_TIMEOUT) if math.isfinite(seconds) and seconds >= 0 else DEFAULT_FLUSH_TIMEOUT
    )
