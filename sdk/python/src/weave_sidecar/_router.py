"""Takes calls from all threads, hands them over in rounds, and sends elsewhere what is not taken.

Callers only queue. One thread sends whatever has gathered since it last looked, as one round: under
load that costs each call far less than a send and a receive of its own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from weave_sidecar import _notice
from weave_sidecar._direct import Direct, deliver
from weave_sidecar._link import Link
from weave_sidecar._sender import Sender
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


class Router:
    """One for a process. `_lock` guards all but `_link`, which belongs to who holds `_sending`."""

    def __init__(self, path: str | None) -> None:
        self.exiting = False
        self._link = Link(path)
        self._ways = Ways()
        self._reset()

    def _reset(self) -> None:
        # Re-entrant: a signal handler or a finalizer may trace a call of its own.
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._sends: int | None = None  # the thread that holds it
        self._queue: deque[Entry] = deque()
        self._queued_bytes = 0
        self._numbers = 0
        self._in_flight = 0
        # Who hands over what was queued before they came, see `hand_over`.
        self._handing_over: set[object] = set()
        self._waiting: deque[Entry] = deque()
        self._waiting_bytes = 0
        self._waiting_due = 0.0
        # What waited may be in the queue or the flight: until a round leaves the queue empty.
        self._retrying = False
        self._unflushed = False
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
        with self._lock:  # between the queue and the flight a line is in neither
            return len(self._queue) + self._in_flight

    # --- what comes in

    def start(self, owner: Owner, item: Any, eager: bool, call_id: str, line: bytes) -> None:
        with self._lock:
            call = Call(call_id, owner, item, eager)
            early = self._ways.open(call)
            taken = self._link.due() and self._room(line)
            if taken:
                self._push(Entry(owner, item, line, call, is_start=True))
                if early is not None:
                    self._push(early)
                inline = not self._sender.wake()
            else:
                self._ways.send_directly(call)
        if taken:
            if inline:
                self.drain()
            return
        # An exception of the SDK's is for its own caller to see.
        owner.direct_start(item, eager)
        if early is not None:
            with self._lock:
                direct = self._end(early)
            deliver(direct)

    def end(self, owner: Owner, item: Any, call_id: str, line: bytes, *, known_direct: bool) -> None:
        """`known_direct`: the SDK itself holds the start of this call. Without a `line` the end is not
        fit for the daemon, and goes directly wherever its start is."""
        with self._lock:
            call = self._ways.get(call_id)
            entry = Entry(owner, item, line, call, is_start=False)
            direct: list[Direct] = []
            if call is not None:
                direct = self._end(entry)
            elif known_direct:
                direct = [Direct(entry, lone=False)]
            else:
                self._ways.hold(call_id, entry)
            for overdue in self._ways.overdue():
                direct += self._end(overdue)
            inline = bool(self._queue) and not self._sender.wake()
        deliver(direct)
        if inline:
            self.drain()

    def _room(self, line: bytes) -> bool:
        return (
            len(self._queue) < QUEUE_LINES
            and self._queued_bytes + len(line) <= QUEUE_BYTES
            and len(line) <= LINE_BYTES
        )

    def _push(self, entry: Entry) -> None:
        self._numbers += 1
        entry.number = self._numbers
        self._queue.append(entry)
        self._queued_bytes += len(entry.line)

    def _end(self, entry: Entry) -> list[Direct]:
        """Queue an end, keep it for later, or say how it goes directly."""
        call = entry.call
        if call is not None and call.way is Way.DIRECT:
            return self._fall_back(entry)
        if call is not None and call.way is Way.SENDING:
            # Behind its start in the queue, and bounded by it.
            self._push(entry)
            return []
        directly = call is None and (entry.owner.lone_ends_directly or not self._link.due())
        if directly or not entry.line or not self._room(entry.line):
            return self._fall_back(entry)
        if not self._link.due():
            return self._wait(entry, self._link.retry_at)
        self._push(entry)
        return []

    def _fall_back(self, entry: Entry) -> list[Direct]:
        """How an entry goes the SDK's way: an end takes its start along if that went by the sidecar."""
        call = entry.call
        if entry.is_start:
            assert call is not None
            self._ways.send_directly(call)
            return [Direct(entry, eager=call.eager)]
        if call is None:
            return [Direct(entry, lone=True)]
        self._ways.close(call)
        if call.way is Way.DIRECT:
            return [Direct(entry, lone=call.inherited)]
        if call.start is None:
            return [Direct(entry, lone=True)]
        # To one owner, that of today: the SDK may have put another in the place of the start's.
        start = Entry(entry.owner, call.start, b"", call, is_start=True)
        return [Direct(start, eager=call.eager), Direct(entry, lone=False)]

    # --- rounds

    def drain(self) -> None:
        """Send what is queued, unless somebody else does."""
        # Round again: a line which came after the last look was left to us.
        while not self._handing_over and (self._queue or self._waiting_ready()):
            sending = self._sending
            if not sending.acquire(blocking=False):
                return
            try:
                self._sends = threading.get_ident()
                while self._round() and not self._handing_over:
                    pass
            finally:
                self._sends = None
                sending.release()

    def hand_over(self, deadline: float) -> bool:
        """Send what has been queued until now, whatever other threads go on queueing.

        False when somebody else was still at a round at the deadline.
        """
        if self._sends == threading.get_ident():
            return False  # a signal handler's flush: the round goes on when the handler has ended
        me = object()
        sending = self._sending  # in a child that was forked meanwhile there is another one
        inline = False
        try:
            with self._lock:
                last = self._numbers
                self._handing_over.add(me)
            if not sending.acquire(timeout=max(0.0, deadline - time.monotonic())):
                return False
            try:
                self._sends = threading.get_ident()
                while self._round() and self._has_until(last):
                    pass
            finally:
                self._sends = None
                sending.release()
        finally:
            with self._lock:
                self._handing_over.discard(me)
                # What came meanwhile was left to us.
                inline = bool(self._queue) and not self._handing_over and not self._sender.wake()
        if inline:
            self.drain()
        return True

    def _has_until(self, last: int) -> bool:
        with self._lock:
            return bool(self._queue) and self._queue[0].number <= last

    def _round(self) -> bool:
        batch: list[Entry] = []
        replies: list[Reply | None] = []
        error: str | None = "interrupted"
        try:
            with self._lock:
                if self._waiting_ready():
                    self._queue.extendleft(reversed(self._waiting))
                    self._queued_bytes += self._waiting_bytes
                    self._waiting.clear()
                    self._waiting_bytes = 0
                    self._waiting_due = 0.0
                    self._retrying = True
                batch, direct = self._take()
                self._in_flight = len(batch)
            deliver(direct)
            if not batch:
                error = None
                return bool(direct)
            replies, error = self._link.exchange([entry.line for entry in batch])
        finally:
            # Also when a signal handler raises here: what is taken out must go somewhere.
            with self._lock:
                if error == "interrupted":
                    self._link.close()
                direct = self._settle(batch, replies, error)
                self._in_flight = 0
                self._retrying = self._retrying and bool(self._queue)
                refusal, self._refusal = self._refusal, None
            deliver(direct)
            if refusal is not None:
                self._warn(refusal)
        return bool(self._queue)

    def _take(self) -> tuple[list[Entry], list[Direct]]:
        batch: list[Entry] = []
        direct: list[Direct] = []
        later: list[Entry] = []
        size = 0
        while self._queue and len(batch) < ROUND_LINES and size < ROUND_BYTES:
            entry = self._queue.popleft()
            self._queued_bytes -= len(entry.line)
            way = entry.call.way if entry.call is not None else None
            if not entry.is_start and way is Way.DIRECT:
                direct += self._fall_back(entry)
            elif not entry.is_start and way is Way.SENDING:
                # Its start is in this round. Were that refused, the end must not have been taken.
                later.append(entry)
            elif not entry.line:
                direct += self._fall_back(entry)
            else:
                batch.append(entry)
                size += len(entry.line)
        if later and not batch and not direct:
            # Their starts are nowhere: a signal handler that raised took them out of the way.
            for entry in later:
                direct += self._fall_back(entry)
            later = []
        for entry in reversed(later):
            self._queue.appendleft(entry)
            self._queued_bytes += len(entry.line)
        return batch, direct

    def _settle(self, batch: list[Entry], replies: list[Reply | None], error: str | None) -> list[Direct]:
        direct: list[Direct] = []
        for entry, reply in zip(batch, replies, strict=False):
            if reply is None or reply["success"]:
                self._unflushed = True
                if entry.call is not None:
                    if entry.is_start:
                        entry.call.way = Way.SIDECAR
                    else:
                        self._ways.close(entry.call)
            else:
                direct += self._refused(entry, reply)
        if error is None:
            return direct
        # Under one lock with the link's going down: no line slips in behind this.
        stranded = batch[len(replies) :]
        if error != "interrupted":
            stranded += self._queue
            self._queue.clear()
            self._queued_bytes = 0
        return direct + self._strand(stranded)

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

    def _warn(self, refusal: Reply) -> None:
        """Without our lock: a handler of logs may take its own, and trace calls."""
        _notice.warn_once(
            "the sidecar at %s refused a Weave call: %.200s. Such calls go directly to the trace server; "
            "`weave-sidecar status --socket %s` tells more",
            self.path,
            refusal.get("error"),
            self.path,
        )

    # --- ends which wait for the daemon

    def _wait(self, entry: Entry, due: float) -> list[Direct]:
        self._waiting.append(entry)
        self._waiting_bytes += len(entry.line)
        self._waiting_due = max(self._waiting_due, due)
        self._sender.wake()
        direct: list[Direct] = []
        while len(self._waiting) > WAITING_ENDS or self._waiting_bytes > QUEUE_BYTES:
            oldest = self._waiting.popleft()
            self._waiting_bytes -= len(oldest.line)
            direct += self._fall_back(oldest)
        return direct

    def _waiting_ready(self) -> bool:
        return bool(self._waiting) and time.monotonic() >= self._waiting_due and self._link.due()

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
        deliver(direct)

    def retry_waiting_now(self) -> bool:
        """Make the next `drain` try what waits; False when nothing does, nor is being tried.

        What a round of our own thread tries does not count: a signal handler's flush is on top of it.
        """
        with self._lock:
            if self._waiting:
                self._waiting_due = 0.0
                self._link.retry_now()
            is_tried = self._retrying and self._sends != threading.get_ident()
            return bool(self._waiting) or is_tried

    def give_up_waiting(self) -> None:
        with self._lock:
            direct = [one for entry in self._waiting for one in self._fall_back(entry)]
            self._waiting.clear()
            self._waiting_bytes = 0
        deliver(direct)

    def give_up_queue(self) -> None:
        with self._lock:
            entries = list(self._queue)
            self._queue.clear()
            self._queued_bytes = 0
            direct = self._strand(entries)
        deliver(direct)

    def flush_daemon(self, deadline: float) -> None:
        """Ask for delivery, if this process has handed over calls since it last was confirmed."""
        with self._lock:
            if not self._unflushed or not self._link.due():
                return
            self._unflushed = False
        if not self._link.flush(max(0.0, deadline - time.monotonic())):
            self._unflushed = True

    def after_fork_in_child(self) -> None:
        """Forget what the parent sends; keep which way its open calls went."""
        self._link.close()
        ways = self._ways.inherited()
        self._reset()
        self._ways = ways
