"""Networks that belong to nobody else: the sink and the daemon alone in a namespace."""

from __future__ import annotations

import ctypes
import os
import subprocess

_CLONE_NEWNS = 0x00020000
_CLONE_NEWNET = 0x40000000


def enter_namespaces(setup: list[list[str]]) -> None:
    """The calling process, and what it starts, get a network and mounts of their own.

    Only threads that are started later follow. Raises OSError where the machine does not allow it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET | _CLONE_NEWNS) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    # Else a mount would reach the rest of the machine.
    private = ["mount", "--make-rprivate", "/"]
    for command in [private, ["ip", "link", "set", "lo", "up"], *setup]:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def inside(pid: int) -> list[str]:
    """What to put before a command so that it runs in the namespaces of that process."""
    return ["nsenter", "--target", str(pid), "--net", "--mount"]


def without_network() -> list[str]:
    """What to put before a command so that it reaches nothing at all."""
    return ["unshare", "--net"] if os.geteuid() == 0 else []
