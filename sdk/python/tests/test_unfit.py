"""Ends that cannot be put in JSON, of calls whose start could."""

from __future__ import annotations

import time

import pytest
from backend import Backend
from conftest import Program, finish
from fake_daemon import FakeDaemon, wait_for
from router_host import Host

from weave_sidecar import _sender


def test_an_unfit_end_takes_its_acknowledged_start_along(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.start("a", eager=True)
    host.settled()
    host.unfit_end("a")
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert host.sdk.eager == ["a"]
    assert not host.sdk.lone
    assert len(host.router._ways) == 0


@pytest.mark.parametrize("is_there", [True, False])
def test_an_unfit_end_follows_a_start_without_an_answer(
    is_there: bool, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # the flush is who sends
    if is_there:
        fake.start()
    host.start("a")
    host.unfit_end("a")
    host.start("b")
    host.end("b")
    host.flush(exiting=True)
    halves = [("call_start", "a"), ("call_end", "a")]
    assert [half for half in host.sdk.direct if half[1] == "a"] == halves
    assert fake.ids("call_end") == (["b"] if is_there else [])


def test_an_unfit_end_before_its_start_waits_for_it(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.unfit_end("a")
    assert not host.sdk.direct
    host.start("a")
    wait_for(lambda: host.sdk.direct == [("call_start", "a"), ("call_end", "a")])


def test_an_unfit_end_without_a_start_goes_directly_and_alone(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.unfit_end("a")
    host.flush(exiting=True)
    assert host.sdk.lone == ["a"]
    assert not fake.lines


@pytest.mark.parametrize(
    "spoil", ['call.summary["note"] = chr(0xD83D)', "result = deep()"], ids=["surrogate", "nesting"]
)
def test_an_unfit_end_keeps_no_flush_waiting(
    spoil: str, fake: FakeDaemon, backend: Backend, start: Program
) -> None:
    fake.start()
    process = start(
        f"""
        import weave
        client = weave.init("ent/proj")
        def deep():
            value = []
            for _ in range(253): value = [value]
            return value
        call = client.create_call("op", {{}})
        client.future_executor.flush()
        client.flush()
        result = None
        {spoil}
        client.finish_call(call, result)
        weave.op(lambda x: x)(1)
        print("{{}}", flush=True)
        """
    )
    assert process.stdout is not None
    wait_for(lambda: fake.ids("call_start"), 30)
    assert process.stdout.readline() == "{}\n"
    begin = time.monotonic()
    done = finish(process)
    assert time.monotonic() - begin < 20
    assert done.code == 0
    # The other call is none the worse for it. (An older weave makes some such ends fit.)
    assert fake.ids("call_start")[-1] in fake.ids("call_end")
    assert not done.warnings
