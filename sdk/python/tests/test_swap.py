"""The SDK swaps its processor when the server wants complete calls; the old one's thread ends."""

from __future__ import annotations

import time
from typing import Any

import pytest
from backend import Backend
from conftest import Program, Run, finish
from fake_daemon import SILENCE, FakeDaemon, refuse, wait_for
from router_host import SDK, Host
from test_weave import op_name

PROGRAM = """
    import json, sys, time, weave
    client = weave.init("ent/proj")
    remote = client.server
    while "call_processor" not in vars(remote):
        remote = remote._next_trace_server
    if not hasattr(remote, "_upgrade_to_calls_complete"):
        print(json.dumps(["no swap"]))
        sys.exit()
    old = remote.call_processor

    def swapped():
        while remote.call_processor is old or old.processing_thread.is_alive():
            time.sleep(0.02)

    def begin(name):
        call = client.create_call(name, {})
        client.future_executor.flush()
        return call
"""


def skip_without_swap(done: Run) -> None:
    if done.out == [["no swap"]]:
        pytest.skip("this weave does not swap its processor")


def arrived(backend: Backend) -> dict[str, tuple[int, int]]:
    """How often the starts and ends of each call came directly."""
    return {
        op_name(seen): (seen.starts.count("direct"), seen.ends.count("direct"))
        for seen in backend.calls.values()
    }


def test_an_end_and_its_start_go_to_the_processor_of_today(
    fake: FakeDaemon, backend: Backend, start: Program
) -> None:
    fake.start()
    backend.wants_complete = True
    process = start(
        PROGRAM
        + """
    a = begin("a")
    print("{}", flush=True)
    sys.stdin.readline()           # the daemon is gone
    client.finish_call(begin("b"), 1)
    swapped()
    client.finish_call(a, 1)
    client.flush()
    """,
        WEAVE_USE_CALLS_COMPLETE="false",
        WEAVE_SIDECAR_FLUSH_TIMEOUT="1",
    )
    wait_for(lambda: fake.ids("call_start") or process.poll() is not None, 30)
    fake.stop()
    done = finish_soon(process)
    skip_without_swap(done.ok())
    assert arrived(backend) == {"a": (1, 1), "b": (1, 1)}


def test_a_start_without_an_answer_goes_to_the_processor_of_today(
    fake: FakeDaemon, backend: Backend, start: Program
) -> None:
    """It was made before the swap, and comes back from the daemon after that."""

    def on_line(method: str, call: dict[str, Any]) -> Any:
        return SILENCE if "held" in call.get("op_name", "") else refuse()

    fake.start().on_line = on_line
    backend.wants_complete = True
    process = start(
        PROGRAM
        + """
    client.finish_call(begin("b"), 1)
    while remote.call_processor._sidecar_router.outstanding: time.sleep(0.01)
    c = begin("held")              # waits for its answer for five seconds
    swapped()
    client.finish_call(c, 1)
    client.flush()
    """,
        WEAVE_USE_CALLS_COMPLETE="false",
        WEAVE_SIDECAR_FLUSH_TIMEOUT="1",
    )
    done = finish_soon(process)
    skip_without_swap(done.ok())
    assert arrived(backend) == {"b": (1, 1), "held": (1, 1)}


def finish_soon(process: Any) -> Run:
    begin = time.monotonic()
    done = finish(process)
    assert time.monotonic() - begin < 30
    return done


def test_both_halves_go_to_whom_the_end_was_given(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.start("a")
    host.settled()
    fake.stop()
    old, host.sdk = host.sdk, SDK()
    host.end("a")
    host.flush(exiting=True)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert not old.direct
