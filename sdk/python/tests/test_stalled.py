"""A daemon that stalls gives many calls back at once."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fake_daemon import SILENCE, FakeDaemon, wait_for
from router_host import SDK, Host

from weave_sidecar import _sender


class PairingSDK(SDK):
    """Holds starts for their ends, and raises while it holds many, as the SDK does."""

    MAX_PENDING = 3

    def __init__(self) -> None:
        super().__init__()
        self.pending: set[str] = set()

    def direct_start(self, item: Any, eager: bool) -> None:
        super().direct_start(item, eager)
        self.pending.add(item["start"]["id"])
        if len(self.pending) > self.MAX_PENDING:
            raise RuntimeError("Too many pending calls")

    def direct_end(self, item: Any, lone: bool) -> None:
        super().direct_end(item, lone)
        self.pending.remove(item["end"]["id"])


@pytest.fixture
def pairing(host: Host) -> PairingSDK:
    sdk = PairingSDK()
    host.sdk = sdk
    return sdk


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("order", ["one by one", "ends last"])
def test_starts_of_a_stalled_daemon_go_with_their_ends(
    order: str, host: Host, pairing: PairingSDK, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start().on_line = lambda method, call: SILENCE
    ids = [str(n) for n in range(700)]  # more than a round
    with host.router._lock:
        for call_id in ids:
            host.start(call_id)
            if order == "one by one":
                host.end(call_id)
        for call_id in ids if order == "ends last" else []:
            host.end(call_id)
    host.settled()
    wait_for(lambda: len(host.sdk.direct) == 1400)
    assert host.sdk.ids("call_start") == host.sdk.ids("call_end") == ids
    assert not pairing.pending
    assert not errors(caplog)


def test_what_nobody_can_hand_over_goes_with_its_end(
    host: Host,
    pairing: PairingSDK,
    fake: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake.start()
    host.start("known")
    host.settled()
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # nobody sends
    calls = [str(n) for n in range(10)]
    for call_id in calls:
        host.start(call_id)
    host.end("known")
    for call_id in reversed(calls[1:]):
        host.end(call_id)
    host.router.give_up_queue()
    assert host.sdk.ids("call_start") == calls
    # The daemon has the start of this one, so it waits for the daemon.
    assert host.router.has_waiting
    assert pairing.pending == {"0"}
    assert not errors(caplog)
