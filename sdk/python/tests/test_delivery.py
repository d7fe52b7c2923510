"""How long a flush waits for the daemon's delivery."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from backend import Backend
from conftest import BIN
from fake_daemon import OK, FakeDaemon, refuse, wait_for
from router_host import Host

from weave_sidecar import _link

NOT_YET = refuse("not everything is delivered yet", pending=3)


@pytest.fixture(autouse=True)
def patience(fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "10")


def answers(flush: Callable[[int], Any], paused_by: str | None = None) -> Callable[[str, Any], Any]:
    """`flush` is told how often it was asked before."""
    asked = 0

    def on_line(method: str, call: dict[str, Any]) -> Any:
        nonlocal asked
        if method == "status":
            status = {"success": True, "status": {"backend": {"paused_by": paused_by}}}
            return json.dumps(status).encode() + b"\n"
        if method != "flush":
            return None
        asked += 1
        return flush(asked - 1)

    return on_line


def flushes(fake: FakeDaemon) -> int:
    return [method for method, _ in fake.lines].count("flush")


def test_a_flush_asks_again_while_delivery_goes_on(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_link, "FLUSH_PAUSE", 0.05, raising=False)
    fake.start().on_line = answers(lambda before: NOT_YET if before < 3 else OK)
    host.start("a")
    assert host.flush() < 2.0
    assert flushes(fake) == 4
    host.flush()  # all is delivered
    assert flushes(fake) == 4


def test_a_flush_asks_until_its_time_is_up(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "1.2")
    fake.start().on_line = answers(lambda before: NOT_YET)
    host.start("a")
    assert 0.5 < host.flush() < 1.5
    assert flushes(fake) == 3  # and not in a row


def slowly(method: str, call: dict[str, Any]) -> Any:
    if method == "flush":
        time.sleep(0.8)


def test_a_flush_waits_for_the_delivery_that_another_one_has_asked_for(host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = slowly
    host.start("a")
    other = threading.Thread(target=host.flush)
    other.start()
    wait_for(lambda: flushes(fake) == 1)
    assert host.flush() > 0.7
    other.join()
    asked = flushes(fake)
    host.flush()  # all is delivered
    assert flushes(fake) == asked


def test_a_flush_asks_again_after_one_that_was_interrupted(host: Host, fake: FakeDaemon) -> None:
    class Interruption(BaseException):
        pass

    def ring(*_: object) -> None:
        raise Interruption

    fake.start().on_line = slowly
    host.start("a")
    host.settled()
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Interruption):
            host.flush()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert host.flush() > 0.7
    assert flushes(fake) == 2


def test_a_flush_asks_for_what_came_while_another_one_waited(host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = slowly
    host.start("a")
    other = threading.Thread(target=host.flush)
    other.start()
    wait_for(lambda: flushes(fake) == 1)
    host.end("a")
    host.settled()
    other.join()
    host.flush()
    assert flushes(fake) == 2


@pytest.mark.parametrize("paused_by", ["user", "backend"])
def test_a_flush_does_not_wait_for_paused_delivery(paused_by: str, host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = answers(lambda before: NOT_YET, paused_by)
    host.start("a")
    assert host.flush() < 0.5
    assert flushes(fake) == 1


def test_a_flush_does_not_wait_for_calls_that_were_refused(host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = answers(lambda before: refuse("the backend refused 1 call for good", pending=0))
    host.start("a")
    assert host.flush() < 0.5
    assert flushes(fake) == 1


@pytest.mark.parametrize("daemon", ["real"], indirect=True)
def test_a_flush_waits_longer_than_the_daemon_does_at_a_time(
    daemon: Any, host: Host, backend: Backend
) -> None:
    backend.seconds = 5.0
    host.start("a")
    assert 4.5 < host.flush() < 9.0
    assert backend.calls["a"].starts == ["sidecar"]


@pytest.mark.parametrize("daemon", ["real"], indirect=True)
def test_a_flush_knows_that_the_user_has_paused_delivery(daemon: Any, host: Host, backend: Backend) -> None:
    subprocess.run([BIN, "pause", "--socket", daemon.path], check=True, capture_output=True)
    host.start("a")
    assert host.flush() < 1.0
    assert not backend.calls
