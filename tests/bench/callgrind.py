"""Counts the instructions that the daemon executes, by the file that their code is in."""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))
from daemon import Daemon  # noqa: E402

PROGRAM = "weave-sidecar"
_LOAD_TIMEOUT_S = 60
_DRAIN_TIMEOUT_S = 30.0

_OBJECT = re.compile(r"c?ob=\((\d+)\)(?: (.+))?")


class MeasureError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    size: int
    connections: int
    outstanding: int
    # The counts of two runs are subtracted, so that the start and the end of the program cancel.
    few: int
    many: int
    flags: tuple[str, ...] = ()  # of the daemon


def count_by_object(path: Path) -> Counter[str]:
    """Instructions by the name of the program or library, out of what callgrind has written."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    total = 0
    current = ""
    is_call = False
    with path.open() as lines:
        for line in lines:
            if match := _OBJECT.match(line):
                if match.group(2):
                    names[match.group(1)] = Path(match.group(2).strip()).name
                if line.startswith("ob="):
                    current = names[match.group(1)]
            elif line.startswith("calls="):
                is_call = True  # what follows is the callee's, and counted there
            elif line[:1].isdigit() or line[:1] in "+-*":
                counts[current] += 0 if is_call else int(line.split()[1])
                is_call = False
            elif line.startswith("totals:"):
                total = int(line.split()[1])
    if not total or sum(counts.values()) != total:
        raise MeasureError(f"{path.name} counts {total}, its lines {sum(counts.values())}")
    return counts


def instructions_per_message(bin_dir: Path, load: Load) -> dict[str, float]:
    few = _count_run(bin_dir, load, load.few)
    many = _count_run(bin_dir, load, load.many)
    messages = load.many - load.few
    return {name: (many[name] - few[name]) / messages for name in many}


def _count_run(bin_dir: Path, load: Load, messages: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="weave-instructions-") as folder:
        home = Path(folder)
        with _sink(bin_dir) as port:
            daemon = Daemon(bin_dir / PROGRAM, home, port, list(load.flags))
            # With one processor there is one thread, and so always the same order of things.
            daemon.prefix = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
            daemon.prefix += ["valgrind", "--quiet", "--tool=callgrind", "--vgdb=no"]
            daemon.prefix += ["--dump-line=no", f"--callgrind-out-file={home / 'counts'}"]
            try:
                daemon.start()
                _send(bin_dir, daemon.socket, load, messages)
                _wait_for_calls(port, messages)
                code = daemon.stop()
            finally:
                daemon.kill()
            if code != 0:
                raise MeasureError(f"the daemon ended with {code}\n{daemon.log_tail()}")
        return count_by_object(home / "counts")


@contextmanager
def _sink(bin_dir: Path) -> Iterator[int]:
    command = [str(bin_dir / "bench-sink"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline().strip()
            if not line.startswith("PORT="):
                raise MeasureError("bench-sink did not start")
            yield int(line.removeprefix("PORT="))
        finally:
            process.terminate()


def _send(bin_dir: Path, path: Path, load: Load, messages: int) -> None:
    command = [str(bin_dir / "bench-loadgen"), "--socket", str(path), "--size", str(load.size)]
    command += ["--connections", str(load.connections), "--outstanding", str(load.outstanding)]
    command += ["--messages", str(messages), "--seconds-limit", str(_LOAD_TIMEOUT_S)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_LOAD_TIMEOUT_S + 10, check=False
    )
    if done.returncode != 0 or json.loads(done.stdout)["failed"]:
        raise MeasureError(f"not every message was accepted: {done.stdout}{done.stderr}")


def _wait_for_calls(port: int, wanted: int) -> None:
    """Asks the sink and not the daemon, which would count the questions as well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    deadline = time.monotonic() + _DRAIN_TIMEOUT_S
    calls = -1
    while calls < wanted and time.monotonic() < deadline:
        time.sleep(0.05)
        connection.request("GET", "/stats")
        calls = json.load(connection.getresponse())["calls"]
    connection.close()
    if calls != wanted:
        raise MeasureError(f"{calls} of {wanted} calls were delivered")
