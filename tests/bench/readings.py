"""What the system and the sink know of a process under load."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import time
from pathlib import Path

from processes import BenchError

KIB_IN_MIB = 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, the ended ones too.

    The same sum as utime + stime in /proc/PID/stat, which however counts in steps of 10 ms: too
    coarse for a floor that needs a tenth of a second for all its messages.
    """
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        raise BenchError(f"process {pid} is gone")
    return time.clock_gettime(clock.value)


def peak_mib(pid: int) -> float:
    return _status_number(Path(f"/proc/{pid}"), "VmHWM:") / KIB_IN_MIB


def resident_mib(pid: int) -> float:
    return _status_number(Path(f"/proc/{pid}"), "VmRSS:") / KIB_IN_MIB


def wake_ups(pid: int) -> int:
    """How often any of its threads has gone to sleep, and so was woken, of its own accord."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(_status_number(thread, "voluntary_ctxt_switches:") for thread in threads)


def _status_number(process: Path, name: str) -> int:
    for line in (process / "status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise BenchError(f"process {process.name} is gone")


class StolenTime:
    """The part of all processors' time that a virtual machine's host has given to others."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._stolen = _stolen_seconds()

    def percent(self) -> float:
        """Since the construction."""
        all_seconds = (time.monotonic() - self._begin) * (os.cpu_count() or 1)
        return 100 * (_stolen_seconds() - self._stolen) / max(all_seconds, 1e-9)


def _stolen_seconds() -> float:
    """The eighth figure of /proc/stat's first line; 0 where nobody says."""
    try:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        return int(words[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0


class SinkReader:
    """Asks the sink for its counters over a connection that is kept.

    A sink for the floor sees bytes and no calls, so it has to be known how long a line is.
    """

    def __init__(self, port: int, raw_line_size: int | None = None) -> None:
        self._raw_line_size = raw_line_size
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def stats(self) -> dict[str, int]:
        self._connection.request("GET", "/stats")
        return json.load(self._connection.getresponse())

    def calls(self) -> int:
        stats = self.stats()
        if self._raw_line_size:
            return stats["body_bytes"] // self._raw_line_size
        return stats["calls"]

    def close(self) -> None:
        self._connection.close()
