"""What is run: programs, alone or several in a process, by each door, on two kinds of project."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from calls import Want
from doors import DIRECT, Doors
from expected import EXPECTED

FRESH = "fresh"
COMPLETE = "complete"  # the project refuses /call/upsert_batch, and the SDK is told to use it
# The SDK sends from a thread, which no fork takes along; the children's calls never leave it.
_LOSE_IN_FORKS = {"forked", "processes"}


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    programs: tuple[str, ...]
    modes: tuple[str, ...] = (FRESH, COMPLETE)

    @property
    def is_node(self) -> bool:
        return self.programs[0].startswith("node")

    @property
    def forks(self) -> bool:
        return bool(_LOSE_IN_FORKS & set(self.programs))

    def expected(self) -> list[Want] | None:
        """None when part of it can only be compared with direct delivery."""
        makers = [EXPECTED[program] for program in self.programs]
        return None if None in makers else [want for make in makers if make for want in make()]


@dataclasses.dataclass(frozen=True)
class Cell:
    case: Case
    door: str
    mode: str

    @property
    def project(self) -> str:
        mark = "complete-" if self.mode == COMPLETE else ""  # see backend/store.py
        return f"acme/{mark}{self.case.name}-{self.door}"


def _single(names: Iterator[str] | list[str]) -> list[Case]:
    return [Case(name, (name,)) for name in names]


FULL = _single(list(EXPECTED))
# Starting an SDK takes longer than most programs: the quick run starts few.
QUICK = [
    Case("basics", ("plain", "awaited", "generated", "nested", "failing")),
    Case("threads", ("threaded", "many")),
    Case("forked", ("forked",), (FRESH,)),
    Case("processes", ("processes",), (FRESH,)),
    Case("objects", ("objects", "evaluated"), (FRESH,)),
    Case("node", ("nodeplain", "nodenested", "nodefailing", "nodestreamed", "nodemany")),
]


def cells(cases: list[Case], doors: Doors, is_quick: bool) -> list[Cell]:
    made = []
    for case in cases:
        if case.is_node and not doors.environments.modules:
            continue
        for mode in case.modes:
            for door in doors.for_language(case.is_node):
                # What the SDK does by itself when it is refused is not ours: the full run shows it.
                if not (is_quick and mode == COMPLETE and door == DIRECT):
                    made.append(Cell(case, door, mode))
    return made
