"""Which way each open call went, so that its end follows its start."""

from __future__ import annotations

import enum
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Protocol

# As many starts as the SDK itself keeps for want of an end.
MAX_KEPT_STARTS = 10_000
MAX_OPEN_CALLS = 200_000
MAX_EARLY_ENDS = 10_000
# An end overtakes its start while the SDK publishes the op, which takes as long as the trace server does.
# After this long, as the SDK itself holds on (FLUSH_TIMEOUT_SECONDS), there is no start.
EARLY_END_SECONDS = 300.0


class Owner(Protocol):
    """What takes a call the SDK's ordinary way: its batch processor."""

    # Starts may have gone that way without our knowing, so ends without a start do too.
    lone_ends_directly: bool

    def direct_start(self, item: Any, eager: bool) -> None: ...

    def direct_end(self, item: Any, lone: bool) -> None: ...


class Way(enum.Enum):
    SENDING = "the start is handed over, no answer yet"
    SIDECAR = "the start is acknowledged by the sidecar"
    DIRECT = "the start went the SDK's ordinary way"
    OVERTAKEN = "the start went the SDK's ordinary way with its end, while it was being handed over"


class Call:
    """A call whose end has not been acknowledged."""

    __slots__ = ("eager", "id", "inherited", "owner", "start", "way")

    def __init__(self, call_id: str, owner: Owner, start: Any, eager: bool) -> None:
        self.id = call_id
        self.owner = owner
        # Kept until the end is acknowledged: both may have to go directly after all.
        self.start: Any = start
        self.eager = eager
        self.way = Way.SENDING
        # From before a fork, when the start was the parent's to send.
        self.inherited = False


class Entry:
    """A line for the sidecar, with all it takes to send it elsewhere. A lone end has no call, and one
    that is not to be put in JSON has no line."""

    __slots__ = ("born", "call", "is_start", "item", "line", "number", "owner", "refusals")

    def __init__(self, owner: Owner, item: Any, line: bytes, call: Call | None, is_start: bool) -> None:
        self.owner = owner
        self.item = item
        self.line = line
        self.call = call
        self.is_start = is_start
        self.refusals = 0
        self.number = 0  # its place among all that were ever queued
        self.born = time.monotonic()


class Ways:
    """Bounded memory of open calls. Its user holds a lock."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._kept: OrderedDict[str, Call] = OrderedDict()
        self._early: OrderedDict[str, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._calls)

    def get(self, call_id: str) -> Call | None:
        return self._calls.get(call_id)

    def open(self, call: Call) -> Entry | None:
        """Remember a call; returns its end if that came first."""
        self._calls[call.id] = call
        self._kept[call.id] = call
        if len(self._kept) > MAX_KEPT_STARTS:
            self._kept.popitem(last=False)[1].start = None
        if len(self._calls) > MAX_OPEN_CALLS:
            self.close(next(iter(self._calls.values())))
        early = self._early.pop(call.id, None)
        if early is not None:
            early.call = call
        return early

    def send_directly(self, call: Call) -> None:
        call.way = Way.DIRECT
        call.start = None
        self._kept.pop(call.id, None)

    def close(self, call: Call) -> None:
        if self._calls.get(call.id) is call:
            del self._calls[call.id]
            self._kept.pop(call.id, None)

    def hold(self, call_id: str, end: Entry) -> None:
        """Keep an end whose start has not been seen."""
        self._early[call_id] = end

    def overdue(self, older_than: float = EARLY_END_SECONDS) -> Iterator[Entry]:
        """The ends whose start will not come. Each is taken out when the next is asked for: a signal
        handler that raises before that loses none."""
        latest = time.monotonic() - older_than
        while self._early:
            call_id, entry = next(iter(self._early.items()))
            if entry.born > latest and len(self._early) <= MAX_EARLY_ENDS:
                return
            yield entry
            if self._early.get(call_id) is entry:
                del self._early[call_id]

    def has_early(self) -> bool:
        return bool(self._early)

    def inherited(self) -> Ways:
        """What a forked child knows: the ways, while the calls themselves are the parent's to send."""
        ways = Ways()
        for call_id, call in list(self._calls.items()):
            copy = Call(call_id, call.owner, None, call.eager)
            copy.inherited = True
            copy.way = Way.DIRECT if call.way is Way.DIRECT else Way.SIDECAR
            ways._calls[call_id] = copy
        return ways
