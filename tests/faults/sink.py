"""A trace server that misbehaves on demand, in a process of its own.

A process and not a thread: checking megabytes would otherwise hold up the clients that measure how
fast the daemon replies.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import random
import signal
import socket
import threading
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any

from oracle import Received, read_batch

_PATH = b"/call/upsert_batch"
_COMMAND_TIMEOUT_S = 30.0


@dataclasses.dataclass(frozen=True)
class Answer:
    """ok and status answer in full; close, cut and hang leave the daemon in the dark."""

    kind: str = "ok"
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    after_s: float = 0.0
    # A server that fails to answer may have kept the calls all the same.
    keeps: bool = True

    @property
    def is_confirmation(self) -> bool:
        return self.kind == "ok"

    @property
    def stores(self) -> bool:
        return self.kind != "status" and self.keeps


OK = Answer()


def refusal(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("status", status, body, named)


@dataclasses.dataclass(frozen=True)
class Manner:
    """How the sink answers from now on; answers are drawn by weight, repeatably."""

    answers: tuple[tuple[float, Answer], ...] = ((1.0, OK),)
    poison: frozenset[str] = frozenset()
    most_bytes: int = 1 << 40
    # By project number, before all else.
    projects: tuple[tuple[int, Answer], ...] = ()

    def choose(self, chance: random.Random, body: bytes, ids: set[str]) -> Answer:
        for project, answer in self.projects:
            if any(identity.split(".")[1] == str(project) for identity in ids):
                return answer
        if len(body) > self.most_bytes:
            return refusal(413, b'{"reason":"too large for this server"}')
        if ids & self.poison:
            return refusal(400, b'{"reason":"op_name is \\"poisoned\\""}')
        weights = [weight for weight, _ in self.answers]
        return chance.choices(self.answers, weights)[0][1]


def always(answer: Answer) -> Manner:
    return Manner(((1.0, answer),))


class _Server:
    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self._manner = Manner()
        self._stored: Counter[str] = Counter()
        self._confirmed: Counter[str] = Counter()
        self._altered = 0
        self._requests = 0
        self._connections: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.up()

    def up(self) -> None:
        if self._listener:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def down(self) -> None:
        listener, self._listener = self._listener, None
        if listener:
            # Closing alone would leave accept() waiting in its thread.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _end(connection)

    def behave(self, manner: Manner) -> None:
        with self._lock:
            self._manner = manner

    def count(self) -> tuple[int, int]:
        with self._lock:
            return len(self._stored), self._requests

    def report(self) -> Received:
        with self._lock:
            return Received(
                dict(self._stored), dict(self._confirmed), self._altered, self._requests
            )

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while self._answer_one(connection, stream):
                    pass
        except (OSError, ValueError):
            pass
        with self._lock:
            self._connections.discard(connection)

    def _answer_one(self, connection: socket.socket, stream: Any) -> bool:
        body = _read_request(stream)
        if body is None:
            return False
        items = list(read_batch(body))
        ids = {identity for identity, _ in items if identity}
        with self._lock:
            answer = self._manner.choose(self._chance, body, ids)
            self._requests += 1
            self._altered += sum(not exact for _, exact in items)
            if answer.stores:
                # An id twice in one body is a duplicate as well.
                self._stored.update(identity for identity, exact in items if identity and exact)
        if answer.after_s:
            time.sleep(answer.after_s)
        if answer.is_confirmation:
            with self._lock:
                self._confirmed.update(ids)
        return _write_answer(connection, answer)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _read_request(stream: Any) -> bytes | None:
    line = stream.readline()
    if not line:
        return None
    if line.split()[1] != _PATH:
        raise ValueError(line)
    length = 0
    while (header := stream.readline().strip()) != b"":
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = stream.read(length)
    return body if len(body) == length else None


def _write_answer(connection: socket.socket, answer: Answer) -> bool:
    """False when the connection ends with it."""
    if answer.kind in ("close", "hang"):
        _end(connection)
        return False
    is_cut = answer.kind == "cut"
    length = len(answer.body) + (50 if is_cut else 0)
    head = f"HTTP/1.1 {answer.status} X\r\nContent-Length: {length}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    connection.sendall(head.encode() + b"\r\n" + answer.body)
    if is_cut:
        _end(connection)
    return not is_cut


def _main(pipe: Connection, seed: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent has a handler of its own
    server = _Server(seed)
    pipe.send(server.port)
    while True:
        try:
            name, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(getattr(server, name)(*arguments))


class Sink:
    """The handle on that process."""

    def __init__(self, seed: int = 1) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_main, args=(other, seed), daemon=True)
        self._process.start()
        other.close()
        self.port: int = self._pipe.recv()

    def _ask(self, name: str, *arguments: Any) -> Any:
        self._pipe.send((name, arguments))
        if not self._pipe.poll(_COMMAND_TIMEOUT_S):
            raise TimeoutError(f"the sink does not answer {name}")
        return self._pipe.recv()

    def up(self) -> None:
        self._ask("up")

    def down(self) -> None:
        self._ask("down")

    def behave(self, manner: Manner) -> None:
        self._ask("behave", manner)

    def count(self) -> int:
        """Different calls so far."""
        return self._ask("count")[0]

    def report(self) -> Received:
        return self._ask("report")

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(5)
        self._pipe.close()
