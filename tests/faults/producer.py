"""Clients of the daemon, in a process of their own so that what they measure is the daemon."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections import deque
from multiprocessing.connection import Connection
from pathlib import Path

from oracle import Outcome, call_id, line_of

# Longer than any reply may take; what is silent for this long counts as a stall.
REPLY_TIMEOUT_S = 5.0
_JOIN_SLACK_S = 20.0


@dataclasses.dataclass(frozen=True)
class Load:
    """Ends with its calls or its time, whichever comes first."""

    clients: int = 3
    window: int = 1  # 1: each call waits for the reply to the one before
    calls: int = 1_000_000  # for all clients together
    seconds: float = 10.0
    profile: str = "m"
    project: int = 0
    pause_s: float = 0.0


class _Client:
    def __init__(self, path: Path, load: Load, first: int, index: int, end: float) -> None:
        self.outcome = Outcome()
        self._path = path
        self._load = load
        self._numbers = iter(range(first + index, first + load.calls, load.clients))
        self._end = end
        self._waiting: deque[tuple[str, float]] = deque()
        self._rest = b""

    def run(self) -> None:
        connection = self._connect()
        if not connection:
            return
        try:
            with connection:
                self._exchange(connection)
        except TimeoutError:
            self.outcome.stalls += 1
        except OSError:
            pass
        self.outcome.unanswered += [identity for identity, _ in self._waiting]

    def _connect(self) -> socket.socket | None:
        while time.monotonic() < self._end:
            client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            client.settimeout(REPLY_TIMEOUT_S)
            try:
                client.connect(str(self._path))
                return client
            except OSError:
                client.close()
                time.sleep(0.002)
        return None

    def _exchange(self, connection: socket.socket) -> None:
        is_done = False
        while not is_done or self._waiting:
            if not is_done:
                is_done = time.monotonic() >= self._end or not self._send_some(connection)
            if self._waiting:
                self._read_some(connection)
            if self._load.pause_s:
                time.sleep(self._load.pause_s)

    def _send_some(self, connection: socket.socket) -> bool:
        """False when there is nothing left to send."""
        ids = []
        while len(ids) + len(self._waiting) < self._load.window:
            number = next(self._numbers, None)
            if number is None:
                break
            ids.append(call_id(self._load.profile, self._load.project, number))
        lines = b"".join(line_of(identity) for identity in ids)
        now = time.monotonic()
        self._waiting.extend((identity, now) for identity in ids)
        # What was read in part before a failure may be in the spool, so all of them count as sent.
        connection.sendall(lines)
        return bool(ids) or len(self._waiting) >= self._load.window

    def _read_some(self, connection: socket.socket) -> None:
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        *lines, self._rest = (self._rest + data).split(b"\n")
        now = time.monotonic()
        for line in lines:
            identity, sent_at = self._waiting.popleft()
            self.outcome.reply_s.append(now - sent_at)
            if line == b'{"success":true}':
                self.outcome.acknowledged.append(identity)
            else:
                self.outcome.refused.append(identity)
                self.outcome.reasons[json.loads(line)["error"]] += 1


def _main(pipe: Connection, path: Path, load: Load, first: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent has a handler of its own
    # Between its own threads, too, nobody shall wait longer than a reply takes.
    sys.setswitchinterval(0.0005)
    end = time.monotonic() + load.seconds
    clients = [_Client(path, load, first, index, end) for index in range(load.clients)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    total = Outcome()
    for thread, client in zip(threads, clients):
        thread.join()
        total.add(client.outcome)
    pipe.send(total)


class Producer:
    """A load that is under way."""

    def __init__(self, path: Path, load: Load, first: int) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe(duplex=False)
        self._process = context.Process(target=_main, args=(other, path, load, first), daemon=True)
        self._process.start()
        self._limit_s = load.seconds + REPLY_TIMEOUT_S + _JOIN_SLACK_S
        other.close()

    def is_running(self) -> bool:
        return self._process.is_alive() and not self._pipe.poll()

    def result(self) -> Outcome:
        try:
            if not self._pipe.poll(self._limit_s):
                raise TimeoutError("the clients did not end")
            return self._pipe.recv()
        finally:
            self.stop()

    def stop(self) -> None:
        if self._process.is_alive():
            self._process.join(0.5)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(5)
        self._pipe.close()
