"""One scenario's surroundings: a daemon, a sink, their clients, and what all of them said."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from daemon import Daemon
from manners import OK, Manner, always
from oracle import Excuses, Outcome, Received, Verdict, judge
from payloads import name_from
from plans import Load
from producer import Producer
from sink import Sink

# Small batches often: more of them are under way when something breaks.
FLAGS = ["--flush-interval", "100ms", "--flush-max-count", "200", "--senders", "4"]
SENDERS = 4
BATCH_CALLS = 200
DRAIN_TIMEOUT_S = 60.0


@dataclasses.dataclass(frozen=True)
class Setting:
    program: Path
    is_quick: bool
    rounds: int
    seed: int
    slow_disk: Path

    def pick(self, full: float, quick: float) -> float:
        return quick if self.is_quick else full


@dataclasses.dataclass
class Report:
    name: str
    verdict: Verdict | None = None
    notes: list[str] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not self.failures and (self.verdict is None or self.verdict.is_good)


class Skip(Exception):
    """The scenario cannot run on this machine."""


def wait_until(condition: Callable[[], bool], timeout_s: float, pause_s: float = 0.02) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


class Lab:
    def __init__(self, setting: Setting, report: Report, home: Path, flags: list[str]) -> None:
        self.setting = setting
        self.report = report
        self.home = home
        self.sink = Sink(setting.seed)
        self.daemon = Daemon(setting.program, home, self.sink.port, flags)
        self.told = Outcome()
        self.excuses = Excuses()
        self._next_number = 0
        self._producers: list[Producer] = []

    # --- loads ---

    def reserve(self, calls: int) -> int:
        """No second load may claim an id of the first. Returns the first number."""
        first = self._next_number
        self._next_number += calls + calls % 2  # pairs begin with an even one
        return first

    def begin(self, load: Load, first: int | None = None) -> Producer:
        if first is None:
            first = self.reserve(load.calls)
        producer = Producer(self.daemon.socket, load, first)
        self._producers.append(producer)
        return producer

    def end(self, producer: Producer) -> Outcome:
        outcome = producer.result()
        self._producers.remove(producer)
        self.told.add(outcome)
        if outcome.stalls:
            self.report.failures.append(f"{outcome.stalls} clients got no reply within 5 s")
        return outcome

    def run(self, load: Load, first: int | None = None) -> Outcome:
        return self.end(self.begin(load, first))

    def run_audited(self, *loads: Load) -> Outcome:
        """Under load, too, the counters add up."""
        producers = [self.begin(load) for load in loads]
        while any(producer.is_running() for producer in producers):
            self.audit(self.daemon.status())
            time.sleep(0.2)
        outcome = Outcome()
        for producer in producers:
            outcome.add(self.end(producer))
        return outcome

    # --- expectations ---

    def note(self, text: str) -> None:
        self.report.notes.append(text)

    def expect(self, is_met: bool, what: str) -> None:
        if not is_met:
            self.report.failures.append(what)

    def expect_fast(
        self, outcome: Outcome, most_ms: float = 5.0, calm: Outcome | None = None
    ) -> None:
        if calm:
            # What a busy machine costs, it costs with a good backend as well.
            most_ms = max(most_ms, 2 * calm.reply_ms(0.99))
        if self.setting.is_quick:
            # It runs with the other tests, on machines that have more to do.
            most_ms = max(most_ms, 20.0)
        p50, p99 = outcome.reply_ms(0.5), outcome.reply_ms(0.99)
        worst = outcome.reply_ms(1.0)
        self.note(f"reply p50 {p50:.2f} p99 {p99:.2f} max {worst:.1f} ms")
        self.expect(p99 < most_ms, f"reply p99 {p99:.1f} ms, not below {most_ms:.0f} ms")
        self.expect(worst < 1000, f"a reply took {worst:.0f} ms, more than 1 s")

    def expect_memory(self, most_mib: float) -> None:
        used = self.daemon.memory_mib()
        self.note(f"anonymous {used:.1f} MiB")
        self.expect(used < most_mib, f"{used:.1f} MiB anonymous, not below {most_mib:.0f} MiB")

    def expect_running(self) -> None:
        code = self.daemon.exit_code()
        self.expect(code is None, f"the daemon ended by itself with {code}")

    def expect_refusals(self, outcome: Outcome, words: str) -> None:
        found = sum(count for reason, count in outcome.reasons.items() if words in reason)
        others = [reason for reason in outcome.reasons if words not in reason]
        self.note(f"{found} refused")
        self.expect(found > 0, f"no call was refused with “{words}”")
        self.expect(not others, f"refused for another reason: {others[:2]}")

    def audit(self, status: dict[str, Any]) -> None:
        """Every accepted call is in exactly one place."""
        calls = status["calls"]
        placed = calls["delivered"] + calls["pending"] + calls["dead_lettered"]
        came = calls["received"] + calls.get("recovered", 0)
        # Without a count of what an earlier process left, the sum has only a lower bound.
        is_exact = self.daemon.starts == 1 or "recovered" in calls
        is_met = placed == came if is_exact else placed >= came
        self.expect(is_met, f"audit: received {came}, but in a place {placed}")

    def wait_state(self, state: str, timeout_s: float = 10.0) -> bool:
        is_met = wait_until(lambda: self.daemon.status()["backend"]["state"] == state, timeout_s)
        self.expect(is_met, f"backend.state did not become “{state}”")
        return is_met

    # --- the end ---

    def drain(self, manner: Manner | None = None, timeout_s: float = DRAIN_TIMEOUT_S) -> float:
        """Lets the sink behave and waits until nothing is pending."""
        self.sink.behave(manner or always(OK))
        self.sink.up()
        began = time.monotonic()
        is_empty = wait_until(self._is_empty, timeout_s, 0.05)
        self.expect(is_empty, f"not drained after {timeout_s:.0f} s")
        return time.monotonic() - began

    def _is_empty(self) -> bool:
        # A backlog is counted as it is read, so for a moment after the start none may be seen.
        status = self.daemon.status()
        if status["calls"]["pending"] or status["requests"]["in_flight"]:
            return False
        if self.daemon.starts > 1 and status["uptime_seconds"] < 1:
            return False
        gone = self.sink.count() + status["calls"]["dead_lettered"] + len(self.excuses.destroyed)
        return gone >= len(self.told.acknowledged) or status["uptime_seconds"] > 5

    def dead_ids(self) -> set[str]:
        ids = set()
        for entry, _ in self.daemon.dead_letters():
            request = entry["req"]
            identity = (request.get("start") or request.get("end"))["id"]
            ids.add(name_from(identity, "start" in request))
        return ids

    def judge(self, is_crash: bool = False) -> Received:
        self.expect_running()
        if self.daemon.is_running():
            self.audit(self.daemon.status_by_command())
        received = self.sink.report()
        self.expect(not received.problems, f"answered with 422: {received.problems[:2]}")
        verdict = judge(self.told, received, self.dead_ids(), self.excuses)
        self.report.verdict = verdict
        if verdict.lost:
            self.report.failures.append(f"lost: {', '.join(verdict.lost_ids)} …")
        self.expect(verdict.acknowledged > 0, "no call was acknowledged")
        if not is_crash:
            self.expect(verdict.needlessly == 0, f"{verdict.needlessly} confirmed calls sent again")
        return received

    def close(self) -> None:
        for producer in self._producers:
            producer.stop()
        try:
            self.daemon.kill()
        finally:
            self.sink.stop()


@contextmanager
def laboratory(setting: Setting, report: Report, flags: list[str]) -> Iterator[Lab]:
    """Everything in it is gone when the block is left, however it is left."""
    home = Path(tempfile.mkdtemp(prefix="weave-faults-"))
    try:
        lab = Lab(setting, report, home, FLAGS + flags)
        try:
            yield lab
        finally:
            lab.close()
    finally:
        if os.environ.get("FAULTS_KEEP") and not report.is_good:
            print("kept", home)
        else:
            shutil.rmtree(home, ignore_errors=True)
