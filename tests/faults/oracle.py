"""What became of every call: what the clients were told, what the sink got, and the verdict."""

from __future__ import annotations

import dataclasses
from collections import Counter


@dataclasses.dataclass
class Outcome:
    """What the clients of one load were told."""

    acknowledged: list[str] = dataclasses.field(default_factory=list)
    refused: list[str] = dataclasses.field(default_factory=list)
    # Sent, and the connection ended before a reply came: delivered or not, both are right.
    unanswered: list[str] = dataclasses.field(default_factory=list)
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)
    reply_s: list[float] = dataclasses.field(default_factory=list)
    stalls: int = 0

    def add(self, other: Outcome) -> None:
        self.acknowledged += other.acknowledged
        self.refused += other.refused
        self.unanswered += other.unanswered
        self.reasons += other.reasons
        self.reply_s += other.reply_s
        self.stalls += other.stalls

    def reply_ms(self, quantile: float) -> float:
        times = sorted(self.reply_s)
        return times[min(len(times) - 1, int(len(times) * quantile))] * 1000 if times else 0.0


@dataclasses.dataclass
class Received:
    """What the sink got: for every name how often, in the order of the first time."""

    stored: dict[str, int]
    # Of those, how often the daemon was told so with a whole answer.
    confirmed: dict[str, int]
    altered: int
    requests: int
    # Requests by route.
    routes: dict[str, int] = dataclasses.field(default_factory=dict)
    # What its schema refused.
    problems: list[str] = dataclasses.field(default_factory=list)
    # Ends that came alone and did not say when their calls had started.
    bare_ends: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Verdict:
    acknowledged: int
    delivered: int
    duplicated: int
    # Sent again although the sink had said 200: right only after a crash.
    needlessly: int
    altered: int
    unknown: int
    dead_lettered: int
    lost: int
    lost_ids: list[str]

    @property
    def is_good(self) -> bool:
        return self.lost == 0 and self.altered == 0 and self.unknown == 0


@dataclasses.dataclass
class Excuses:
    """What a scenario has done itself, name by name."""

    # In the bytes that it damaged: nobody can deliver them.
    destroyed: set[str] = dataclasses.field(default_factory=set)
    # Refused when they were in the spool already: they may come, and need not.
    doubtful: set[str] = dataclasses.field(default_factory=set)


def judge(
    told: Outcome, received: Received, dead: set[str], excuses: Excuses = Excuses()
) -> Verdict:
    acknowledged = set(told.acknowledged)
    known = acknowledged | set(told.unanswered) | excuses.doubtful
    missing = sorted(acknowledged - received.stored.keys() - dead - excuses.destroyed)
    return Verdict(
        acknowledged=len(acknowledged),
        delivered=len(received.stored.keys() & acknowledged),
        duplicated=sum(count - 1 for count in received.stored.values()),
        needlessly=sum(count - 1 for count in received.confirmed.values()),
        altered=received.altered,
        # A refused call is sent by its client, so it must not come from the daemon as well.
        unknown=len((received.stored.keys() | dead) - known),
        dead_lettered=len(dead),
        lost=len(missing),
        lost_ids=missing[:5],
    )
