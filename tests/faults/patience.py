"""Scenarios in which calls wait: for too long, in a full spool, behind slow projects."""

from __future__ import annotations

import random
import time

from crashes import expect_no_quarantine, kill_now
from lab import BATCH_CALLS, SENDERS, Lab, wait_until
from manners import OK, Answer, Manner, always
from plans import Load

MIB = 1024 * 1024
# Of a project that nothing is wrong with.
_SOON_S = 3.0


def max_age(lab: Lab) -> None:
    """--max-age passes in an outage: calls become dead letters, and none is in no place."""
    lab.sink.down()
    lab.daemon.start()
    old = lab.run(Load(clients=2, window=4, calls=500, seconds=2, profile="s"))
    lab.audit(lab.daemon.status())
    is_given_up = wait_until(lambda: _dead_count(lab) == len(old.acknowledged), 60, 0.1)
    lab.expect(is_given_up, f"{_dead_count(lab)} of {len(old.acknowledged)} calls given up")
    lab.audit(lab.daemon.status())
    for entry, _ in lab.daemon.dead_letters()[:1]:
        lab.expect("--max-age" in entry["reason"], f"reason: {entry['reason']}")
    # What comes later is young, and goes.
    lab.sink.up()
    young = lab.run(Load(clients=2, window=4, calls=500, seconds=2, profile="s"))
    lab.drain()
    lab.expect(not set(young.acknowledged) & lab.dead_ids(), "a young call was given up")
    lab.judge()


def _dead_count(lab: Lab) -> int:
    return lab.daemon.status()["calls"]["dead_lettered"]


def kill_when_full(lab: Lab) -> None:
    """SIGKILL while the spool is nearly full: nothing is lost, and the limit holds afterwards."""
    chance = random.Random(lab.setting.seed)
    lab.sink.down()
    rounds = int(lab.setting.pick(12, 4))
    refused = 0
    for _ in range(rounds):
        lab.daemon.start()
        load = Load(3, 8, 100_000, 1, chance.choice("sm"), chance.randrange(3), 0.0005)
        producer = lab.begin(load)
        wait_until(lambda: _is_nearly_full(lab), 2, 0.005)
        is_leaving = chance.random() < 0.5
        if is_leaving:
            lab.sink.up()  # so that there is room for others
        time.sleep(chance.uniform(0, 0.6 if is_leaving else 0.1))
        kill_now(lab)
        lab.sink.down()
        refused += len(lab.end(producer).refused)
    lab.expect(refused > 0, "the spool was never full")
    lab.daemon.start()
    status = lab.daemon.status()
    used, most = status["spool"]["used_bytes"], status["spool"]["max_bytes"]
    lab.note(f"{rounds} kills, {refused} refused, {used / MIB:.1f} of {most / MIB:.1f} MiB")
    lab.expect(used <= most, f"{used} bytes used of {most}")
    lab.drain()
    outcome = lab.run(Load(clients=1, calls=50, seconds=3, profile="s"))
    lab.expect(bool(outcome.acknowledged), "no call was accepted when there was room again")
    lab.drain()
    lab.judge(is_crash=True)
    expect_no_quarantine(lab)


def _is_nearly_full(lab: Lab) -> bool:
    spool = lab.daemon.status()["spool"]
    return spool["used_bytes"] > 0.9 * spool["max_bytes"]


def kill_in_recovery(lab: Lab) -> None:
    """SIGKILL again and again while a large backlog is read."""
    chance = random.Random(lab.setting.seed)
    wanted = int(lab.setting.pick(400, 60)) * MIB
    rounds = int(lab.setting.pick(60, 10))
    lab.sink.down()
    lab.daemon.start()
    lab.run(Load(clients=2, window=64, calls=wanted // 11_800, seconds=60, profile="l"))
    lab.run(Load(clients=2, window=64, calls=2000, seconds=10, profile="s", project=1))
    lab.daemon.kill()
    lab.sink.up()
    for _ in range(rounds):
        lab.sink.behave(chance.choice([always(OK), always(Answer("close"))]))
        lab.daemon.spawn()
        time.sleep(chance.uniform(0, 0.1))
        kill_now(lab)
    lab.sink.behave(always(OK))
    lab.daemon.start()
    lab.note(f"{rounds} kills, drained in {lab.drain():.1f} s")
    received = lab.judge(is_crash=True)
    bound = rounds * SENDERS * BATCH_CALLS
    again = sum(count - 1 for count in received.confirmed.values())
    lab.expect(again <= bound, f"{again} confirmed calls came again, more than {bound}")
    expect_no_quarantine(lab)


def slow_projects(lab: Lab) -> None:
    """Two projects whose answers take 30 s do not hold up the third."""
    answer_s = lab.setting.pick(30, 6)
    slow = Answer(after_s=answer_s)
    manner = Manner(projects=((1, slow), (2, slow)))
    lab.sink.behave(manner)
    lab.daemon.start()
    seconds = max(20.0, 1.5 * answer_s)
    loads = [Load(2, 1, 100_000, seconds, "s", number, 0.01) for number in (1, 2)]
    producers = [lab.begin(load) for load in loads]
    is_asked = wait_until(lambda: all(lab.sink.count_project(n) for n in (1, 2)), 5)
    lab.expect(is_asked, "the slow projects were not asked")
    waits: list[float] = []
    sent = 0
    while any(producer.is_running() for producer in producers):
        began = time.monotonic()
        sent += len(lab.run(Load(clients=1, calls=20, seconds=2, profile="s")).acknowledged)
        wait_until(lambda: lab.sink.count_project(0) >= sent, answer_s + 10)
        waits.append(time.monotonic() - began)
        lab.audit(lab.daemon.status())
        time.sleep(0.2)
    for producer in producers:
        lab.end(producer)
    late = [wait for wait in waits if wait >= _SOON_S]
    lab.note(f"fast project: {sent} calls in {len(waits)} turns, the slowest {max(waits):.1f} s")
    which = f"first turn {waits[0]:.1f} s, worst {max(waits):.1f} s"
    lab.expect(not late, f"{len(late)} of {len(waits)} turns of the fast project waited: {which}")
    lab.drain()
    lab.judge()
