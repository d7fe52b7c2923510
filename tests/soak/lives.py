"""The two parts of a soak: one daemon that lives long, and many that are ended."""

from __future__ import annotations

import dataclasses
import random
import signal
import socket
import sys
import time

from crashes import expect_no_quarantine, kill_now
from lab import BATCH_CALLS, SENDERS, Lab, wait_until
from manners import OK, Answer, Manner, refusal
from payloads import is_start, line_of, start_of
from plans import Load, Pairs
from producer import Producer
from samples import QUIET_CODE_MIB, Sample, as_line, take_sample

# The project of this number is kept as complete calls.
_PAIRED = 3
_COMPLETE = frozenset([_PAIRED])
GOOD = Manner(complete=_COMPLETE)
FLAGS = ["--pair-hold", "2s", "--shutdown-timeout", "1s"]


def _manner(*answers: tuple[float, Answer]) -> Manner:
    return Manner(answers, complete=_COMPLETE)


@dataclasses.dataclass(frozen=True)
class Trouble:
    """What happens to the backend during a wave."""

    name: str
    manner: Manner = GOOD
    # Of the wave's time, after which the backend goes away; at the wave's end it is back.
    away_after: float = 1.0


_BUSY = refusal(503, b'{"reason":"busy"}', Retry_After="0")
_TROUBLES = [
    Trouble("good"),
    Trouble("slow", _manner((1.0, Answer(after_s=0.3)))),
    Trouble("away", GOOD, 0.3),
    Trouble("5xx", _manner((2, OK), (1, _BUSY), (1, refusal(500, b"<html>oops</html>")))),
    Trouble(
        "cut off",
        _manner((4, OK), (1, Answer("close")), (1, Answer("cut", keeps=False)), (1, Answer("cut"))),
    ),
]


class Soak:
    def __init__(self, lab: Lab, seconds: float) -> None:
        self.lab = lab
        self.samples: list[Sample] = []
        self.waves = 0
        self.ends = {signal.SIGTERM: 0, signal.SIGKILL: 0}
        self._chance = random.Random(lab.setting.seed)
        self._seconds = seconds
        # Short enough for every trouble to come several times.
        self._wave_s = min(6.0, max(1.0, seconds / 60))

    def run(self) -> None:
        self._live_long(self._seconds * 0.65)
        self._restart(self._seconds * 0.35)

    # --- one long life ---

    def _live_long(self, seconds: float) -> None:
        lab = self.lab
        lab.daemon.start()
        end = time.monotonic() + seconds
        # Until all has happened once, what the daemon holds may still grow.
        for trouble in _TROUBLES:
            self._wave(trouble, is_warm=False)
        while time.monotonic() < end or len(self.samples) < 3:
            self._wave(_TROUBLES[self.waves % len(_TROUBLES)], is_warm=True)
        lab.judge()
        self._expect_only_orphans_dead()

    def _wave(self, trouble: Trouble, is_warm: bool) -> None:
        lab = self.lab
        lab.sink.behave(trouble.manner)
        producers = self._begin_loads(self._wave_s)
        began = time.monotonic()
        away_at = began + trouble.away_after * self._wave_s
        is_away = False
        while any(producer.is_running() for producer in producers):
            if trouble.away_after < 1 and not is_away and time.monotonic() > away_at:
                self._take_backend_away()
                is_away = True
            self._visit()
            lab.audit(lab.daemon.status())
            time.sleep(0.2)
        for producer in producers:
            lab.end(producer)
        drained_s = lab.drain(GOOD)
        self.waves += 1
        sample = self._sample_quiet(is_given_back=is_warm)
        if is_warm:
            self.samples.append(sample)
        say(f"wave {self.waves} ({trouble.name}), drained in {drained_s:.1f} s: {as_line(sample)}")

    def _take_backend_away(self) -> None:
        """An answer that is cut off with its connection must not count as one that was given."""
        self.lab.sink.behave(_manner((1, Answer("close"))))
        time.sleep(0.3)
        self.lab.sink.down()

    def _begin_loads(self, seconds: float) -> list[Producer]:
        """Other clients each time, as many and as fast as a busy host's."""
        chance = self._chance
        mixed = [
            Load(clients, chance.choice([1, 4, 16]), 100_000, seconds, "x", project, 0.04)
            for project, clients in enumerate([chance.randint(1, 3), chance.randint(1, 3)])
        ]
        small = Load(chance.randint(2, 12), 1, 100_000, seconds, "s", 2, 0.05)
        pairs = Pairs(most_s=0.2, leaves=chance.random() < 0.3)
        paired = Load(2, 4, 100_000, seconds, "p", _PAIRED, 0.04, pairs)
        return [self.lab.begin(load) for load in [*mixed, small, paired]]

    def _visit(self) -> None:
        """Clients that come, write part of a line or nothing, and go."""
        for _ in range(self._chance.randrange(8)):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(5)
                client.connect(str(self.lab.daemon.socket))
                line = line_of("s.9.0")
                client.sendall(line[: self._chance.randrange(len(line) - 1)])

    def _sample_quiet(self, is_given_back: bool) -> Sample:
        """Once nothing is under way any more, twice in a row the same; and when memory is to have
        been given back, not before that."""
        previous: Sample = {}
        for _ in range(40):
            time.sleep(0.25)
            sample = take_sample(self.lab.daemon.pid, self.lab.daemon.spool)
            is_quiet = not is_given_back or sample["code MiB"] < QUIET_CODE_MIB
            if sample == previous and is_quiet:
                break
            previous = sample
        return sample

    # --- many short ones ---

    def _restart(self, seconds: float) -> None:
        lab = self.lab
        lab.daemon.stop()
        end = time.monotonic() + seconds
        while time.monotonic() < end or not all(self.ends.values()):
            self._short_life(list(self.ends)[sum(self.ends.values()) % 2])
        lab.sink.up()
        lab.daemon.start()
        lab.drain(GOOD)
        received = lab.judge(is_crash=True)
        again = sum(count - 1 for count in received.confirmed.values())
        bound = self.ends[signal.SIGKILL] * SENDERS * BATCH_CALLS
        lab.expect(again <= bound, f"{again} confirmed calls came again, more than {bound}")
        expect_no_quarantine(lab)
        self._expect_only_orphans_dead()

    def _short_life(self, way: signal.Signals) -> None:
        lab = self.lab
        trouble = self._chance.choice(_TROUBLES)
        lab.sink.behave(trouble.manner)
        lab.daemon.spawn()
        producers = self._begin_loads(2 * self._wave_s)
        wait_until(lambda: lab.daemon.socket.exists() or not lab.daemon.is_running(), 5, 0.001)
        time.sleep(self._chance.uniform(0.05, self._wave_s))
        if trouble.away_after < 1:
            self._take_backend_away()
        time.sleep(self._chance.uniform(0.0, self._wave_s / 2))
        if way == signal.SIGKILL:
            kill_now(lab)
        else:
            code = lab.daemon.stop()
            lab.expect(code == 0, f"after SIGTERM the daemon ended with {code}")
        self.ends[way] += 1
        for producer in producers:
            lab.end(producer)
        lab.sink.up()
        # What the others have left grows only for so long.
        if sum(self.ends.values()) % 4 == 0:
            lab.daemon.start()
            lab.drain(GOOD)
            lab.daemon.stop()
        say(f"{way.name} {self.ends[way]} ({trouble.name})")

    def _expect_only_orphans_dead(self) -> None:
        """Only an end whose start no daemon has taken may be refused for good."""
        taken = self.lab.sink.report().stored.keys() | set(self.lab.told.acknowledged)
        wrong = [name for name in self.lab.dead_ids() if is_start(name) or start_of(name) in taken]
        self.lab.expect(not wrong, f"{len(wrong)} given up, for example {wrong[:3]}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
