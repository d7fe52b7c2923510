"""The way to the daemon over time: connects, gives up for a while, tries again."""

from __future__ import annotations

import enum
import os
import random
import time
from collections.abc import Sequence

from weave_sidecar import _notice, _settings
from weave_sidecar._wire import Connection, Reply, WireError

FIRST_DELAY = 1.0
MAX_DELAY = 30.0
# Asked before calls are handed over again: an answer shows that the daemon is well, and a daemon
# which is not has got no call that goes directly as well.
PROBE = b'{"method":"status"}\n'
PROBE_TIMEOUT = 1.0
FLUSH = b'{"method":"flush"}\n'
# A daemon that leaves for its successor answers a flush at once.
FLUSH_PAUSE = 0.5


class Delivery(enum.Enum):
    DONE = "everything is delivered"
    GOES_ON = "not everything yet"
    STOPPED = "what is left waits for somebody to do something, or was refused for good"


class Link:
    """Used by one thread at a time (see `Router.drain`); `due` may be read by any."""

    def __init__(self, path: str | None) -> None:
        self._given = path
        self.path = path or _settings.find_socket()
        self.retry_at = 0.0
        self._delay = 0.0
        self._forced = False
        self._connection: Connection | None = None
        # Replies may still come: a signal handler that raises leaves them to nobody.
        self._is_amid = False

    def due(self) -> bool:
        """Whether the daemon is thought well, or it is time to see whether it is again."""
        return self.retry_at == 0.0 or time.monotonic() >= self.retry_at

    def retry_now(self) -> None:
        """Try at the next exchange, out of turn."""
        if self.retry_at:
            self.retry_at = time.monotonic()
            self._forced = True

    def exchange(self, lines: Sequence[bytes]) -> tuple[list[Reply | None], str | None]:
        """Send lines; return the replies that came and, if some did not, why."""
        replies: list[Reply | None] = []
        while True:
            if self._is_amid:
                self.close()
            fresh = self._connection is None
            try:
                connection = self._connection or self._connect()
                rest = lines[len(replies) :]
                self._is_amid = True
                replies += connection.exchange(rest[0] if len(rest) == 1 else b"".join(rest), len(rest))
            except WireError as error:
                replies += error.replies
                self.close()
                if fresh or error.timed_out:
                    self._fail(str(error))
                    return replies, str(error)
                # An idle connection dies with the daemon that had it; a new one is perhaps there.
                continue
            self._is_amid = False
            if self._delay:
                self._delay = self.retry_at = 0.0
                self._forced = False
                _notice.logger.info("the sidecar at %s answers again", self.path)
            return replies, None

    def _open(self) -> Connection:
        # Looked for each time: a program may be older than the service, or outlive it.
        self.path = self._given or _settings.find_socket()
        connection = Connection(self.path)
        if self._given or self.path != _settings.DEFAULT_SOCKET:
            return connection
        # Anybody can listen there, and calls are for those alone whom the program trusts.
        user = connection.peer_user()
        if user in (None, 0, os.geteuid()):
            return connection
        connection.close()
        raise WireError(
            f"it belongs to another user (uid {user}); to hand calls to it, set "
            f"WEAVE_SIDECAR_SOCKET={self.path}"
        )

    def _connect(self) -> Connection:
        connection = self._open()
        if self._delay:
            try:
                connection.exchange(PROBE, 1, PROBE_TIMEOUT)
            except WireError:
                connection.close()
                raise
        self._connection = connection
        return connection

    def _fail(self, reason: str) -> None:
        if not (self._forced and self._delay):
            self._delay = min(self._delay * 2, MAX_DELAY) or FIRST_DELAY
        self._forced = False
        # Spread, so that the processes of a host do not come back in step.
        self.retry_at = time.monotonic() + self._delay * random.uniform(0.8, 1.2)
        _notice.warn_once(
            "the sidecar at %s did not take Weave calls: %s. Calls go directly to the trace server "
            "meanwhile, and the socket is tried again from time to time. Is weave-sidecar running with "
            "--socket %s?",
            self.path,
            reason,
            self.path,
        )

    def warn_of(self, refusal: Reply) -> None:
        _notice.warn_once(
            "the sidecar at %s refused a Weave call: %.200s. Such calls go directly to the trace server; "
            "`weave-sidecar status --socket %s` tells more",
            self.path,
            refusal.get("error"),
            self.path,
        )

    def flush(self, timeout: float) -> bool:
        """Ask the daemon to deliver everything; False when it could not say so within `timeout`."""
        deadline = time.monotonic() + timeout
        while True:
            asked = time.monotonic()
            try:
                delivery = self._ask_for_delivery(deadline)
            except WireError as error:
                _notice.logger.debug("flush of the sidecar at %s: %s", self.path, error)
                return False
            # It answers after some seconds, since older clients wait no longer, so we ask again.
            again = max(asked + FLUSH_PAUSE, time.monotonic())
            if delivery is not Delivery.GOES_ON or again >= deadline:
                return delivery is Delivery.DONE
            time.sleep(max(0.0, again - time.monotonic()))

    def _ask_for_delivery(self, deadline: float) -> Delivery:
        # A connection of its own: calls on the first one would wait behind it. A new one each time:
        # the daemon may have left for its successor.
        connection = self._open()
        try:
            reply = connection.exchange(FLUSH, 1, _left(deadline))[0]
            if reply is None or reply["success"]:
                return Delivery.DONE
            _notice.logger.debug("flush of the sidecar at %s: %s", self.path, reply.get("error"))
            if not reply.get("pending"):
                return Delivery.STOPPED
            return _delivery_of(connection.exchange(PROBE, 1, min(PROBE_TIMEOUT, _left(deadline)))[0])
        finally:
            connection.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._is_amid = False


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _delivery_of(reply: Reply | None) -> Delivery:
    """What a status says of calls that are still to be delivered."""
    status = reply.get("status") if reply is not None else None
    backend = status.get("backend") if isinstance(status, dict) else None
    is_paused = isinstance(backend, dict) and backend.get("paused_by") is not None
    return Delivery.STOPPED if is_paused else Delivery.GOES_ON
