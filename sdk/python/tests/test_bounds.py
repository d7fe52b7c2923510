"""Ends that are too large, for the daemon or for the queue, while their starts have no answer yet."""

from __future__ import annotations

from typing import Any

import pytest
from fake_daemon import SILENCE, FakeDaemon, refuse, wait_for
from router_host import Host

from weave_sidecar import _router, _sender


@pytest.fixture
def nobody_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a flush does."""
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)


def halves(*ids: str) -> list[tuple[str, str]]:
    return sorted((method, call_id) for call_id in ids for method in ("call_start", "call_end"))


@pytest.mark.usefixtures("nobody_sends")
@pytest.mark.parametrize("order", ["start first", "end first"])
@pytest.mark.parametrize("takes_start", [True, False])
def test_an_end_too_large_for_the_daemon_is_never_sent_there(
    takes_start: bool, order: str, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_line(method: str, call: dict[str, Any]) -> Any:
        return None if takes_start or call["id"] != "a" else refuse()

    fake.start().on_line = on_line
    monkeypatch.setattr(_router, "LINE_BYTES", 20_000)
    if order == "end first":
        host.end("a", size=30_000)
    host.start("a")
    if order == "start first":
        host.end("a", size=30_000)
    host.start("b")
    host.end("b")
    # Nor does the queue hold what it is not to send.
    assert host.router._queue.bytes < 5_000
    host.flush(exiting=True)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert not host.sdk.lone
    assert ("call_end", "a") not in fake.lines
    assert fake.ids("call_end") == ["b"]
    assert len(host.router._ways) == 0


@pytest.mark.usefixtures("nobody_sends")
@pytest.mark.parametrize("order", ["starts first", "ends first"])
def test_ends_wait_outside_of_a_full_queue_for_their_starts_answers(
    order: str, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    monkeypatch.setattr(_router, "QUEUE_BYTES", 3500)
    ids = list("01234")
    for ends in (order == "ends first", order != "ends first"):
        for call_id in ids:
            if ends:
                host.end(call_id, size=1000)
            else:
                host.start(call_id)
    assert host.router._queue.bytes <= 3500
    assert host.router._waiting.bytes <= 3500
    host.flush()
    assert sorted(fake.accepted) == halves(*ids)
    assert not host.sdk.direct


@pytest.mark.usefixtures("nobody_sends")
def test_what_is_too_much_even_to_wait_goes_directly_and_only_there(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    monkeypatch.setattr(_router, "QUEUE_BYTES", 3500)
    for call_id in "01234567":
        host.start(call_id)
    for call_id in "01234567":
        host.end(call_id, size=1000)
    assert host.router._queue.bytes <= 3500
    assert host.router._waiting.bytes <= 3500
    host.flush()
    # The oldest of those for which the queue had no room.
    assert sorted(host.sdk.direct) == halves(*"234")
    # Not these starts as well: the daemon would show them as calls that never ended.
    assert sorted(fake.accepted) == halves(*"01567")


def test_a_start_that_went_with_its_end_goes_no_second_time(host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = lambda method, call: SILENCE
    host.start("a")
    wait_for(lambda: fake.lines)
    host.end("a")
    host.router.give_up_queue()  # as a flush which has no more time
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    host.settled()
    host.flush(exiting=True)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
