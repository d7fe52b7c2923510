"""One connection to the daemon: lines out, one reply a line back."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

CONNECT_TIMEOUT = 1.0
REPLY_TIMEOUT = 5.0
# However much progress there is, a round of lines is given up after this.
ROUND_TIMEOUT = 2 * REPLY_TIMEOUT
MAX_REPLY_BYTES = 1024 * 1024

ACCEPTED = b'{"success":true}'
# A peer that has gone must be an error here, also in programs that reset SIGPIPE to kill them.
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
_UCRED = struct.Struct("iII")  # process, user, group; see unix(7)
# macOS: sys/un.h and sys/ucred.h, which Python does not know.
_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_XUCRED_SIZE = 76

Reply = dict[str, Any]


class WireError(Exception):
    """The connection is of no more use. `replies` came before that."""

    def __init__(self, reason: str, replies: Sequence[Reply | None] = (), *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.replies = list(replies)
        self.timed_out = timed_out


class Connection:
    """Not thread-safe: its owner holds a lock around `exchange`."""

    def __init__(self, path: str) -> None:
        try:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError as error:
            # The process has no descriptor left: as good as a daemon that is away.
            raise WireError(error.strerror or str(error)) from error
        self._rest = b""
        try:
            no_signal = getattr(socket, "SO_NOSIGPIPE", None)
            if no_signal is not None:
                self._socket.setsockopt(socket.SOL_SOCKET, no_signal, 1)
            # A program's own default is for it. gevent's sockets, and others of their kind, wait in
            # an event loop, where the kernel's timeouts do not count.
            self._is_foreign = type(self._socket).__module__ != "socket"
            self._waits: tuple[float, bool] | None = None
            self._socket.settimeout(CONNECT_TIMEOUT if self._is_foreign else None)
            self._limit(socket.SO_SNDTIMEO, CONNECT_TIMEOUT)
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            if isinstance(error, (BlockingIOError, TimeoutError)):
                raise WireError(f"no connection within {CONNECT_TIMEOUT:g} s", timed_out=True) from error
            raise WireError(error.strerror or str(error)) from error

    def _wait_at_most(self, seconds: float) -> None:
        """For each send and receive from now on."""
        # The kernel's own timeouts, where they will do: `settimeout` costs a poll, and a hand-over of
        # the interpreter lock, before each send and receive. But in the main thread a signal makes the
        # interpreter begin a receive, and the kernel its time, anew.
        polls = self._is_foreign or threading.current_thread() is threading.main_thread()
        if self._waits == (seconds, polls):
            return
        self._waits = (seconds, polls)
        self._socket.settimeout(seconds if polls else None)
        if not polls:
            self._limit(socket.SO_SNDTIMEO, seconds)
            self._limit(socket.SO_RCVTIMEO, seconds)

    def peer_user(self) -> int | None:
        """The user who listens; None where the system does not tell."""
        with contextlib.suppress(OSError):
            if hasattr(socket, "SO_PEERCRED"):
                data = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
                return int(_UCRED.unpack(data)[1])
            if sys.platform == "darwin":
                data = self._socket.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_SIZE)
                return int(struct.unpack_from("II", data)[1])  # version, user, groups
        return None

    def _limit(self, option: int, seconds: float) -> None:
        whole = int(seconds)
        # Zero would mean for ever.
        micro = max(int((seconds - whole) * 1e6), 0 if whole else 1)
        self._socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", whole, micro))

    def close(self) -> None:
        """Close this process's descriptor; a parent's or child's copy lives on."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def exchange(self, lines: bytes, count: int, timeout: float = REPLY_TIMEOUT) -> list[Reply | None]:
        """Send `count` lines and return as many replies; None stands for a plain success."""
        deadline = time.monotonic() + max(ROUND_TIMEOUT, timeout)
        replies: list[Reply | None] = []
        try:
            self._wait_at_most(timeout)
            # A daemon that leaves for its successor reads no more, and answers what it has read.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._send(lines, deadline, timeout)
            while len(replies) < count:
                self._wait_until(deadline, timeout)
                data = self._socket.recv(65536)
                if not data:
                    raise WireError("the daemon closed the connection", replies)
                self._parse(data, replies)
        except (BlockingIOError, TimeoutError) as error:
            raise WireError(f"no reply within {timeout:g} s", replies, timed_out=True) from error
        except OSError as error:
            raise WireError(error.strerror or str(error), replies) from error
        if len(replies) > count:
            raise WireError("more replies than lines", replies[:count])
        return replies

    def _wait_until(self, deadline: float, timeout: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise BlockingIOError
        if left < timeout:
            self._wait_at_most(left)

    def _send(self, lines: bytes, deadline: float, timeout: float) -> None:
        sent = self._socket.send(lines, _NO_SIGNAL)
        if sent == len(lines):
            return
        view = memoryview(lines)
        while sent < len(lines):
            self._wait_until(deadline, timeout)
            sent += self._socket.send(view[sent:], _NO_SIGNAL)

    def _parse(self, data: bytes, replies: list[Reply | None]) -> None:
        complete, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if len(self._rest) > MAX_REPLY_BYTES:
            raise WireError(f"a reply of more than {MAX_REPLY_BYTES} bytes", replies)
        if not newline:
            return
        for line in complete.split(b"\n"):
            if line == ACCEPTED:
                replies.append(None)
                continue
            try:
                reply = json.loads(line)
            except ValueError:
                reply = None
            if not isinstance(reply, dict) or not isinstance(reply.get("success"), bool):
                raise WireError("a reply which is not of the sidecar's protocol", replies)
            replies.append(reply if reply["success"] is False or len(reply) > 1 else None)
