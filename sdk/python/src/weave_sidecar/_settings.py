"""What the environment says."""

from __future__ import annotations

import math
import os

DEFAULT_SOCKET = "/tmp/weave_sidecar.sock"
DEFAULT_FLUSH_TIMEOUT = 5.0
TRUE = frozenset({"true", "1", "yes", "on"})


def enabled() -> bool:
    return os.environ.get("WEAVE_USE_SIDECAR", "").strip().lower() in TRUE


def socket_path() -> str:
    return os.environ.get("WEAVE_SIDECAR_SOCKET") or DEFAULT_SOCKET


def flush_timeout() -> float:
    """Seconds a flush may wait for the sidecar; what is not a number >= 0 counts as unset."""
    try:
        seconds = float(os.environ["WEAVE_SIDECAR_FLUSH_TIMEOUT"])
    except (KeyError, ValueError):
        return DEFAULT_FLUSH_TIMEOUT
    return seconds if math.isfinite(seconds) and seconds >= 0 else DEFAULT_FLUSH_TIMEOUT
