"""Hands calls to the SDK, which sends them its ordinary way."""

from __future__ import annotations

from weave_sidecar import _notice
from weave_sidecar._ways import Entry


class Direct:
    """Something for the SDK. `lone`: an end whose start the SDK will not see."""

    __slots__ = ("eager", "entry", "lone")

    def __init__(self, entry: Entry, *, eager: bool = False, lone: bool = False) -> None:
        self.entry = entry
        self.eager = eager
        self.lone = lone


def deliver(direct: list[Direct]) -> None:
    """Called with none of our locks held: the SDK takes its own.

    What a signal handler raises meanwhile comes out at the end.
    """
    interruption: BaseException | None = None
    for one in direct:
        try:
            _hand(one)
        except BaseException as error:
            # No call goes with it; the one in hand goes twice rather than not at all.
            interruption = error
            _hand(one)
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
