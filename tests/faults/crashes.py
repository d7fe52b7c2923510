"""Scenarios in which the daemon ends, of itself or by force, and is started again."""

from __future__ import annotations

import random
import signal
import time

from lab import BATCH_CALLS, SENDERS, Lab, wait_until
from manners import OK, Answer, Manner, always, refusal
from plans import Load

MIB = 1024 * 1024

# The sinks that the killed daemons meet. Nearly always a good one, else the backlog only grows.
_ROUND_MANNERS = [
    always(OK),
    always(OK),
    always(Answer(after_s=0.05)),
    Manner(((0.7, OK), (0.3, Answer("close")))),
    always(refusal(503, Retry_After="0")),
]


def kill(lab: Lab) -> None:
    """SIGKILL at random moments under load; all that was acknowledged arrives."""
    chance = random.Random(lab.setting.seed)
    killed_at = 0
    for _ in range(lab.setting.rounds):
        lab.sink.behave(chance.choice(_ROUND_MANNERS))
        kind = chance.random()
        if kind < 0.2:
            _kill_while_starting(lab, chance)
        else:
            _kill_under_load(lab, chance, is_stopping=kind < 0.35)
        killed_at += 1
    lab.sink.behave(always(OK))
    lab.daemon.start()
    lab.drain()
    received = lab.judge(is_crash=True)
    bound = killed_at * SENDERS * BATCH_CALLS
    again = sum(count - 1 for count in received.confirmed.values())
    lab.expect(again <= bound, f"{again} confirmed calls came again, more than {bound}")
    expect_no_quarantine(lab)
    lab.note(f"{killed_at} kills, confirmed sent again {again} ≤ {bound}")


def expect_no_quarantine(lab: Lab) -> None:
    """A killed process damages nothing, so nobody should be told that something is damaged."""
    found = []
    for path in sorted(lab.daemon.spool.glob("quarantine/*")):
        data = path.read_bytes()
        content = "all zeros" if not data.strip(b"\0") else f"begins {data[:40].hex(' ', 8)}"
        found.append(f"{path.name}, {len(data)} bytes, {content}")
    lab.expect(not found, f"{len(found)} in quarantine: " + "; ".join(found[:3]))


def _kill_while_starting(lab: Lab, chance: random.Random) -> None:
    lab.daemon.spawn()
    time.sleep(chance.uniform(0.001, 0.08))
    kill_now(lab)


def _kill_under_load(lab: Lab, chance: random.Random, is_stopping: bool) -> None:
    window = chance.choice([1, 8, 64])
    # Few projects: files are handed on from one to another.
    project = chance.randrange(3)
    profile = chance.choice("smm")
    lab.daemon.spawn()
    producer = lab.begin(
        Load(3, window, calls=100_000, seconds=3, profile=profile, project=project)
    )
    wait_until(lambda: lab.daemon.socket.exists() or not lab.daemon.is_running(), 5, 0.001)
    time.sleep(chance.uniform(0.01, 0.35))
    if is_stopping:
        lab.daemon.terminate()
        time.sleep(chance.uniform(0, 0.03))
    kill_now(lab)
    lab.end(producer)


def kill_now(lab: Lab) -> None:
    lab.daemon.kill()
    # Any other end is one of its own. SIGTERM ends a process that has not come to its handler yet.
    code = lab.daemon.exit_code()
    ends = (0, -signal.SIGKILL, -signal.SIGTERM)
    lab.expect(code in ends, f"the daemon ended by itself with {code}")


def early(lab: Lab) -> None:
    """Calls that come while an earlier process's are still being read are sent once, after them."""
    lab.sink.down()
    lab.daemon.start()
    # Read first, so that the files of the project that goes on wait for their turn.
    before = int(lab.setting.pick(200, 80)) * MIB // 11_800
    lab.run(Load(clients=2, window=64, calls=before, seconds=30, profile="l"))
    lab.run(Load(clients=2, window=64, calls=2000, seconds=10, project=1))
    lab.daemon.kill()
    lab.sink.up()
    # These clients are there before the daemon, and so are among the first that it serves.
    load = Load(clients=4, window=8, calls=100_000, seconds=1, profile="s", project=1)
    producer = lab.begin(load)
    lab.daemon.start()
    outcome = lab.end(producer)
    lab.expect_running()
    lab.expect(bool(outcome.acknowledged), "no early call was accepted")
    lab.drain()
    lab.judge()


def sigterm(lab: Lab) -> None:
    """A dead backend does not hold up the end, and the next start has all the calls."""
    lab.sink.down()
    lab.daemon.start()
    lab.run(Load(clients=2, window=8, calls=2000, seconds=5))
    before = lab.daemon.status()["calls"]
    began = time.monotonic()
    code = lab.daemon.stop()
    took = time.monotonic() - began
    lab.expect(code == 0, f"exit code {code}")
    lab.expect(took < 3, f"took {took:.1f} s to end with --shutdown-timeout 1s")
    lab.expect(not lab.daemon.socket.exists(), "the socket is still there")
    lab.daemon.start()
    is_there = wait_until(lambda: lab.daemon.status()["calls"]["pending"] == before["pending"], 5)
    lab.expect(is_there, f"not all of {before['pending']} calls were found again")
    lab.note(f"ended in {took:.1f} s")
    lab.drain()
    lab.judge()


def backlog(lab: Lab) -> None:
    """A spool as large as an outage of hours: at once ready, small in memory, oldest first."""
    wanted = int(lab.setting.pick(1024, 100)) * MIB
    lab.sink.down()
    lab.daemon.start()
    calls = wanted // 11_800
    # One client: only then is the order of acceptance the order of the ids.
    lab.run(Load(clients=1, window=64, calls=calls, seconds=90, profile="l"))
    status = lab.daemon.status()["calls"]
    lab.expect(status["pending_bytes"] > wanted * 0.9, "the backlog has not the size it should")
    lab.expect_memory(48)
    lab.daemon.kill()
    ready_s = lab.daemon.start()
    lab.expect(ready_s < 2, f"the first reply came after {ready_s:.1f} s")
    lab.note(f"{status['pending_bytes'] // MIB} MiB, ready in {ready_s * 1000:.0f} ms")
    lab.sink.up()
    _drain_backlog(lab, list(lab.told.acknowledged))


def _drain_backlog(lab: Lab, oldest: list[str]) -> None:
    # New calls come while the old ones leave; they go to the end of the queue.
    producer = lab.begin(Load(clients=2, calls=100_000, seconds=2, profile="s", pause_s=0.002))
    most = 0.0
    began = time.monotonic()
    while producer.is_running():
        most = max(most, lab.daemon.memory_mib())
        time.sleep(0.05)
    # Daemon, sink and clients share the cores, and the first two use all they can get.
    outcome = lab.end(producer)
    input_rate = len(outcome.acknowledged) / (time.monotonic() - began)
    lab.expect_fast(outcome, 50)
    while not lab._is_empty() and time.monotonic() < began + 120:
        most = max(most, lab.daemon.memory_mib())
        time.sleep(0.05)
    took = time.monotonic() - began
    lab.drain()
    times = len(oldest) / took / input_rate
    lab.expect(times >= 3, f"it drains at {times:.1f} times the input rate, not 3")
    lab.note(f"{times:.0f} times the input rate")
    lab.expect(most < 48, f"{most:.1f} MiB anonymous while it drains")
    lab.note(f"drained in {took:.1f} s at ≤ {most:.1f} MiB")
    _expect_order(lab, oldest, list(lab.judge().stored))


def _expect_order(lab: Lab, oldest: list[str], arrived: list[str]) -> None:
    # Requests overtake each other; on a busy machine one may take longer than several others.
    slack = 2 * SENDERS * BATCH_CALLS
    place = {identity: index for index, identity in enumerate(arrived)}
    far = [
        identity
        for index, identity in enumerate(oldest)
        if identity in place and place[identity] - index > slack
    ]
    lab.expect(len(far) <= len(oldest) // 50, f"{len(far)} of the oldest calls were overtaken, for example {far[:2]}")
