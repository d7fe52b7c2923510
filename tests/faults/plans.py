"""Which calls a client sends, and when."""

from __future__ import annotations

import dataclasses
import heapq
import random
from collections.abc import Iterator

from payloads import PAIRS, name_of


@dataclasses.dataclass(frozen=True)
class Pairs:
    """A call's start and end are two lines, with time between them."""

    least_s: float = 0.0
    most_s: float = 0.3
    # Of these shares of the calls the end comes first, or never.
    early_ends: float = 0.1
    open_starts: float = 0.03
    # The client goes when its starts are through, and the ends that are left never come.
    leaves: bool = False
    # Only one half of every call: "starts" or "ends".
    only: str = ""


@dataclasses.dataclass(frozen=True)
class Load:
    """Ends with its calls or its time, whichever comes first."""

    clients: int = 3
    window: int = 1  # 1: each call waits for the reply to the one before
    calls: int = 1_000_000  # lines, for all clients together; of pairs an even number
    seconds: float = 10.0
    profile: str = "m"
    project: int = 0
    pause_s: float = 0.0
    pairs: Pairs | None = None


class Plan:
    """Calls one after the other."""

    def __init__(self, load: Load, first: int, index: int) -> None:
        self._load = load
        self._numbers: Iterator[int] = iter(range(first + index, first + load.calls, load.clients))
        self.is_done = False

    def take(self, most: int, now: float) -> list[str]:
        """What to send now; perhaps nothing yet."""
        names: list[str] = []
        while len(names) < most and not self.is_done:
            number = next(self._numbers, None)
            if number is None:
                self.is_done = True
            else:
                names.append(self._name(number))
        return names

    def close(self) -> None:
        """Begin nothing new."""
        self.is_done = True

    def _name(self, number: int) -> str:
        return name_of(self._load.profile, self._load.project, number)


class PairPlan(Plan):
    """Each start brings its end, or each end its start, some time later."""

    def __init__(self, load: Load, first: int, index: int) -> None:
        super().__init__(load, first, index)
        assert load.pairs and load.profile == PAIRS and load.calls % 2 == 0
        self._pairs = load.pairs
        self._numbers = iter(range(first + 2 * index, first + load.calls, 2 * load.clients))
        self._chance = random.Random(first + index)
        self._later: list[tuple[float, str]] = []
        self._is_closed = False

    def take(self, most: int, now: float) -> list[str]:
        names: list[str] = []
        while len(names) < most:
            if self._later and self._later[0][0] <= now:
                names.append(heapq.heappop(self._later)[1])
            elif not self._begin(names, now):
                break
        self.is_done = self._is_closed and (self._pairs.leaves or not self._later)
        return names

    def close(self) -> None:
        self._is_closed = True

    def _begin(self, names: list[str], now: float) -> bool:
        number = None if self._is_closed else next(self._numbers, None)
        if number is None:
            self._is_closed = True
            return False
        halves = [self._name(number), self._name(number + 1)]
        if self._pairs.only:
            names.append(halves[self._pairs.only == "ends"])
            return True
        kind = self._chance.random()
        if kind < self._pairs.early_ends:
            halves.reverse()
        names.append(halves[0])
        if kind < 1 - self._pairs.open_starts:
            due = now + self._chance.uniform(self._pairs.least_s, self._pairs.most_s)
            heapq.heappush(self._later, (due, halves[1]))
        return True


def plan_of(load: Load, first: int, index: int) -> Plan:
    return PairPlan(load, first, index) if load.pairs else Plan(load, first, index)
