"""Which way calls go, against a daemon which fails in every way we could think of."""

from __future__ import annotations

import errno
import logging
import os
import random
import signal
import socket
import sys
import threading
import time
from collections import deque
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from fake_daemon import CLOSE, OK, SILENCE, FakeDaemon, refuse, wait_for
from router_host import Host

from weave_sidecar import _direct, _flush, _link, _notice, _router, _sender, _ways, _wire

pytestmark = pytest.mark.usefixtures("fast")


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


def test_starts_and_ends_go_to_the_daemon_in_order(
    host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start()
    for i in range(2000):
        host.start(str(i))
        host.end(str(i))
    host.settled()
    position = {line: n for n, line in enumerate(fake.accepted)}
    assert all(position[("call_start", str(i))] < position[("call_end", str(i))] for i in range(2000))
    assert len(fake.accepted) == 4000
    assert not host.sdk.direct
    assert fake.connections == 1
    assert len(host.router._ways) == 0
    assert not warnings(caplog)


@pytest.mark.parametrize("how", ["absent", "refused", "no socket", "path too long"])
def test_without_a_daemon_calls_go_directly_with_one_warning(
    how: str, host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    if how == "refused":
        fake.start().stop()
    elif how == "no socket":
        open(fake.path, "w").close()
    elif how == "path too long":
        host = Host("/tmp/" + "x" * 200)
    for i in range(20):
        host.start(str(i))
        host.end(str(i))
    host.settled()
    assert (
        sorted(host.sdk.ids("call_start")) == sorted(host.sdk.ids("call_end")) == sorted(map(str, range(20)))
    )
    assert not host.sdk.lone
    (warning,) = warnings(caplog)
    assert host.router.path in warning
    assert "directly" in warning
    assert "weave-sidecar running" in warning


@pytest.mark.parametrize("when", ["always", "after the calls"])
def test_without_a_descriptor_the_daemon_counts_as_away(
    when: str,
    host: Host,
    fake: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def no_descriptor(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    fake.start()
    if when == "after the calls":
        host.start("a")
        host.end("a")
        host.settled()
    # Not the real limit, which pytest and the fake would feel, too.
    monkeypatch.setattr(_wire, "socket", SimpleNamespace(**{**vars(socket), "socket": no_descriptor}))
    if when == "always":
        host.start("a")
        host.end("a")
        host.settled()
    host.flush()
    host.flush(exiting=True)
    if when == "always":
        assert sorted(host.sdk.direct) == [("call_end", "a"), ("call_start", "a")]
        assert ["open files" in message for message in warnings(caplog)] == [True]


def test_the_socket_is_tried_again_later(
    host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    host.start("a")
    host.settled()
    wait_for(lambda: host.sdk.ids("call_start") == ["a"])
    fake.start()
    wait_for(host.router._link.due)
    host.start("b")
    host.end("b")
    # What was begun directly ends directly, however well the daemon is.
    host.end("a")
    host.settled()
    wait_for(lambda: fake.ids("call_end") == ["b"])
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert len(warnings(caplog)) == 1


def test_delays_double_up_to_a_bound(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda a, b: 1.0)
    monkeypatch.setattr(_link, "FIRST_DELAY", 1.0)
    delays = []
    for _ in range(8):
        host.router._link.exchange([b"x\n"])
        delays.append(host.router._link._delay)
    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]


def test_one_refused_call_goes_directly_and_alone(
    host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start().on_line = lambda method, call: refuse("malformed") if call["id"] == "3" else None
    for i in range(6):
        host.start(str(i))
        host.end(str(i))
    host.settled()
    wait_for(lambda: len(host.sdk.direct) == 2)
    assert host.sdk.direct == [("call_start", "3"), ("call_end", "3")]
    # The end of a refused start is not even offered.
    assert ("call_end", "3") not in fake.lines
    assert len(fake.accepted) == 10
    assert fake.connections == 1
    assert len(warnings(caplog)) == 1


def test_a_handler_of_logs_may_wait_for_another_threads_calls(host: Host, fake: FakeDaemon) -> None:
    fake.start().on_line = lambda method, call: refuse() if call["id"] == "a" else None
    traced: list[bool] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            thread = threading.Thread(target=host.start, args=("b",), daemon=True)
            thread.start()
            thread.join(2.0)
            traced.append(not thread.is_alive())

    handler = Handler()
    _notice.logger.addHandler(handler)
    try:
        host.start("a")
        wait_for(lambda: traced)
    finally:
        _notice.logger.removeHandler(handler)
    assert traced == [True]


@pytest.mark.parametrize("answer", [CLOSE, SILENCE, b"hello\n", b"[]\n", OK + OK])
def test_a_start_without_an_answer_goes_directly_and_its_end_too(
    answer: Any, host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start().on_line = lambda method, call: answer
    begin = time.monotonic()
    host.start("a")
    host.end("a")
    # Nobody who traces waits for a daemon that is slow.
    assert time.monotonic() - begin < 0.3
    host.settled()
    if answer == OK + OK:
        wait_for(lambda: fake.lines)
        return  # the first reply is an answer; what follows condemns the connection
    wait_for(lambda: len(host.sdk.direct) == 2)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert len(warnings(caplog)) == 1


def test_what_was_answered_before_the_connection_broke_stays_with_the_daemon(
    host: Host, fake: FakeDaemon
) -> None:
    fake.start().on_line = lambda method, call: CLOSE if call.get("id") == "5" else None
    with host.router._lock:  # so that the ten become one round
        for i in range(10):
            host.start(str(i))
    host.settled()
    wait_for(lambda: len(host.sdk.direct) == 5)
    assert fake.ids("call_start") == list("01234")
    assert host.sdk.ids("call_start") == list("56789")
    fake.on_line = None
    wait_for(host.router._link.due)
    for i in range(10):
        host.end(str(i))
    host.settled()
    wait_for(lambda: len(fake.ids("call_end")) == 5)
    assert fake.ids("call_end") == list("01234")
    assert host.sdk.ids("call_end") == list("56789")


def test_a_restart_between_two_calls_costs_nothing(
    host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start()
    host.start("a")
    host.settled()
    fake.stop()
    fake.start()
    host.end("a")
    host.settled()
    assert fake.ids("call_end") == ["a"]
    assert not host.sdk.direct
    assert not warnings(caplog)


def test_an_end_waits_for_the_daemon_which_has_its_start(
    host: Host, fake: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    fake.start()
    host.start("a")
    host.settled()
    fake.stop()
    host.end("a")
    host.settled()
    assert host.router.has_waiting
    host.start("b")
    wait_for(lambda: host.sdk.direct == [("call_start", "b")])
    fake.start()
    # Nothing calls us in between: the thread tries again by itself.
    wait_for(lambda: fake.ids("call_end") == ["a"])
    wait_for(lambda: not host.router.has_waiting)
    assert host.sdk.direct == [("call_start", "b")]
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize("exiting", [False, True])
def test_a_daemon_gone_for_good_leaves_both_halves_to_the_sdk(
    exiting: bool, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "0.5")
    fake.start()
    host.start("a", eager=True)
    host.settled()
    fake.stop()
    host.end("a")
    host.settled()
    took = host.flush(exiting)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert host.sdk.eager == ["a"]
    assert took < (0.4 if exiting else 2.0)
    assert not host.router.has_waiting


@pytest.mark.parametrize("exiting", [False, True])
def test_a_flush_waits_for_what_is_being_tried(
    exiting: bool, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its own attempt and its look at what waits, another thread takes that out again."""
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "0.5")
    fake.start()
    host.start("a")
    host.settled()
    fake.stop()
    host.end("a")
    host.settled()
    is_tried = threading.Event()
    exchange, retry = host.router._link.exchange, host.router.retry_waiting_now

    def slowly(lines: list[bytes]) -> object:
        is_tried.set()
        time.sleep(0.2)
        return exchange(lines)

    def behind_another_thread() -> bool:
        monkeypatch.setattr(host.router, "retry_waiting_now", retry)
        monkeypatch.setattr(host.router._link, "exchange", slowly)
        assert retry()
        threading.Thread(target=host.router.drain).start()
        assert is_tried.wait(5.0)
        assert not host.router.has_waiting
        return retry()

    monkeypatch.setattr(host.router, "retry_waiting_now", behind_another_thread)
    host.flush(exiting)
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]
    assert not host.router.has_waiting


def test_a_flush_waits_for_a_daemon_that_comes_back(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.start("a")
    host.settled()
    fake.stop()
    host.end("a")
    host.settled()
    threading.Timer(0.3, fake.start).start()
    host.flush()
    assert fake.ids("call_end") == ["a"]
    assert not host.sdk.direct


@pytest.mark.parametrize("times", [1, 100])
def test_a_refused_end_is_offered_again_a_few_times(
    times: int, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    def on_line(method: str, call: dict[str, Any]) -> Any:
        if method == "call_end" and len(refused) < times:
            refused.append(call["id"])
            return refuse("shutting_down")
        return None

    fake.start().on_line = on_line
    host.start("a")
    host.settled()
    host.end("a")
    host.settled()
    assert host.router.has_waiting
    host.flush()
    if times == 1:
        assert fake.ids("call_end") == ["a"]
        assert not host.sdk.direct
    else:
        assert len(refused) == _router.REFUSALS
        assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]


def test_an_end_before_its_start_waits_for_it(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.end("a")
    host.settled()
    assert not fake.lines
    host.start("a")
    host.settled()
    assert fake.accepted == [("call_start", "a"), ("call_end", "a")]
    assert not host.sdk.direct


@pytest.mark.parametrize("minutes", [4, 6])
def test_an_end_waits_for_its_start_as_long_as_the_sdk_would(
    minutes: int, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    host.end("a")
    monkeypatch.setattr(_ways, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 60 * minutes))
    host.start("b")
    host.end("b")
    host.settled()
    host.start("a")
    host.settled()
    lines = [method for method, call_id in fake.accepted if call_id == "a"]
    assert lines == (["call_start", "call_end"] if minutes == 4 else ["call_end", "call_start"])
    assert not host.sdk.direct


def test_an_end_before_its_start_goes_directly_with_it(host: Host, fake: FakeDaemon) -> None:
    host.start("x")
    host.settled()  # the daemon is away, and known to be
    wait_for(lambda: host.sdk.direct)
    host.router._link.retry_at = time.monotonic() + 60
    host.end("a")
    host.start("a")
    assert host.sdk.direct[1:] == [("call_start", "a"), ("call_end", "a")]
    assert not host.sdk.lone


def test_an_end_without_a_start_goes_to_the_daemon_or_alone(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    host.end("a")
    host.flush()
    assert not fake.ids("call_end")  # its start may still come
    host.flush(exiting=True)
    assert fake.ids("call_end") == ["a"]
    fake.stop()
    host.end("b")
    host.flush(exiting=True)
    assert host.sdk.lone == ["b"]
    monkeypatch.setattr(_ways.Ways.overdue, "__defaults__", (0.0,))
    host.router._link.retry_at = 0.0
    fake.start()
    host.end("c")
    host.end("d")
    host.settled()
    wait_for(lambda: {"c", "d"} <= set(fake.ids("call_end")))


def test_an_end_whose_start_the_sdk_holds_goes_directly(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.end("a", known_direct=True)
    assert host.sdk.direct == [("call_end", "a")]
    assert not fake.lines


def test_bounds_send_pairs_directly(host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.start()
    for call_id in ("known", "huge"):
        host.start(call_id)
    host.settled()
    monkeypatch.setattr(_router, "QUEUE_LINES", 5)
    monkeypatch.setattr(_router, "QUEUE_BYTES", 5000)
    monkeypatch.setattr(_router, "LINE_BYTES", 20_000)
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # nobody sends
    host.start("big", size=10_000)
    for i in range(8):
        host.start(str(i))
    assert host.sdk.ids("call_start") == ["big", "5", "6", "7"]
    for i in range(8):
        host.end(str(i))
    assert host.sdk.ids("call_end") == ["5", "6", "7"]
    # The daemon has the start of this one, and would send it after both.
    host.end("known")
    assert not host.sdk.ids("call_end")[3:]
    # It never takes such a line.
    host.end("huge", size=30_000)
    assert host.sdk.direct[-2:] == [("call_start", "huge"), ("call_end", "huge")]
    host.flush(exiting=True)
    assert fake.ids("call_start") == ["known", "huge", *"01234"]
    assert sorted(fake.ids("call_end")) == [*"01234", "known"]
    assert not host.sdk.ids("call_end")[4:]


def test_a_start_that_a_slow_daemon_has_never_goes_directly_too(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_router, "QUEUE_LINES", 10)
    monkeypatch.setattr(_router, "ROUND_LINES", 3)
    fake.start().on_line = lambda method, call: time.sleep(0.001)

    def trace(name: int) -> None:
        for n in range(0, 60, 3):
            ids = [f"{name}-{i}" for i in range(n, n + 3)]
            for call_id in ids:
                host.start(call_id)
            time.sleep(0.04)
            for call_id in ids:
                host.end(call_id)

    threads = [threading.Thread(target=trace, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    host.flush()
    assert host.sdk.ids("call_start")
    assert sorted(host.sdk.ids("call_start")) == sorted(host.sdk.ids("call_end"))
    assert not set(fake.ids("call_start")) & set(host.sdk.ids("call_start"))
    assert sorted(fake.ids("call_start")) == sorted(fake.ids("call_end"))


@pytest.mark.parametrize("bound", ["lines", "bytes"])
def test_waiting_ends_are_bounded(
    bound: str, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    for i in range(5):
        host.start(str(i))
    host.settled()
    fake.stop()
    if bound == "lines":
        monkeypatch.setattr(_router, "WAITING_ENDS", 3)
    else:
        monkeypatch.setattr(_router, "QUEUE_BYTES", 3500)
    for i in range(5):
        host.end(str(i), size=1000)
        host.settled()
    wait_for(lambda: len(host.sdk.direct) == 4)
    assert sorted(host.sdk.ids("call_start")) == sorted(host.sdk.ids("call_end")) == ["0", "1"]


def test_forgotten_starts_leave_lone_ends(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_ways, "MAX_KEPT_STARTS", 2)
    fake.start()
    for i in range(3):
        host.start(str(i))
    host.settled()
    fake.stop()
    for i in range(3):
        host.end(str(i))
    host.flush(exiting=True)
    assert host.sdk.lone == ["0"]
    assert sorted(host.sdk.ids("call_start")) == ["1", "2"]


def test_flush_asks_once_for_what_was_sent(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.flush()
    assert not fake.lines
    host.start("a")
    host.flush()
    host.flush()
    assert fake.lines == [("call_start", "a"), ("flush", "")]
    host.end("a")
    host.flush(exiting=True)
    assert fake.lines[2:] == [("call_end", "a")]


@pytest.mark.parametrize("answer", [refuse("pending", pending=3), SILENCE, CLOSE])
def test_flush_is_bounded_and_asks_again(
    answer: Any, host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "0.4")
    fake.start().on_line = lambda method, call: answer if method == "flush" else None
    host.start("a")
    assert host.flush() < 2.0
    host.flush()
    lines = [method for method, _ in fake.lines if method != "status"]
    assert lines == ["call_start", "flush", "flush"]
    assert not host.sdk.direct


def test_a_flush_may_have_more_time_than_the_kernel_counts(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEAVE_SIDECAR_FLUSH_TIMEOUT", "1e20")
    fake.start()
    host.start("a")
    host.flush()
    assert fake.lines == [("call_start", "a"), ("flush", "")]


def test_the_programs_default_timeout_is_not_ours(host: Host, fake: FakeDaemon) -> None:
    delivered = threading.Event()

    def on_line(method: str, call: dict[str, Any]) -> Any:
        if method == "flush":
            time.sleep(0.3)
            delivered.set()

    fake.start().on_line = on_line
    socket.setdefaulttimeout(0.05)
    try:
        host.start("a")
        host.flush()
    finally:
        socket.setdefaulttimeout(None)
    assert delivered.is_set()


def test_signals_do_not_keep_a_flush_waiting(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # the flush is who sends
    fake.start().on_line = lambda method, call: SILENCE
    host.start("a")
    ticks = 0

    def tick(*_: object) -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 30:  # or it would take for ever
            signal.setitimer(signal.ITIMER_REAL, 0)

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    try:
        assert host.flush() < 2.0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert host.sdk.direct == [("call_start", "a")]


def test_a_round_of_late_replies_ends_before_an_exit_does(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_wire, "ROUND_TIMEOUT", 1.0)
    monkeypatch.setattr(_flush, "ROUND_TIMEOUT", 0.2)  # with a second more
    fake.start()
    for call_id in "abc":
        host.start(call_id)
    host.settled()

    def on_line(method: str, call: dict[str, Any]) -> Any:
        if method == "call_end" and call["id"] != "c":
            time.sleep(0.45)
            return OK
        return SILENCE

    fake.on_line = on_line
    for call_id in "abc":
        host.end(call_id)
    time.sleep(0.05)
    host.flush(exiting=True)
    # Nobody is left to do anything about an end that nobody has.
    assert host.sdk.direct == [("call_start", "c"), ("call_end", "c")]


def test_a_flush_does_not_wait_for_what_other_threads_go_on_tracing(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = host.router._link.exchange

    def slowly(lines: list[bytes]) -> Any:
        time.sleep(0.05)  # as a daemon that syncs each round to a disk
        return exchange(lines)

    monkeypatch.setattr(host.router._link, "exchange", slowly)
    fake.start()
    end = time.monotonic() + 6.0

    def trace(name: int) -> None:
        count = 0
        while time.monotonic() < end:
            host.start(f"{name}-{count}")
            count += 1
            time.sleep(0.005)

    threads = [threading.Thread(target=trace, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    host.start("a")
    host.end("a")
    took = host.flush()
    accepted = set(fake.accepted)
    goes_on = time.monotonic() < end
    end = 0.0
    for thread in threads:
        thread.join()
    host.flush()
    assert goes_on
    assert took < 5.0
    assert {("call_start", "a"), ("call_end", "a")} <= accepted
    assert not host.sdk.direct
    assert len(fake.accepted) == len(set(fake.accepted))


def test_a_signal_handler_may_flush_during_a_flush(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = host.router._link.exchange
    took: list[float] = []

    def interrupted(lines: list[bytes]) -> Any:
        if not took:
            took.append(0.0)
            signal.raise_signal(signal.SIGUSR1)
        return exchange(lines)

    def handle(*_: object) -> None:
        host.start("b")
        took.append(host.flush())

    monkeypatch.setattr(host.router._link, "exchange", interrupted)
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # the flush is who sends
    fake.start()
    host.start("a")
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        host.flush()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert took[1] < 2.0
    # The handler may end the process: it leaves nothing in the queue.
    assert host.sdk.direct == [("call_start", "b")]
    assert fake.accepted == [("call_start", "a")]


def test_a_signal_handler_may_trace_while_a_call_is_traced(fake: FakeDaemon) -> None:
    """At each place where the interpreter could run it, also inside of what the package calls."""
    fake.start()
    host = Host(fake.path)  # not the fixture's, which would wait for a lock that is never released
    host.start("first")
    place = left = 0
    handled = True

    def handle(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left, handled
        left -= event in ("call", "c_return")
        if left == 0:
            sys.setprofile(None)
            handled = True
            host.start(f"{place}-inner")

    def trace() -> None:
        sys.setprofile(handle)
        host.start(str(place))
        sys.setprofile(None)

    while handled:
        host.settled()
        place += 1
        left = place
        handled = False
        thread = threading.Thread(target=trace, daemon=True)
        thread.start()
        thread.join(5.0)
        assert not thread.is_alive(), place
    host.settled()
    assert place > 20
    assert len(set(fake.ids("call_start"))) == 2 * place
    assert not host.sdk.direct


def test_an_interrupted_flush_loses_no_call(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)  # the flush is who sends
    host.start("a")
    host.end("a")
    host.start("b")
    calls = 0

    def deliver(direct: list[Any]) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:  # of the first round
            raise KeyboardInterrupt
        _direct.deliver(direct)

    monkeypatch.setattr(_router, "deliver", deliver)
    with pytest.raises(KeyboardInterrupt):
        host.flush()
    assert host.flush_ends()
    assert sorted(fake.accepted + host.sdk.direct) == [
        ("call_end", "a"),
        ("call_start", "a"),
        ("call_start", "b"),
    ]


def test_an_interruption_takes_no_direct_call_along() -> None:
    class Owner:
        def __init__(self) -> None:
            self.tried: list[str] = []
            self.got: list[str] = []

        def direct_start(self, item: str, eager: bool) -> None:
            self.tried.append(item)
            if self.tried == ["a"]:
                raise KeyboardInterrupt
            self.got.append(item)

    owner: Any = Owner()
    entries = [_ways.Entry(owner, name, b"", None, is_start=True) for name in ("a", "b")]
    with pytest.raises(KeyboardInterrupt):
        _direct.deliver(deque(_direct.Direct(entry) for entry in entries))
    assert owner.got == ["a", "b"]


def test_a_flush_comes_to_its_end_when_a_start_was_lost(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()
    monkeypatch.setattr(_sender.Sender, "wake", lambda self: True)
    host.start("a")
    host.router._queue.clear()  # as a signal handler may that raises between two lines
    host.end("a")
    assert host.flush_ends()
    assert host.sdk.direct == [("call_start", "a"), ("call_end", "a")]


def test_without_threads_calls_are_sent_inline(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.start()

    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread at interpreter shutdown")

    with monkeypatch.context() as patched:
        wait_for(lambda: fake._listener is not None)
        host.router._link._connect()  # the fake needs a thread for it
        wait_for(lambda: fake.connections == 1)
        time.sleep(0.05)
        patched.setattr(threading.Thread, "start", no_thread)
        host.start("a")
        host.end("a")
        assert fake.accepted == [("call_start", "a"), ("call_end", "a")]


def test_a_forked_child_leaves_the_parents_stream_alone(host: Host, fake: FakeDaemon) -> None:
    fake.start()
    host.start("parent")
    host.settled()
    stop = threading.Event()
    count = [0]

    def busy(name: int) -> None:
        while not stop.is_set():
            call_id = f"{name}-{count[0]}"
            count[0] += 1
            host.start(call_id)
            host.end(call_id)
            time.sleep(0.001)

    threads = [threading.Thread(target=busy, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for n in range(8):
        pid = os.fork()
        if pid == 0:
            try:
                host.router.after_fork_in_child()
                host.start(f"child{n}")
                host.end(f"child{n}")
                host.end("parent")
                host.flush(exiting=True)
            finally:
                os._exit(1 if host.sdk.ids("call_start").count(f"child{n}") else 0)
        assert os.waitpid(pid, 0)[1] == 0
    stop.set()
    for thread in threads:
        thread.join()
    host.settled()
    assert not host.sdk.direct
    starts, ends = fake.ids("call_start"), fake.ids("call_end")
    assert {f"child{n}" for n in range(8)} <= set(starts) & set(ends)
    assert len(starts) == len(set(starts))
    assert ends.count("parent") == 8


def test_every_call_arrives_by_one_way_through_all_kinds_of_faults(
    host: Host, fake: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_link, "FIRST_DELAY", 0.02)
    monkeypatch.setattr(_link, "MAX_DELAY", 0.05)
    monkeypatch.setattr(_wire.Connection.exchange, "__defaults__", (0.1,))
    chance = random.Random(7)
    lock = threading.Lock()

    def on_line(method: str, call: dict[str, Any]) -> Any:
        with lock:
            n = chance.random()
        if n < 0.01:
            return CLOSE
        if n < 0.012:
            return SILENCE
        return refuse() if n < 0.04 else None

    fake.start().on_line = on_line
    ids = [f"{t}-{i}" for t in range(8) for i in range(150)]

    def busy(name: int) -> None:
        for i in range(150):
            host.start(f"{name}-{i}")
            time.sleep(0.0005)
            host.end(f"{name}-{i}")

    threads = [threading.Thread(target=busy, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.1)
        fake.stop()
        time.sleep(0.05)
        fake.start()
    for thread in threads:
        thread.join()
    host.flush(exiting=True)
    for call_id in ids:
        sidecar = {m for m, i in fake.accepted if i == call_id}
        direct = {m for m, i in host.sdk.direct if i == call_id}
        assert {"call_start", "call_end"} in (sidecar, direct), (call_id, sidecar, direct)
    assert len(host.router._ways) == 0
    # The faults were there, and the daemon was used between them.
    assert host.sdk.direct
    assert len(fake.accepted) > 200
    assert not host.sdk.lone


def test_one_socket_option_layout(fake: FakeDaemon) -> None:
    fake.start()
    connection = _wire.Connection(fake.path)
    connection._limit(socket.SO_RCVTIMEO, 2.5)
    raw = connection._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
    assert int.from_bytes(raw[:8], "little") == 2
    connection.close()
