"""Takes calls from all threads, hands them over in rounds, and sends elsewhere what is not taken.

Callers only queue. One thread sends whatever has gathered since it last looked, as one round: under
load that costs each call far less than a send and a receive of its own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from weave_sidecar._direct import Direct, deliver, fall_back
from weave_sidecar._flight import Flight, Lines
from weave_sidecar._link import Link
from weave_sidecar._sender import Sender
from weave_sidecar._turn import Turn
from weave_sidecar._ways import Call, Entry, Owner, Way, Ways
from weave_sidecar._wire import Reply

ROUND_LINES = 512
ROUND_BYTES = 1024 * 1024
QUEUE_LINES = 50_000
QUEUE_BYTES = 64 * 1024 * 1024
# The daemon's own bound, with room to spare; more is not worth the try.
LINE_BYTES = 31 * 1024 * 1024
WAITING_ENDS = 10_000
# An end is refused for what passes (a full spool, a stopping daemon) or for ever; its start was not.
REFUSALS = 3
INTERRUPTED = "a signal handler raised"


class Router:
    """One for a process. `_lock` guards all but `_link`, which belongs to who has the turn.

    A handler that raises, as that of Ctrl-C, may come at any call: see `Flight` and `Turn`."""

    def __init__(self, path: str | None) -> None:
        self.exiting = False
        self._link = Link(path)
        self._ways = Ways()
        self._reset()

    def _reset(self) -> None:
        # Re-entrant: a signal handler or a finalizer may trace a call of its own.
        self._lock = threading.RLock()
        self._turn = Turn()
        self._queue = Lines()
        self._flight = Flight()
        self._numbers = 0
        # Who hands over what was queued before they came, see `hand_over`.
        self._handing_over: set[object] = set()
        self._waiting = Lines()
        self._waiting_due = 0.0
        # What waited may be in the queue or the flight: until a round leaves the queue empty.
        self._retrying = False
        # How many lines the daemon has taken, and how many of these are known to be delivered.
        self._taken = 0
        self._delivered = 0
        # What the daemon said when it last refused a call, until the warning of it is out.
        self._refusal: Reply | None = None
        self._sender = Sender(self._lock, self.drain, self._next_retry)

    @property
    def path(self) -> str:
        return self._link.path

    @property
    def outstanding(self) -> int:
        """Lines without an answer yet. Ends that wait for the daemon do not count: nobody need
        wait for those but `flush`, which does so for a bounded time."""
        with self._lock:  # on its way from the queue to the flight a line is in both
            return len(self._queue) + len(self._flight)

    # --- what comes in

    def start(self, owner: Owner, item: Any, eager: bool, call_id: str, line: bytes) -> None:
        direct: list[Direct] = []
        with self._lock:
            call = Call(call_id, owner, item, eager)
            early = self._ways.open(call)
            taken = self._link.due() and self._room(line)
            if taken:
                self._push(Entry(owner, item, line, call, is_start=True))
                if early is not None:
                    direct = self._end(early)
                inline = not self._sender.wake()
            else:
                self._ways.send_directly(call)
        if taken:
            self._deliver(direct)
            if inline:
                self.drain()
            return
        # An exception of the SDK's is for its own caller to see.
        owner.direct_start(item, eager)
        if early is not None:
            with self._lock:
                direct = self._end(early)
            self._deliver(direct)

    def end(self, owner: Owner, item: Any, call_id: str, line: bytes, *, known_direct: bool) -> None:
        """`known_direct`: the SDK itself holds the start of this call. Without a `line`, or with too large a
        one, the end is not fit for the daemon, and goes directly wherever its start is."""
        direct: list[Direct] = []
        with self._lock:
            call = self._ways.get(call_id)
            entry = Entry(owner, item, line if len(line) <= LINE_BYTES else b"", call, is_start=False)
            if call is not None:
                direct = self._end(entry)
            elif known_direct:
                direct = [Direct(entry, lone=False)]
            else:
                self._ways.hold(call_id, entry)
            direct += [one for overdue in self._ways.overdue() for one in self._end(overdue)]
            inline = bool(self._queue) and not self._sender.wake()
        self._deliver(direct)
        if inline:
            self.drain()

    def _room(self, line: bytes) -> bool:
        return len(self._queue) < QUEUE_LINES and self._fits(line) and len(line) <= LINE_BYTES

    def _fits(self, line: bytes) -> bool:
        return self._queue.bytes + len(line) <= QUEUE_BYTES

    def _push(self, entry: Entry) -> None:
        self._count(entry)
        self._queue.append(entry)

    def _count(self, entry: Entry) -> None:
        self._numbers += 1
        entry.number = self._numbers

    def _end(self, entry: Entry) -> list[Direct]:
        """Queue an end, keep it for later, or say how it goes directly."""
        call = entry.call
        if call is not None and call.way is Way.DIRECT:
            return self._fall_back(entry)
        is_behind = call is not None and call.way is Way.SENDING
        if is_behind and (not entry.line or self._fits(entry.line)):
            # Its start, before it in the queue, bounds how many there are.
            self._push(entry)
            return []
        can_queue = not is_behind and self._link.due() and self._room(entry.line)
        directly = call is None and (entry.owner.lone_ends_directly or not can_queue)
        if directly or not entry.line:
            return self._fall_back(entry)
        if not can_queue:
            # A full queue is no reason to take its start along: the daemon would send that once more.
            self._count(entry)
            return self._wait(entry, self._link.retry_at)
        self._push(entry)
        return []

    def _fall_back(self, entry: Entry) -> list[Direct]:
        return fall_back(entry, self._ways)

    def _deliver(self, direct: list[Direct]) -> None:
        left = deque(direct)
        try:
            deliver(left)
        except BaseException:
            self._flight.direct.extend(left)
            raise

    # --- rounds

    def drain(self) -> None:
        """Send what is queued, unless somebody else does."""
        # Round again: a line which came after the last look was left to us.
        while not self._handing_over and (self._is_busy() or self._waiting_ready()):
            if not self._turn.take(self._rounds):
                return

    def _is_busy(self) -> bool:  # or was, when a signal handler raised
        return any((self._queue, self._flight, self._flight.direct))

    def _rounds(self) -> None:
        while self._round() and not self._handing_over:
            pass

    def hand_over(self, deadline: float) -> bool:
        """Send what has been queued until now, whatever other threads go on queueing.

        False when somebody else was still at a round at the deadline.
        """
        turn = self._turn  # in a child that was forked meanwhile there is another one
        if turn.is_mine():
            return False  # a signal handler's flush: the round goes on when the handler has ended
        me = object()
        try:
            with self._lock:
                last = self._numbers
                self._handing_over.add(me)
            handed = turn.take(lambda: self._rounds_until(last), max(0.0, deadline - time.monotonic()))
        finally:
            # First and without the lock, which a handler that raises could keep us from taking.
            self._handing_over.discard(me)
            with self._lock:
                # What came meanwhile was left to us.
                inline = self._is_busy() and not self._handing_over and not self._sender.wake()
        if inline and handed:
            self.drain()
        return handed

    def _rounds_until(self, last: int) -> None:
        while self._round() and self._has_until(last):
            pass

    def _has_until(self, last: int) -> bool:
        with self._lock:
            return bool(self._queue) and self._queue.entries[0].number <= last

    def _round(self) -> bool:
        flight = self._flight
        error: str | None = INTERRUPTED
        try:
            with self._lock:
                if flight:
                    self._settle(INTERRUPTED)  # the last round's own attempt was interrupted, too
                if self._waiting_ready():
                    self._retrying = True
                    self._queue.put_back(self._waiting.entries)
                    self._waiting.clear()
                    self._waiting_due = 0.0
                self._take()
            deliver(flight.direct)
            if flight.sent:
                flight.replies, error = self._link.exchange(flight.begin())
            else:
                error = None
        finally:
            with self._lock:
                self._settle(error)
                self._retrying = self._retrying and bool(self._queue)
                refusal, self._refusal = self._refusal, None
            deliver(flight.direct)
            if refusal is not None:
                # Without our lock: a handler of logs may take its own, and trace calls.
                self._link.warn_of(refusal)
        return bool(self._queue)

    def _take(self) -> None:
        flight, size = self._flight, 0
        while self._queue and len(flight.sent) < ROUND_LINES and size < ROUND_BYTES:
            entry = self._queue.entries[0]
            way = entry.call.way if entry.call is not None else None
            if way is Way.SENDING and not entry.is_start:
                flight.later.append(entry)
            elif way in (Way.DIRECT, Way.OVERTAKEN) or not entry.line:
                flight.direct.extend(self._fall_back(entry))
            else:
                flight.sent.append(entry)
                size += len(entry.line)
            self._queue.drop(entry)
        while flight.later and not flight.sent:
            # Its start is nowhere: a signal handler that raised took it out of the way.
            flight.direct.extend(self._fall_back(flight.later[0]))
            flight.later.popleft()

    def _settle(self, error: str | None) -> None:
        """Take all out of the flight; done again where it was interrupted."""
        flight = self._flight
        if error == INTERRUPTED:
            flight.mend(self._queue)
            self._waiting.count()
            if not flight.has_begun:
                self._queue.put_back(flight.later)
                self._queue.put_back(flight.sent)
                return
        answers = flight.answers()
        while flight.sent and flight.sent[0] in answers:
            flight.direct.extend(self._answered(flight.sent[0], answers[flight.sent[0]]))
            flight.sent.popleft()
        self._queue.put_back(flight.later)
        if error is not None:
            # Under one lock with the link's going down: no line slips in behind this.
            queued = [] if error == INTERRUPTED else list(self._queue.entries)
            flight.direct.extend(self._strand([*flight.sent, *queued]))
            flight.sent.clear()
            for entry in queued:
                self._queue.drop(entry)
        flight.end()

    def _answered(self, entry: Entry, reply: Reply | None) -> list[Direct]:
        if reply is not None and not reply["success"]:
            return self._refused(entry, reply)
        self._taken += 1
        if entry.call is not None:
            if not entry.is_start:
                self._ways.close(entry.call)
            elif entry.call.way is Way.SENDING:
                entry.call.way = Way.SIDECAR
        return []

    def _strand(self, entries: list[Entry]) -> list[Direct]:
        """What to do with entries that the daemon has not answered.

        Each start next to its end: the SDK complains of every start while it holds many.
        """
        ends = {entry.call: entry for entry in entries if not entry.is_start}
        followed: set[Entry] = set()
        direct: list[Direct] = []
        for entry in entries:
            if entry.is_start:
                direct += self._fall_back(entry)
                end = ends.get(entry.call)
                if end is not None:
                    direct += self._fall_back(end)
                    followed.add(end)
            elif entry not in followed:
                direct += self._strand_end(entry)
        return direct

    def _strand_end(self, entry: Entry) -> list[Direct]:
        if entry.line and entry.call is not None and entry.call.way is Way.SIDECAR:
            return self._wait(entry, self._link.retry_at)
        return self._fall_back(entry)

    def _refused(self, entry: Entry, reply: Reply) -> list[Direct]:
        self._refusal = reply
        entry.refusals += 1
        if entry.is_start or entry.call is None or entry.refusals >= REFUSALS:
            return self._fall_back(entry)
        return self._wait(entry, time.monotonic() + 2.0 ** (entry.refusals - 1))

    # --- ends which wait for the daemon

    def _wait(self, entry: Entry, due: float) -> list[Direct]:
        self._waiting.append(entry)
        self._waiting_due = max(self._waiting_due, due)
        self._sender.wake()
        direct: list[Direct] = []
        while len(self._waiting) > WAITING_ENDS or self._waiting.bytes > QUEUE_BYTES:
            oldest = self._waiting.entries[0]
            direct += self._fall_back(oldest)
            self._waiting.drop(oldest)
        return direct

    def _waiting_ready(self) -> bool:
        is_due = time.monotonic() >= self._waiting_due and self._link.due()
        return bool(self._waiting) and is_due and self._room(b"")

    def _next_retry(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.05, max(self._waiting_due, self._link.retry_at) - time.monotonic())

    # --- flush (see _flush.py) and fork

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def release_early(self, older_than: float) -> None:
        with self._lock:
            direct = [one for entry in self._ways.overdue(older_than) for one in self._end(entry)]
        self._deliver(direct)

    def retry_waiting_now(self) -> bool:
        """Make the next `drain` try what waits; False when nothing does, nor is being tried.

        What a round of our own thread tries does not count: a signal handler's flush is on top of it.
        """
        with self._lock:
            if self._waiting:
                self._waiting_due = 0.0
                self._link.retry_now()
            is_tried = self._retrying and not self._turn.is_mine()
            return bool(self._waiting) or is_tried

    def give_up_waiting(self) -> None:
        direct: deque[Direct] = deque()
        try:
            with self._lock:
                while self._waiting:
                    entry = self._waiting.entries[0]
                    direct.extend(self._fall_back(entry))
                    self._waiting.drop(entry)
            deliver(direct)
        finally:
            self._flight.direct.extend(direct)  # none, unless a signal handler raised

    def give_up_queue(self) -> None:
        direct: deque[Direct] = deque()
        try:
            with self._lock:
                direct.extend(self._strand(list(self._queue.entries)))
                self._queue.clear()
            deliver(direct)
        finally:
            self._flight.direct.extend(direct)

    def flush_daemon(self, deadline: float) -> None:
        """Ask for delivery, if this process has handed over calls since it last was confirmed."""
        with self._lock:
            taken = self._taken
            if taken == self._delivered or not self._link.due():
                return
        # Also while another flush asks, whose answer may be of fewer calls.
        if self._link.flush(max(0.0, deadline - time.monotonic())):
            with self._lock:
                self._delivered = max(self._delivered, taken)

    def after_fork_in_child(self) -> None:
        """Forget what the parent sends; keep which way its open calls went."""
        self._link.close()
        ways = self._ways.inherited()
        self._reset()
        self._ways = ways
