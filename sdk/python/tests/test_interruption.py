"""Signal handlers that raise, as that of Ctrl-C, in the middle of a flush."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from fake_daemon import FakeDaemon, refuse
from router_host import Host

import weave_sidecar
from weave_sidecar import _flush, _link, _router, _sender

PACKAGE = os.path.dirname(weave_sidecar.__file__)


class Interruption(BaseException):
    pass


class Interrupter:
    """Raises at the n-th place where the interpreter could run a signal handler: at the begin of a
    function of the package, or when a function in C has returned to it."""

    def __init__(self, place: int) -> None:
        self.left = place

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_return") and frame.f_code.co_filename.startswith(PACKAGE):
            self.left -= 1
            if self.left == 0:
                raise Interruption


def is_interrupted(place: int, work: Callable[[], object]) -> bool:
    sys.setprofile(Interrupter(place))
    try:
        work()
    except Interruption:
        return True
    finally:
        sys.setprofile(None)
    return False


@pytest.fixture(autouse=True)
def only_flushes_send(fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "0")
    monkeypatch.setattr(_link, "MAX_DELAY", 0.0)
    monkeypatch.setattr(_flush, "YOUNG_END_SECONDS", 0.0)


def trace_some(host: Host, name: str) -> list[str]:
    """Calls of all kinds: one that the daemon has the start of, pairs, one that goes on, and an end."""
    host.start(f"{name}-old")
    host.flush()
    host.end(f"{name}-old")
    for n in range(3):
        host.start(f"{name}-{n}")
        host.end(f"{name}-{n}")
    host.unfit_end(f"{name}-2")
    host.start(f"{name}-open")
    host.end(f"{name}-lone")
    return [f"{name}-old", *(f"{name}-{n}" for n in range(3))]


def check(host: Host, fake: FakeDaemon, ids: list[str]) -> None:
    lines = fake.accepted
    for call_id in ids:
        by_daemon = [method for method, seen in lines if seen == call_id]
        directly = [method for method, seen in host.sdk.direct if seen == call_id]
        # By one way at least, which begins with the start.
        ways = [way for way in (by_daemon, directly) if {"call_start", "call_end"} <= set(way)]
        assert ways, (call_id, by_daemon, directly)
        assert all(way[0] == "call_start" for way in ways), (call_id, by_daemon, directly)
    assert {call_id.rpartition("-")[2] for call_id in host.sdk.lone} <= {"lone"}


def flush_in_time(host: Host) -> None:
    assert host.flush(exiting=True) < 1.0
    assert not host.router.outstanding
    assert not host.router.has_waiting


@pytest.mark.parametrize("daemon_is", ["there", "away", "full"])
def test_an_interruption_anywhere_in_a_flush_loses_no_call(
    daemon_is: str, host: Host, fake: FakeDaemon
) -> None:
    place = 0
    interrupted = True
    while interrupted:
        place += 1
        fake.accepted.clear()
        host.sdk.direct.clear()
        fake.on_line = None
        fake.start()
        host.router._link.retry_at = host.router._link._delay = 0.0
        ids = trace_some(host, str(place))
        if daemon_is == "away":
            fake.stop()
        elif daemon_is == "full":
            fake.on_line = lambda method, call: refuse() if method == "call_start" else None
        interrupted = is_interrupted(place, host.flush)
        flush_in_time(host)
        check(host, fake, ids)
        for alone in (("call_start", f"{place}-open"), ("call_end", f"{place}-lone")):
            assert alone in fake.accepted + host.sdk.direct
        fake.stop()
        host.router._link.close()
    assert place > 50
    assert len(host.router._ways) == place  # those which go on


def test_alarms_at_random_moments_lose_no_call(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ring(*_: object) -> None:
        raise Interruption

    monkeypatch.setattr(_router, "ROUND_LINES", 20)
    chance = random.Random(3)
    fake.start()
    before = signal.signal(signal.SIGALRM, ring)
    ids = [str(n) for n in range(4000)]
    interruptions = 0
    begin = time.monotonic()
    try:
        for n in range(0, len(ids), 100):
            for call_id in ids[n : n + 100]:
                host.start(call_id)
                host.end(call_id)
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.0005, 0.008))
                host.flush()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Interruption:
                interruptions += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    flush_in_time(host)
    check(host, fake, ids)
    assert interruptions > 5
    assert time.monotonic() - begin < 20.0
