"""Scenarios on the complete path: a start and its end travel as one call."""

from __future__ import annotations

import random
import time

from crashes import expect_no_quarantine, kill_now
from lab import BATCH_CALLS, SENDERS, Lab, wait_until
from manners import OK, Answer, Manner, refusal
from oracle import Received
from payloads import is_start, start_of
from plans import Load, Pairs

PROJECT = 0
_REQUIRED = frozenset([PROJECT])
_GOOD = Manner(complete=_REQUIRED)
_PAIRS = Pairs()
_STEADY = {"clients": 4, "profile": "p", "pause_s": 0.002, "pairs": _PAIRS, "calls": 200_000}

_ROUND_MANNERS = [
    _GOOD,
    _GOOD,
    Manner(((1.0, Answer(after_s=0.05)),), complete=_REQUIRED),
    Manner(((0.7, OK), (0.3, Answer("close"))), complete=_REQUIRED),
    Manner(((1.0, refusal(503, Retry_After="0")),), complete=_REQUIRED),
]


def _expect_complete(lab: Lab, received: Received) -> None:
    routes = received.routes
    lab.note(" ".join(f"{name}:{count}" for name, count in sorted(routes.items()) if count))
    lab.expect(routes.get("complete", 0) > 0, "no call came complete")


def _expect_only_orphans_dead(lab: Lab, received: Received) -> None:
    """Only an end whose start nobody has taken may be refused for good."""
    taken = received.stored.keys() | set(lab.told.acknowledged)
    wrong = [name for name in lab.dead_ids() if is_start(name) or start_of(name) in taken]
    lab.expect(not wrong, f"{len(wrong)} dead letters with a start, for example {wrong[:3]}")


def complete_kill(lab: Lab) -> None:
    """SIGKILL while starts wait for their ends and complete calls are under way."""
    chance = random.Random(lab.setting.seed)
    rounds = max(4, lab.setting.rounds // 4)
    lab.sink.behave(_GOOD)
    for _ in range(rounds):
        lab.sink.behave(chance.choice(_ROUND_MANNERS))
        _kill_under_load(lab, chance)
    lab.sink.behave(_GOOD)
    lab.daemon.start()
    lab.run(Load(seconds=1, project=PROJECT, **_STEADY))
    lab.drain(_GOOD)
    received = lab.judge(is_crash=True)
    bound = rounds * SENDERS * BATCH_CALLS
    again = sum(count - 1 for count in received.confirmed.values())
    lab.expect(again <= bound, f"{again} confirmed calls came again, more than {bound}")
    lab.note(f"{rounds} kills, confirmed sent again {again} ≤ {bound}")
    expect_no_quarantine(lab)
    _expect_complete(lab, received)
    _expect_only_orphans_dead(lab, received)


def _kill_under_load(lab: Lab, chance: random.Random) -> None:
    lab.daemon.spawn()
    window = chance.choice([1, 8, 64])
    pairs = Pairs(most_s=chance.choice([0.0, 0.1, 0.4]))
    # A client without pauses would leave more starts open than go singly in a short time.
    load = Load(3, window, 1500, 3, "p", PROJECT, 0.001, pairs)
    producer = lab.begin(load)
    wait_until(lambda: lab.daemon.socket.exists() or not lab.daemon.is_running(), 5, 0.001)
    time.sleep(chance.uniform(0.01, 0.5))
    if chance.random() < 0.2:
        lab.daemon.terminate()
        time.sleep(chance.uniform(0, 0.03))
    kill_now(lab)
    lab.end(producer)


def complete_missing(lab: Lab) -> None:
    """--calls-mode complete against an older server: everything goes by upsert instead."""
    manner = Manner(has_v2=False)
    lab.sink.behave(manner)
    lab.daemon.start()
    seconds = lab.setting.pick(5, 1)
    lab.run_audited(
        Load(seconds=seconds, project=0, **_STEADY),
        Load(seconds=seconds, project=1, **_STEADY),
    )
    lab.note(f"drained in {lab.drain(manner):.1f} s")
    lab.expect(not lab.dead_ids(), "a missing route is no reason for dead letters")
    received = lab.judge()
    tried = sum(received.routes.get(route, 0) for route in ("complete", "start", "end"))
    lab.note(f"upsert {received.routes.get('upsert', 0)}, others {tried}")
    lab.expect(tried > 0, "the complete route was never tried")
    lab.expect(tried <= 20, f"a route that is not there was tried {tried} times")


def complete_outage(lab: Lab) -> None:
    """The backend goes away and comes back; halves that waited meanwhile are still paired."""
    lab.sink.behave(_GOOD)
    lab.daemon.start()
    calm = lab.run(Load(seconds=lab.setting.pick(3, 0.5), **_STEADY))
    lab.sink.down()
    seconds = lab.setting.pick(15, 2)
    before = lab.daemon.memory_mib()
    # Clients that go without sending the ends that they owe.
    leaving = Load(2, 8, 300, seconds, "p", PROJECT, 0.01, Pairs(leaves=True))
    lab.expect_fast(lab.run_audited(Load(seconds=seconds, **_STEADY), leaving), calm=calm)
    grown = lab.daemon.memory_mib() - before
    lab.note(f"anonymous memory {grown:+.1f} MiB")
    lab.expect(grown < 32, f"anonymous memory grew by {grown:.1f} MiB")
    lab.note(f"drained in {lab.drain(_GOOD):.1f} s")
    received = lab.judge()
    _expect_complete(lab, received)
    _expect_only_orphans_dead(lab, received)
    lab.expect(not received.bare_ends, f"{len(received.bare_ends)} ends without started_at")


def complete_storm(lab: Lab) -> None:
    """Every kind of failure at random on the three routes of the complete path."""
    answers = (
        (6, OK),
        (1, refusal(503, Retry_After="0")),
        (0.5, refusal(429, b'{"reason":"slow down"}', Retry_After="1")),
        (1, refusal(500)),
        (1, Answer("close", keeps=False)),
        (1, Answer("close")),
        (1, Answer("cut")),
        (0.3, Answer("hang", after_s=1.6, keeps=False)),
    )
    projects = range(6)
    everywhere = frozenset(projects)
    lab.sink.behave(Manner(answers, complete=everywhere))
    lab.daemon.start()
    seconds = lab.setting.pick(15, 3)
    pairs = Pairs(open_starts=0.01)
    loads = [Load(1, 1, 100_000, seconds, "p", number, 0.01, pairs) for number in projects]
    lab.expect_fast(lab.run_audited(*loads), 10)
    failed = lab.daemon.status()["requests"]["failed"]
    lab.note("failed " + " ".join(f"{name}:{count}" for name, count in sorted(failed.items())))
    lab.drain(Manner(complete=everywhere), 90)
    lab.expect(not lab.dead_ids(), "a storm is no reason for dead letters")
    _expect_complete(lab, lab.judge())


def complete_poison(lab: Lab) -> None:
    """One call of many is refused: both its halves become dead letters, and nothing else does."""
    bad = {"p.0.37+s", "p.0.37+e"}
    manner = Manner(poison=frozenset(bad), complete=_REQUIRED)
    lab.sink.behave(manner)
    lab.daemon.start()
    pairs = Pairs(most_s=0.0, open_starts=0)
    lab.run(Load(clients=2, window=16, calls=800, seconds=10, profile="p", pairs=pairs))
    lab.drain(manner)
    lab.expect(lab.dead_ids() == bad, f"dead letters: {lab.dead_ids()}")
    _expect_complete(lab, lab.judge())


def promoted(lab: Lab) -> None:
    """Starts whose client has gone, or that have waited long enough, go on their own; and their
    ends, which come later, say when the call started.
    """
    lab.sink.behave(_GOOD)
    lab.daemon.start()
    learned = Load(clients=1, calls=20, seconds=2, profile="p", pairs=Pairs(open_starts=0))
    lab.run(learned)
    lab.drain(_GOOD)
    gone = _promote(lab, "client gone", is_gone=True)
    held = _promote(lab, "held", is_gone=False)
    received = lab.judge()
    lab.expect(not received.bare_ends, f"{len(received.bare_ends)} ends without started_at")
    lab.expect(not lab.dead_ids(), f"dead letters: {sorted(lab.dead_ids())[:3]}")
    routes = received.routes
    wanted = gone + held
    lab.expect(routes.get("start", 0) >= wanted, f"{routes.get('start', 0)} of {wanted} starts")
    lab.expect(routes.get("end", 0) >= wanted, f"{routes.get('end', 0)} of {wanted} ends")
    _expect_complete(lab, received)


def _promote(lab: Lab, what: str, is_gone: bool) -> int:
    """Returns the number of calls that came in two pieces."""
    calls = 200
    first = lab.reserve(calls)
    # --pair-hold is 3 s; the client that stays sends its ends later than that.
    seconds = 1.0 if is_gone else 30.0
    late = Pairs(least_s=5, most_s=5, early_ends=0, open_starts=0)
    pairs = Pairs(only="starts") if is_gone else late
    before = lab.sink.count()
    began = time.monotonic()
    producer = lab.begin(Load(2, 8, calls, seconds, "p", PROJECT, 0.0, pairs), first)
    is_there = wait_until(lambda: lab.sink.count() == before + calls // 2, 15)
    took = time.monotonic() - began
    lab.expect(is_there, f"{what}: {lab.sink.count() - before} of {calls // 2} starts came")
    lab.note(f"{what}: starts after {took:.1f} s")
    if not is_gone:
        lab.expect(2.9 < took, f"{what}: the starts came after {took:.1f} s instead of 3")
    lab.end(producer)
    if is_gone:
        ends = Pairs(only="ends")
        lab.run(Load(2, 8, calls, 5, "p", PROJECT, 0.0, ends), first)
    lab.drain(_GOOD)
    return calls // 2
