"""Hands calls to the SDK, which sends them its ordinary way."""

from __future__ import annotations

from collections import deque

from weave_sidecar import _notice
from weave_sidecar._ways import Entry, Way, Ways


class Direct:
    """Something for the SDK. `lone`: an end whose start the SDK will not see."""

    __slots__ = ("eager", "entry", "lone")

    def __init__(self, entry: Entry, *, eager: bool = False, lone: bool = False) -> None:
        self.entry = entry
        self.eager = eager
        self.lone = lone


def deliver(direct: deque[Direct]) -> None:
    """Called with none of our locks held: the SDK takes its own. Leaves what it could not hand over.

    What a signal handler raises meanwhile comes out at the end.
    """
    interruption: BaseException | None = None
    while direct:
        try:
            _hand(direct[0])
        except BaseException as error:
            # No call goes with it; the one in hand goes twice rather than not at all.
            interruption = error
            _hand(direct[0])
        direct.popleft()
    if interruption is not None:
        raise interruption


def _hand(one: Direct) -> None:
    entry = one.entry
    try:
        if entry.is_start:
            entry.owner.direct_start(entry.item, one.eager)
        else:
            entry.owner.direct_end(entry.item, one.lone)
    except Exception:
        # Often on behalf of another thread's call, so there is nobody to raise it to.
        _notice.logger.exception("weave could not queue a call which goes directly")


def fall_back(entry: Entry, ways: Ways) -> list[Direct]:
    """How an entry goes the SDK's way: an end takes its start along if that went by the sidecar."""
    call = entry.call
    if entry.is_start:
        assert call is not None
        if call.way is Way.OVERTAKEN:
            return []
        ways.send_directly(call)
        return [Direct(entry, eager=call.eager)]
    if call is None:
        return [Direct(entry, lone=True)]
    ways.close(call)
    if call.way is Way.DIRECT:
        return [Direct(entry, lone=call.inherited)]
    if call.start is None:
        return [Direct(entry, lone=True)]
    if call.way is Way.SENDING:
        call.way = Way.OVERTAKEN
    # To one owner, that of today: the SDK may have put another in the place of the start's.
    start = Entry(entry.owner, call.start, b"", call, is_start=True)
    return [Direct(start, eager=call.eager), Direct(entry, lone=False)]
