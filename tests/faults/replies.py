"""Scenarios in which the backend's replies lead elsewhere, are too much, or are not whole."""

from __future__ import annotations

import socket
import time

from lab import Lab, wait_until
from manners import OK, Answer, Manner, always, refusal
from payloads import payload_of
from plans import Load
from sink import Guise

_FEW = Load(clients=2, window=4, calls=200, seconds=3, profile="s")
_STEADY = {"clients": 2, "pause_s": 0.002, "calls": 100_000}
_PAUSE_S = 30.0


class _Stranger:
    """An address to which nobody should come."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def was_visited(self) -> bool:
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._listener.close()


def redirects(lab: Lab) -> None:
    """Redirects are not followed: the key stays here, the calls wait, the log says where to."""
    stranger = _Stranger()
    lab.daemon.start()
    here = lab.daemon.backend
    targets = [
        (307, f"{stranger.url}/call/upsert_batch?key=1"),
        (308, f"{stranger.url}/"),
        (307, "/v2/elsewhere"),
        (308, f"{here}/call/upsert_batch"),  # a loop
        (301, stranger.url.replace("127.0.0.1", "localhost")),
        (302, "https://" + "x" * 5000),
        (307, ""),
    ]
    try:
        for status, target in targets:
            _expect_not_followed(lab, status, target)
        is_visited = stranger.was_visited()
    finally:
        stranger.close()
    lab.expect(not is_visited, "a redirect was followed to another address")
    if lab.setting.is_quick:
        _mend(lab)  # the daemon asks again after 30 s; a new one asks at once
    took = lab.drain()
    lab.note(f"{len(targets)} redirects, drained after {took:.0f} s")
    lab.expect(took < _PAUSE_S + 5, "it did not ask again when the pause was over")
    lab.expect(not lab.dead_ids(), "a redirect is no reason for dead letters")
    lab.judge()


def _start_again(lab: Lab) -> None:
    lab.daemon.kill()
    lab.daemon.start()


def _mend(lab: Lab) -> None:
    """In between, so that no confirmation goes to a daemon that is killed with it."""
    lab.daemon.kill()
    lab.sink.behave(always(OK))
    lab.daemon.start()


def _expect_not_followed(lab: Lab, status: int, target: str) -> None:
    headers = {"Location": target} if target else {}
    lab.sink.behave(always(refusal(status, b"<html>moved</html>", **headers)))
    _start_again(lab)
    connections = lab.sink.connections()
    lab.run(_FEW)
    which = f"{status} to “{target[:60]}”"
    lab.wait_state("paused")
    seen = lab.daemon.status()
    failed = seen["requests"]["failed"]
    lab.expect(list(failed) == [str(status)], f"{which}: failed {failed}")
    # At most what was under way when the first answer came.
    lab.expect(sum(failed.values()) <= 4, f"{which}: asked {failed}")
    more = lab.sink.connections() - connections
    lab.expect(more <= 4, f"{which}: {more} connections")
    error = seen["backend"]["last_error"] or ""
    lab.expect(f"redirects to {target[:150]}" in error, f"{which}: last_error is “{error}”")
    lab.expect(len(error) < 500, f"{which}: last_error has {len(error)} characters")
    pending, kept = seen["calls"]["pending"], len(lab.told.acknowledged)
    lab.expect(pending == kept, f"{which}: {pending} of {kept} calls wait")
    lab.audit(seen)


_HUGE = b"<html>" + b"x" * (10 * 1024 * 1024)
_BAD = "m.9.637"


def huge_reply(lab: Lab) -> None:
    """Error pages of 10 MB: read and forgotten, and no more than the usual is made of them."""
    lab.daemon.start()
    seconds = lab.setting.pick(20, 0.6)
    # A head has no length, so it ends where the daemon has had enough.
    long_head = Answer("status", 503, b"", tuple((f"X-{n}", "x" * 1000) for n in range(2000)))
    huge = [refusal(500, _HUGE), long_head]
    lab.sink.behave(Manner(tuple((1.0, answer) for answer in huge)))
    producers = [
        lab.begin(Load(1, 1, 100_000, seconds, "m", project, 0.005)) for project in range(4)
    ]
    most = 0.0
    while any(producer.is_running() for producer in producers):
        most = max(most, lab.daemon.memory_mib())
        lab.audit(lab.daemon.status())
        time.sleep(0.02)
    for producer in producers:
        lab.end(producer)
    failed = lab.daemon.status()["requests"]["failed"]
    lab.expect(failed.get("500", 0) > 0, f"no error page was read: {failed}")
    error = lab.daemon.status()["backend"]["last_error"] or ""
    lab.expect(len(error) < 2000, f"last_error has {len(error)} characters")
    if lab.setting.is_quick:
        _mend(lab)  # not to wait until the pauses between the attempts have passed
    lab.drain()
    # A 400 is about the calls, so it may only be the answer to a bad one.
    _expect_poisoned(lab, refusal(400, _HUGE))
    lab.drain(Manner(poison=frozenset([_BAD])))
    most = max(most, lab.daemon.memory_mib())
    lab.note(f"at most {most:.1f} MiB; failed {_counts(failed)}")
    lab.expect(most < 32, f"{most:.1f} MiB anonymous, not below 32 MiB")
    lab.expect(lab.dead_ids() == {_BAD}, f"dead letters: {lab.dead_ids()}")
    lab.judge()


def _expect_poisoned(lab: Lab, answer: Answer) -> None:
    lab.sink.behave(Manner(poison=frozenset([_BAD]), poisoned=answer))
    lab.run(Load(clients=2, window=32, calls=1000, seconds=10, project=9), first=0)
    is_given_up = wait_until(lambda: _BAD in lab.dead_ids(), 20)
    lab.expect(is_given_up, "the refused call was not given up")
    for entry, line in lab.daemon.dead_letters():
        lab.expect(len(entry["reason"]) < 1000, f"a reason of {len(entry['reason'])} characters")
        lab.expect(b'"req":' + payload_of(_BAD) + b"}" in line, "the payload is not what was sent")


def _counts(failed: dict[str, int]) -> str:
    return " ".join(f"{name}:{count}" for name, count in sorted(failed.items()))


_REASON = b'{"reason":"half of this is no reason to give anything up"}'


def cut_reply(lab: Lab) -> None:
    """Replies that end in the middle say nothing, whatever their first half says."""
    cuts = [
        (1.0, Answer(kind, status, _REASON, keeps=keeps))
        for kind in ("cut-head", "cut")
        for status, keeps in ((200, True), (200, False), (400, False), (401, False))
    ]
    lab.sink.behave(Manner(tuple(cuts)))
    lab.daemon.start()
    seconds = lab.setting.pick(15, 0.6)
    loads = [Load(1, 1, 100_000, seconds, "m", project, 0.005) for project in range(4)]
    lab.expect_fast(lab.run_audited(*loads), 10)
    status = lab.daemon.status()
    failed = status["requests"]["failed"]
    lab.expect(list(failed) == ["network"], f"failed {failed}")
    lab.expect(failed.get("network", 0) > 4, f"only tried again: {failed}")
    delivered = status["calls"]["delivered"]
    lab.expect(delivered == 0, f"{delivered} calls count as delivered after half a reply")
    lab.expect(status["backend"]["state"] == "retrying", "backend.state is not “retrying”")
    lab.note(f"failed {_counts(failed)}; drained in {lab.drain():.1f} s")
    lab.expect(not lab.dead_ids(), "half a reply is no reason for dead letters")
    lab.judge()


def silent(lab: Lab) -> None:
    """A backend that takes connections, or whole requests, and never says a word."""
    lab.daemon.start()
    calm = lab.run(Load(seconds=lab.setting.pick(5, 0.5), **_STEADY))
    lab.drain()
    seconds = lab.setting.pick(10, 1)
    ways = [("deaf", Guise(deaf_s=60), OK)]
    if not lab.setting.is_quick:
        ways.append(("mute", Guise(), Answer("hang", after_s=60, keeps=False)))
    for way, guise, answer in ways:
        before = _timeouts(lab)
        lab.sink.behave(always(answer))
        lab.sink.dress(guise)
        # What a deaf server does not read has to fill more than the kernel's buffers.
        large = lab.begin(Load(1, 4, 60, seconds, "b", project=1))
        lab.expect_fast(lab.run_audited(Load(seconds=seconds, **_STEADY)), calm=calm)
        lab.end(large)
        is_noticed = wait_until(lambda: _timeouts(lab) > before, 3)
        lab.expect(is_noticed, f"{way}: no request timed out")
        lab.wait_state("retrying")
        lab.expect_memory(48)
        lab.sink.behave(always(OK))
        lab.sink.dress(Guise())
        lab.note(f"{way}: drained in {lab.drain():.1f} s")
    lab.expect(not lab.dead_ids(), "silence is no reason for dead letters")
    lab.judge()


def _timeouts(lab: Lab) -> int:
    return lab.daemon.status()["requests"]["failed"].get("timeout", 0)
