"""Scenarios in which the daemon lives and the trace server does not behave."""

from __future__ import annotations

import time

from lab import Lab, wait_until
from manners import OK, Answer, Manner, always, refusal
from payloads import payload_of
from plans import Load

# As many calls as a busy host makes: enough to be under load, few enough that the clients' own
# work on a small machine is not what is measured.
_STEADY = {"clients": 4, "pause_s": 0.002, "calls": 200_000}


def outage(lab: Lab) -> None:
    """The backend is away; nobody who calls notices, and memory does not grow."""
    seconds = lab.setting.pick(120, 3)
    lab.daemon.start()
    calm = lab.run(Load(seconds=lab.setting.pick(5, 0.5), **_STEADY))
    lab.sink.down()
    before = lab.daemon.memory_mib()
    lab.expect_fast(lab.run_audited(Load(seconds=seconds, **_STEADY)), calm=calm)
    grown = lab.daemon.memory_mib() - before
    lab.note(f"anonymous memory {grown:+.1f} MiB")
    lab.expect(grown < 16, f"anonymous memory grew by {grown:.1f} MiB")
    status = lab.daemon.status()
    lab.expect(status["backend"]["state"] == "retrying", "backend.state is not “retrying”")
    lab.audit(status)
    lab.note(f"drained in {lab.drain():.1f} s")
    lab.judge()


def storm(lab: Lab) -> None:
    """Every kind of failure at random, and the calls arrive all the same."""
    lab.sink.behave(
        Manner(
            (
                (4, OK),
                (1, refusal(503, Retry_After="0")),
                (0.5, refusal(429, b'{"reason":"slow down"}', Retry_After="1")),
                (1, refusal(500, b"<html>oops</html>")),
                (1, refusal(502)),
                (1, Answer("close", keeps=False)),
                (1, Answer("close")),
                (1, Answer("cut")),
                # Longer than --request-timeout.
                (0.5, Answer("hang", after_s=1.6, keeps=False)),
                (0.5, Answer("hang", after_s=1.6)),
            )
        )
    )
    lab.daemon.start()
    # Back-off is by project; with many of them more goes wrong in a given time.
    seconds = lab.setting.pick(20, 4)
    loads = [Load(1, 1, 100_000, seconds, "m", project, 0.005) for project in range(8)]
    lab.expect_fast(lab.run_audited(*loads), 10)
    failed = lab.daemon.status()["requests"]["failed"]
    lab.note("failed " + " ".join(f"{name}:{count}" for name, count in sorted(failed.items())))
    lab.drain()
    lab.expect(not lab.dead_ids(), "a storm is no reason for dead letters")
    lab.judge()


def slow(lab: Lab) -> None:
    """A backend that takes its time costs the clients none of theirs."""
    lab.daemon.start()
    calm = lab.run(Load(seconds=lab.setting.pick(5, 0.5), **_STEADY))
    lab.sink.behave(always(Answer(after_s=lab.setting.pick(3, 1))))
    seconds = lab.setting.pick(15, 3)
    lab.expect_fast(lab.run_audited(Load(seconds=seconds, **_STEADY)), calm=calm)
    lab.expect_memory(64)
    lab.drain()
    lab.judge()


def poison(lab: Lab) -> None:
    """One call of a thousand is refused: it alone becomes a dead letter."""
    bad = "m.0.637"
    manner = Manner(poison=frozenset([bad]))
    lab.sink.behave(manner)
    lab.daemon.start()
    lab.run(Load(clients=2, window=32, calls=1000, seconds=10))
    lab.drain(manner)
    letters = lab.daemon.dead_letters()
    lab.expect(lab.dead_ids() == {bad} and len(letters) == 1, f"dead letters: {lab.dead_ids()}")
    for entry, line in letters:
        lab.expect('op_name is "poisoned"' in entry["reason"], f"reason: {entry['reason']}")
        lab.expect(b'"req":' + payload_of(bad) + b"}" in line, "the payload is not what was sent")
    received = lab.judge()
    lab.expect(len(received.stored) == 999, f"{len(received.stored)} of 999 delivered")
    lab.note(f"{received.requests} requests")


def too_large(lab: Lab) -> None:
    """413: smaller batches for all, and an end for the call that is too large by itself."""
    most_bytes = 150_000
    manner = Manner(most_bytes=most_bytes)
    lab.sink.behave(manner)
    lab.daemon.start()
    lab.run(Load(clients=2, window=16, calls=1000, seconds=10))
    lab.run(Load(clients=2, window=4, calls=20, seconds=10, profile="b"))
    lab.drain(manner)
    frame = len(b'{"batch":[{"mode":"start","req":}]}')
    too_much = {
        identity
        for identity in lab.told.acknowledged
        if len(payload_of(identity)) + frame - 2 * (int(identity.rsplit(".")[-1]) % 2) > most_bytes
    }
    lab.expect(bool(too_much), "no call is too large, so nothing was tried")
    lab.expect(lab.dead_ids() == too_much, "not just what is too large became a dead letter")
    lab.note(f"{lab.daemon.status()['batches']['halved']} halved")
    lab.judge()


def unauthorized(lab: Lab) -> None:
    """401: everything is kept and said so; a mended key delivers it."""
    lab.sink.behave(always(refusal(401, b'{"reason":"invalid api key"}')))
    lab.daemon.start()
    outcome = lab.run(Load(clients=2, window=8, calls=500, seconds=5))
    lab.wait_state("paused")
    # Or the sink, behaving again, confirms what a killed daemon has sent.
    is_answered = wait_until(lambda: lab.daemon.status()["requests"]["in_flight"] == 0, 5)
    lab.expect(is_answered, "not every request was answered")
    status = lab.daemon.status()
    lab.expect(status["calls"]["pending"] == len(outcome.acknowledged), "not everything is kept")
    lab.expect("invalid api key" in (status["backend"]["last_error"] or ""), "not said why")
    lab.audit(status)
    if lab.setting.is_quick:
        # The daemon asks again after 30 s; a new one asks at once.
        # In this order, so that no confirmation goes to a daemon that is killed with it.
        lab.daemon.kill()
        lab.sink.behave(always(OK))
        lab.daemon.start()
    lab.note(f"drained after {lab.drain():.0f} s")
    lab.judge()


def forbidden(lab: Lab) -> None:
    """403 for one project; the other does not notice."""
    no = refusal(403, b'{"reason":"no access to the project"}')
    lab.sink.behave(Manner(projects=((1, no),)))
    lab.daemon.start()
    good = lab.begin(Load(clients=2, window=8, calls=2000, seconds=5, project=0))
    bad = lab.begin(Load(clients=2, window=8, calls=2000, seconds=5, project=1))
    kept = len(lab.end(bad).acknowledged)
    sent = len(lab.end(good).acknowledged)
    is_sent = wait_until(lambda: lab.sink.count() == sent, 10)
    lab.expect(is_sent, f"{lab.sink.count()} of {sent} calls of the other project were delivered")
    lab.wait_state("degraded", 3)
    # The daemon learns a moment after the sink what that has answered.
    wait_until(lambda: lab.daemon.status()["calls"]["pending"] <= kept, 3)
    status = lab.daemon.status()
    lab.expect(status["calls"]["pending"] == kept, f"{status['calls']['pending']} of {kept} kept")
    lab.audit(status)
    if lab.setting.is_quick:
        lab.daemon.kill()
    lab.sink.behave(always(OK))
    if lab.setting.is_quick:
        lab.daemon.start()
    began = time.monotonic()
    lab.drain()
    lab.note(f"403 kept {kept}, drained after {time.monotonic() - began:.0f} s")
    lab.judge()
