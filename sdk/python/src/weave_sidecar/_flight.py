"""What is under way to the daemon or to the SDK, kept where an interruption does not lose it."""

from __future__ import annotations

from collections import deque

from weave_sidecar._direct import Direct
from weave_sidecar._ways import Entry
from weave_sidecar._wire import Reply


class Lines:
    """Entries in order, and how many bytes their lines have together."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self.entries)

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.bytes += len(entry.line)

    def drop(self, entry: Entry) -> None:
        """Take out the first, unless a signal handler's flush has done so meanwhile."""
        if self.entries and self.entries[0] is entry:
            self.bytes -= len(entry.line)
            self.entries.popleft()

    def put_back(self, others: deque[Entry]) -> None:
        """Take `others` in again before the rest; may be interrupted and done again."""
        while others:
            entry = others[-1]
            if not self.entries or self.entries[0] is not entry:
                self.entries.appendleft(entry)
                self.bytes += len(entry.line)
            if others and others[-1] is entry:
                others.pop()

    def clear(self) -> None:
        self.entries.clear()
        self.bytes = 0

    def count(self) -> None:
        """After an interruption, which may have come before the bytes were told."""
        self.bytes = sum(len(entry.line) for entry in self.entries)


class Flight:
    """A round's entries. Each is put here before it leaves the queue, and leaves when it is where it
    belongs: a signal handler that raises in between makes it go twice rather than not at all."""

    def __init__(self) -> None:
        self.sent: deque[Entry] = deque()
        # Ends whose starts are in this round. Were those refused, the ends must not have been taken.
        self.later: deque[Entry] = deque()
        # For the SDK, from whoever has the turn.
        self.direct: deque[Direct] = deque()
        self._lines: list[Entry] = []
        self.replies: list[Reply | None] = []

    def __len__(self) -> int:
        return len(self.sent) + len(self.later)

    def mend(self, queue: Lines) -> None:
        """After an interruption: an entry on its way here may be in the queue as well."""
        for moved in (self.sent, self.later):
            if moved:
                queue.drop(moved[-1])
        queue.count()

    @property
    def has_begun(self) -> bool:
        return bool(self._lines)

    def begin(self) -> list[bytes]:
        self.replies = []
        self._lines = list(self.sent)
        return [entry.line for entry in self._lines]

    def answers(self) -> dict[Entry, Reply | None]:
        return dict(zip(self._lines, self.replies, strict=False))

    def end(self) -> None:
        self._lines = []
        self.replies = []
