"""What a check hands back: figures with the most that they may be."""

from __future__ import annotations

import dataclasses
import statistics

from processes import Setup

MOST_RUNS = 3  # each takes seconds, and a percentile of thousands of replies is steady


def check_runs(setup: Setup) -> int:
    return min(setup.runs, MOST_RUNS)


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of the table "other targets". Its figure is the median of its runs."""

    check: str
    what: str
    unit: str
    most: float
    runs: list[float]
    digits: int = 2
    floor: float | None = None  # what bench-floor reached, where that says something
    stolen_percent: float = 0  # of the processors' time, by a virtual machine's host, meanwhile
    problem: str = ""  # why the figure does not count, for instance calls that were refused

    @property
    def figure(self) -> float:
        return statistics.median(self.runs)

    @property
    def is_met(self) -> bool:
        return not self.problem and self.figure <= self.most
