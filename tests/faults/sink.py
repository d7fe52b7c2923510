"""A trace server that misbehaves on demand, in a process of its own.

A process and not a thread: checking megabytes would otherwise hold up the clients that measure how
fast the daemon replies.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import socket
import threading
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any

from http_wire import Guise, dressed, end_connection, read_head, write_answer
from manners import END, TOO_LARGE, Manner, read_request
from namespaces import enter_namespaces
from oracle import Received

_COMMAND_TIMEOUT_S = 30.0


class _Server:
    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self._manner = Manner()
        self._guise = Guise()
        self._stored: Counter[str] = Counter()
        self._confirmed: Counter[str] = Counter()
        self._altered = 0
        self._routes: Counter[str] = Counter()
        self._problems: list[str] = []
        self._bare_ends: set[str] = set()
        self._connections: set[socket.socket] = set()
        self._connection_count = 0
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
            end_connection(connection)

    def move(self, setup: list[list[str]]) -> None:
        """Into a network of its own."""
        self.down()
        enter_namespaces(setup)
        self.up()

    def behave(self, manner: Manner) -> None:
        with self._lock:
            self._manner = manner

    def dress(self, guise: Guise) -> None:
        with self._lock:
            self._guise = guise

    def count(self) -> tuple[int, int]:
        with self._lock:
            return len(self._stored), self._connection_count

    def count_projects(self) -> dict[str, int]:
        with self._lock:
            return dict(Counter(name.split(".")[1] for name in self._stored))

    def report(self) -> Received:
        with self._lock:
            return Received(
                dict(self._stored),
                dict(self._confirmed),
                self._altered,
                sum(self._routes.values()),
                dict(self._routes),
                list(self._problems),
                set(self._bare_ends),
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
                self._connection_count += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        try:
            with self._lock:
                guise = self._guise
            connection = dressed(plain, guise)
            with self._lock:
                self._connections.add(connection)
            with connection, connection.makefile("rb") as stream:
                while self._answer_one(connection, stream):
                    pass
        except (OSError, ValueError):
            pass
        with self._lock:
            self._connections -= {plain, connection}

    def _answer_one(self, connection: socket.socket, stream: Any) -> bool:
        head = read_head(stream)
        if head is None:
            return False
        path, length = head
        with self._lock:
            is_hasty = self._manner.is_hasty and length > self._manner.most_bytes
            self._routes["hasty"] += is_hasty
        if is_hasty:
            write_answer(connection, TOO_LARGE)
            return False
        body = stream.read(length)
        if len(body) < length:
            return False
        request = read_request(path, body)
        with self._lock:
            answer = self._manner.choose(self._chance, request, self._stored)
            # An id twice in one body is a duplicate as well.
            exact = [name for name, is_exact in request.reading.items if name and is_exact]
            self._routes[request.route] += 1
            self._altered += len(request.reading.items) - len(exact)
            if request.problem and (request.route == "upsert" or self._manner.has_v2):
                self._problems.append(request.problem)
            if answer.stores:
                self._stored.update(exact)
                if request.route == END and request.reading.is_bare_end:
                    self._bare_ends.update(exact)
        if answer.after_s:
            time.sleep(answer.after_s)
        goes_on = write_answer(connection, answer)
        # Behind it: down() may end the connection at any time, and then the daemon knows nothing.
        if answer.is_confirmation:
            with self._lock:
                self._confirmed.update(request.reading.names)
        return goes_on


def _main(pipe: Connection, seed: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent has a handler of its own
    server = _Server(seed)
    pipe.send(server.port)
    while True:
        try:
            name, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(getattr(server, name)(*arguments))
        except OSError as error:
            pipe.send(error)


class Sink:
    """The handle on that process."""

    def __init__(self, seed: int = 1) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_main, args=(other, seed), daemon=True)
        self._process.start()
        other.close()
        self.port: int = self._pipe.recv()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def _ask(self, name: str, *arguments: Any) -> Any:
        self._pipe.send((name, arguments))
        if not self._pipe.poll(_COMMAND_TIMEOUT_S):
            raise TimeoutError(f"the sink does not answer {name}")
        reply = self._pipe.recv()
        if isinstance(reply, OSError):
            raise reply
        return reply

    def up(self) -> None:
        self._ask("up")

    def down(self) -> None:
        self._ask("down")

    def move(self, setup: list[list[str]]) -> None:
        """Into a network of its own, once these commands have made it."""
        self._ask("move", setup)

    def behave(self, manner: Manner) -> None:
        self._ask("behave", manner)

    def dress(self, guise: Guise) -> None:
        """For the connections from now on; the present ones end."""
        self.down()
        self._ask("dress", guise)
        self.up()

    def count(self) -> int:
        """Different calls so far."""
        return self._ask("count")[0]

    def connections(self) -> int:
        """That were made so far, with whatever success."""
        return self._ask("count")[1]

    def count_project(self, project: int) -> int:
        return self._ask("count_projects").get(str(project), 0)

    def report(self) -> Received:
        return self._ask("report")

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(5)
        self._pipe.close()
