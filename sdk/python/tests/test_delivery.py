"""How long a flush waits for the daemon's delivery."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from backend import Backend
from conftest import BIN
from fake_daemon import OK, FakeDaemon, refuse
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
