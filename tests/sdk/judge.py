"""What a run left behind, held against what its program makes and against direct delivery."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

from calls import Calls, differences, wanted
from cases import COMPLETE, FRESH, Cell
from doors import DIRECT, HTTP

_DAEMON = "weave-sidecar"


@dataclasses.dataclass
class Outcome:
    cell: Cell
    exit_code: int | None = None
    seconds: float = 0.0
    output: str = ""
    status: dict[str, Any] | None = None
    daemon_exit: int | None = None
    log: str = ""
    count: int = 0
    brief: Counter[str] = dataclasses.field(default_factory=Counter)
    full: Counter[str] = dataclasses.field(default_factory=Counter)
    requests: int = 0
    repeated: int = 0
    writers: set[str] = dataclasses.field(default_factory=set)
    lost: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    def take(self, answer: dict[str, Any], report: dict[str, Any]) -> None:
        calls = Calls(answer)
        self.count, self.brief, self.full = len(calls), calls.brief(), calls.full()
        project = self.cell.project
        self.repeated = report["repeated"].get(project, 0)
        writers: dict[str, int] = report["writers"].get(project, {})
        self.writers, self.requests = set(writers), sum(writers.values())


def _judge_daemon(outcome: Outcome) -> None:
    status = outcome.status
    if status is None:
        if outcome.cell.door != DIRECT:
            outcome.problems.append("the daemon has not told its status")
        return
    calls = status["calls"]
    came = calls["received"] + calls["recovered"]
    if came != calls["delivered"] + calls["pending"] + calls["dead_lettered"]:
        outcome.problems.append(f"the daemon's numbers do not add up: {calls}")
    if calls["pending"] or calls["dead_lettered"]:
        outcome.problems.append(f"not delivered: {calls}, {outcome.log}")
    if any(calls["refused"].values()):
        outcome.problems.append(f"the daemon refused calls: {calls['refused']}")
    strangers = {agent for agent in outcome.writers if not agent.startswith(_DAEMON)}
    if strangers:
        outcome.problems.append(f"calls went past the daemon, by {sorted(strangers)}")
    if outcome.daemon_exit != 0:
        outcome.problems.append(f"the daemon ended with {outcome.daemon_exit}: {outcome.log}")


def _may_lose(cell: Cell) -> bool:
    """What the SDK loses by itself, without us or before us."""
    if cell.case.forks:
        return cell.door in (DIRECT, HTTP)
    # Refused for being the old way, npm weave 0.11 repeats the batch until it gives up. Python
    # weave changes its way, but not when that happens at its exit, as in a short program.
    return cell.mode == COMPLETE and cell.door == DIRECT


def _judge_calls(outcome: Outcome, direct: Outcome | None) -> None:
    cell = outcome.cell
    trees = cell.case.expected()
    if trees is not None:
        want = wanted(trees)
        outcome.lost = (want - outcome.brief).total()
        if outcome.brief - want or (outcome.lost and not _may_lose(cell)):
            outcome.problems += differences(want, outcome.brief)
        elif outcome.lost:
            outcome.notes.append(f"the SDK alone loses {outcome.lost}")
    if direct is None or direct is outcome or direct.problems:
        return
    missing = direct.full - outcome.full
    extra = outcome.full - direct.full
    if _may_lose(cell) and cell.door == DIRECT:
        if missing and not outcome.lost:
            outcome.lost = missing.total()
            outcome.notes.append(f"the SDK alone loses {outcome.lost}")
        return
    # A door may have more than direct only where direct has lost something.
    if missing or extra.total() > direct.lost:
        outcome.problems += [
            f"not as direct: {line}" for line in differences(direct.full, outcome.full)
        ]
    elif extra:
        outcome.notes.append(f"{extra.total()} more than direct delivers")


def judge(outcome: Outcome, direct: Outcome | None) -> None:
    is_excused = _may_lose(outcome.cell) and not outcome.cell.case.forks
    if outcome.exit_code != 0 and not is_excused and not outcome.problems:
        outcome.problems.append(f"the program ended with {outcome.exit_code}: {outcome.output}")
    if not outcome.full and not is_excused:
        outcome.problems.append(f"no calls: {outcome.output}")
    if outcome.repeated:
        outcome.problems.append(f"{outcome.repeated} halves of calls came more than once")
    _judge_daemon(outcome)
    _judge_calls(outcome, direct)


_HEAD = ("case", "project", "door", "calls", "lost", "repeated", "requests", "program s", "")


def _row(outcome: Outcome) -> tuple[str, ...]:
    cell = outcome.cell
    numbers = (outcome.count, outcome.lost, outcome.repeated, outcome.requests)
    verdict = "FAILED" if outcome.problems else "; ".join(outcome.notes) or "as expected"
    texts = [str(number) for number in numbers]
    return (cell.case.name, cell.mode, cell.door, *texts, f"{outcome.seconds:.1f}", verdict)


def table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    is_text = [not rows[-1][i].replace(".", "").isdigit() for i in range(len(widths))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if left else text.rjust(width)
            for text, width, left in zip(row, widths, is_text, strict=True)
        ).rstrip()
        for row in rows
    )


def report(outcomes: list[Outcome], problems: list[str]) -> int:
    """Prints the table; the status that the program ends with."""
    directs = {
        outcome.cell.case.name: outcome
        for outcome in outcomes
        if outcome.cell.door == DIRECT and outcome.cell.mode == FRESH
    }
    # Direct delivery first: the others are compared with its verdict.
    for outcome in sorted(outcomes, key=lambda one: one not in directs.values()):
        judge(outcome, directs.get(outcome.cell.case.name))
    print(table([_HEAD, *(_row(outcome) for outcome in outcomes)]))
    failures = [
        f"{outcome.cell.project}: {problem}" for outcome in outcomes for problem in outcome.problems
    ]
    failures += [f"backend: {problem}" for problem in problems]
    for failure in failures:
        print(failure)
    if not outcomes:
        return 1
    return 1 if failures else 0
