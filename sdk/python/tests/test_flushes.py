"""Flushes that meet each other in the SDK's processor, which has a call to send while the daemon is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from backend import Backend
from conftest import Program, Run, finish
from fake_daemon import wait_for
from test_weave import op_name

Runner = Callable[..., Run]

PROGRAM = """
    import json, signal, sys, threading, time, weave
    client = weave.init("ent/proj")
    remote = client.server
    while "call_processor" not in vars(remote):
        remote = remote._next_trace_server
    polls = sys.modules.get("weave.trace_server_bindings.call_batch_processor")

    def begin(name):
        call = client.create_call(name, {})
        client.future_executor.flush()
        return call

    def end(call):
        client.finish_call(call, 1)
        client.future_executor.flush()

    def until(condition):
        for _ in range(1000):
            if condition(): return
            time.sleep(0.01)
        raise TimeoutError

    def flushing():
        thread = threading.Thread(target=client.flush, daemon=True)
        thread.start()
        return thread

    end(begin("published"))
    client.flush()
    processor = remote.call_processor  # the last, where weave has swapped it
"""

PAIRS = """
    if not processor._sidecar_pairs:
        print(json.dumps(["holds no starts"]))
        sys.exit()
"""


def skip_without_pairs(done: Run) -> None:
    if done.out == [["holds no starts"]]:
        pytest.skip("in this weave no flush waits for open calls")


def names(backend: Backend) -> set[str]:
    return {op_name(seen) for seen in list(backend.calls.values()) if seen.starts and seen.ends}


def test_a_flush_with_nothing_to_send_leaves_the_other_its_end(backend: Backend, run: Runner) -> None:
    """The other waits for the processor's thread, which has sent all and sleeps."""
    done = run(
        PROGRAM
        + PAIRS
        + """
    processor.min_batch_interval = 0.01
    polls.FLUSH_POLL_INTERVAL_SECONDS = 1.0
    time.sleep(1.1)                # its thread looks each hundredth from now on
    call = begin("a")
    other = flushing()
    time.sleep(0.3)                # it waits for the call's end, a second between its looks
    end(call)
    until(processor._sidecar_idle)
    processor.min_batch_interval = 2.0
    until(processor.stop_accepting_work_event.is_set)
    client.flush()
    other.join(10)
    print(json.dumps([not other.is_alive(), processor.is_accepting_new_work()]))
    end(begin("b"))
    client.flush()
    """
    ).ok()
    skip_without_pairs(done)
    assert done.out == [[True, True]]
    assert names(backend) == {"published", "a", "b"}


def test_the_processor_sends_while_a_flush_waits_for_an_open_call(backend: Backend, start: Program) -> None:
    """Another flush has come to its end meanwhile."""
    process = start(
        PROGRAM
        + PAIRS
        + """
    call = begin("a")
    polls.FLUSH_POLL_INTERVAL_SECONDS = 4.0
    other = flushing()
    time.sleep(0.3)
    polls.FLUSH_POLL_INTERVAL_SECONDS = 0.02
    mine = flushing()
    time.sleep(0.3)
    end(call)
    until(processor.stop_accepting_work_event.is_set)  # by mine, which has seen that none is open
    call = begin("b")
    mine.join(10)
    end(begin("c"))
    print("{}", flush=True)
    sys.stdin.readline()
    print(json.dumps([mine.is_alive(), other.is_alive()]), flush=True)
    end(call)
    other.join(10)
    print(json.dumps([mine.is_alive(), other.is_alive()]))
    """
    )
    wait_for(lambda: names(backend) >= {"a", "c"} or process.poll() is not None, 30)
    done = finish_told(process)
    skip_without_pairs(done)
    assert done.out == [{}, [False, True], [False, False]]
    assert names(backend) == {"published", "a", "b", "c"}


def finish_told(process: Any) -> Run:
    if process.poll() is None:
        process.stdin.write("\n")
        process.stdin.flush()
    return finish(process).ok()


@pytest.mark.parametrize("handler", ["raises", "flushes"])
def test_a_signal_in_a_flush_leaves_the_processor_at_work(
    handler: str, backend: Backend, run: Runner
) -> None:
    begin = time.monotonic()
    done = run(
        PROGRAM
        + f"""
    class Interruption(BaseException): pass

    def handle(*_):
        if {handler == "raises"}: raise Interruption
        client.flush()

    signal.signal(signal.SIGALRM, handle)
    processor.min_batch_interval = 3.0
    end(begin("a"))
    until(processor._sidecar_idle) # its thread sleeps for three seconds from now on
    end(begin("b"))
    signal.alarm(1)
    try:
        client.flush()
        print(json.dumps(["whole"]))
    except Interruption:
        print(json.dumps(["interrupted"]))
        client.flush()
    print(json.dumps([processor.is_accepting_new_work(), processor.processing_thread.is_alive()]))
    end(begin("c"))
    client.flush()
    """
    ).ok()
    assert done.out == [["whole" if handler == "flushes" else "interrupted"], [True, True]]
    assert names(backend) == {"published", "a", "b", "c"}
    assert time.monotonic() - begin < 40


def test_a_flush_sends_what_came_after_an_interrupted_one(backend: Backend, run: Runner) -> None:
    backend.seconds = 0.3
    run(
        PROGRAM
        + """
    import os

    class Interruption(BaseException): pass

    def ring(*_): raise Interruption

    signal.signal(signal.SIGALRM, ring)
    processor.min_batch_interval = 2.0
    end(begin("a"))
    until(processor._sidecar_idle) # its thread sleeps for two seconds from now on
    end(begin("b"))
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        client.flush()
        sys.exit("not interrupted")
    except Interruption:
        pass
    time.sleep(2.5)                # it has sent that, and ended
    end(begin("c"))
    client.flush()
    os._exit(0)
    """
    ).ok()
    assert names(backend) == {"published", "a", "b", "c"}
