"""Clients of the daemon, in a process of their own so that what they measure is the daemon."""

from __future__ import annotations

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

from oracle import Outcome
from payloads import line_of
from plans import Load, plan_of

# Longer than any reply may take; what is silent for this long counts as a stall.
REPLY_TIMEOUT_S = 5.0
_JOIN_SLACK_S = 20.0


class _Client:
    def __init__(self, path: Path, load: Load, first: int, index: int, end: float) -> None:
        self.outcome = Outcome()
        self._path = path
        self._load = load
        self._plan = plan_of(load, first, index)
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
        self.outcome.unanswered += [name for name, _ in self._waiting]

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
        while not self._plan.is_done or self._waiting:
            now = time.monotonic()
            if now >= self._end:
                self._plan.close()
            names = self._plan.take(self._load.window - len(self._waiting), now)
            if names:
                self._send(connection, names, now)
            if self._waiting:
                self._read_some(connection)
            elif not self._plan.is_done:
                time.sleep(0.002)  # until what is planned is due
            if self._load.pause_s:
                time.sleep(self._load.pause_s)

    def _send(self, connection: socket.socket, names: list[str], now: float) -> None:
        # What was read in part before a failure may be in the spool, so all of them count as sent.
        self._waiting.extend((name, now) for name in names)
        connection.sendall(b"".join(line_of(name) for name in names))

    def _read_some(self, connection: socket.socket) -> None:
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        *lines, self._rest = (self._rest + data).split(b"\n")
        now = time.monotonic()
        for line in lines:
            name, sent_at = self._waiting.popleft()
            self.outcome.reply_s.append(now - sent_at)
            if line == b'{"success":true}':
                self.outcome.acknowledged.append(name)
            else:
                self.outcome.refused.append(name)
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
