"""Scenarios in which the disk does not behave."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab import Lab, Skip, wait_until
from manners import Manner
from plans import Load

_SOME = Load(clients=2, window=4, calls=100_000, seconds=1, profile="m", pause_s=0.001)


@contextmanager
def _small_disk(lab: Lab, size: str = "4m") -> Iterator[None]:
    if os.geteuid() != 0:
        raise Skip("needs root to mount a tmpfs")
    disk = lab.home / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        raise Skip("cannot mount a tmpfs here")
    lab.daemon.spool = disk / "spool"
    try:
        yield
    finally:
        # The mapped files hold the mount until the daemon is gone.
        lab.daemon.kill()
        subprocess.run(["umount", str(disk)], check=False)


def _expect_works(lab: Lab, when: str) -> None:
    """At once, or soon: a disk that has said no is asked again after a tenth of a second."""
    for _ in range(10):
        outcome = lab.run(Load(clients=1, calls=50, seconds=3, profile="s"))
        if outcome.acknowledged:
            return
        time.sleep(0.1)
    lab.expect(False, f"no call was accepted {when}: {dict(outcome.reasons)}")


def disk_full(lab: Lab) -> None:
    """No room on the disk: refusals that say so, no crash, and it mends by itself."""
    with _small_disk(lab):
        lab.sink.down()
        lab.daemon.start()
        outcome = lab.run(_SOME)
        lab.expect_refusals(outcome, "No space left")
        lab.expect_fast(outcome, 20)
        lab.expect_running()
        lab.audit(lab.daemon.status())
        lab.drain()
        _expect_works(lab, "when there was room again")
        lab.drain()
        lab.judge()


def spool_vanished(lab: Lab) -> None:
    """Somebody removes the directory: what was mapped is delivered, what comes is kept again."""
    lab.daemon.start()
    lab.run(Load(clients=2, window=4, calls=500, seconds=2))
    lab.drain()
    lab.sink.down()
    lab.run(Load(clients=2, window=4, calls=500, seconds=2))
    shutil.rmtree(lab.daemon.spool)
    # It looks every half a second.
    is_back = wait_until(lab.daemon.spool.exists, 3)
    lab.expect(is_back, "the directory was not made again")
    outcome = lab.run(Load(clients=2, window=4, calls=500, seconds=2))
    lab.expect(bool(outcome.acknowledged), f"nothing was accepted: {dict(outcome.reasons)}")
    _expect_survivors(lab, set(outcome.acknowledged))


def _expect_survivors(lab: Lab, late: set[str]) -> None:
    lab.expect(any(lab.daemon.spool.glob("*.seg")), "the new calls are in no file")
    lab.drain()
    received = lab.judge()
    lab.expect(late <= received.stored.keys(), "not all of the later calls were delivered")


@contextmanager
def _read_only_spool(lab: Lab) -> Iterator[None]:
    """Every new file fails with EROFS, as on a disk that the system has made read-only.

    A plain remount is impossible while files are open for writing. A second, read-only mount of
    the folder over itself is not, and the mapped files go on as they do after a disk error.
    """
    spool = str(lab.daemon.spool)
    subprocess.run(["mount", "--bind", spool, spool], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", spool], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", spool], check=False)


def read_only(lab: Lab) -> None:
    """The disk turns read-only: what is kept is delivered, what comes is refused."""
    bad = "m.0.7"
    with _small_disk(lab, "64m"):
        lab.sink.down()
        lab.daemon.start()
        lab.run(Load(clients=2, window=4, calls=200, seconds=1))
        with _read_only_spool(lab):
            outcome = lab.run(_SOME)
            lab.expect_refusals(outcome, "Read-only")
            lab.expect_fast(outcome, 20)
            lab.sink.behave(Manner(poison=frozenset([bad])))
            lab.sink.up()
            # Its dead letter cannot be written, so the refused call has to stay where it is.
            is_left = wait_until(lambda: lab.daemon.status()["calls"]["pending"] == 1, 10)
            left = lab.daemon.status()["calls"]["pending"]
            lab.expect(is_left, f"{left} calls wait where only the refused one should")
            lab.audit(lab.daemon.status())
        # The daemon looks every half a second whether the folder is there.
        time.sleep(0.6)
        _expect_works(lab, "when the disk could be written again")
        _expect_refusal_to_start(lab)
        lab.drain()
        lab.judge()


def _expect_refusal_to_start(lab: Lab) -> None:
    lab.daemon.kill()
    with _read_only_spool(lab):
        lab.daemon.spawn()
        wait_until(lambda: not lab.daemon.is_running(), 5)
        lab.expect(not lab.daemon.is_running(), "it started on a disk that it cannot write")
        log = lab.daemon.log_tail()
        lab.expect("Read-only" in log, "it does not say that the disk is read-only")
        lab.daemon.kill()
    lab.daemon.start()


def spool_full(lab: Lab) -> None:
    """--spool-max-bytes: refusals with the reason, and room again once calls have left."""
    lab.sink.down()
    lab.daemon.start()
    outcome = lab.run(_SOME)
    lab.expect_refusals(outcome, "the spool is full")
    lab.expect_fast(outcome, 20)
    status = lab.daemon.status()
    lab.audit(status)
    used, most = status["spool"]["used_bytes"], status["spool"]["max_bytes"]
    lab.expect(used <= most, f"{used} bytes used of {most}")
    lab.expect(status["calls"]["refused"]["spool_full"] > 0, "refusals are not counted")
    lab.drain()
    _expect_works(lab, "when there was room again")
    lab.drain()
    lab.judge()
