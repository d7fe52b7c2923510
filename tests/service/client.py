"""A client of the daemon's socket, and one that lets no restart deter it."""

import json
import socket
import threading
import time
from typing import Any

Reply = dict[str, Any]


def call(name: str) -> bytes:
    payload = {"start": {"project_id": "a/b", "id": name}}
    return json.dumps({"method": "call_start", "payload": payload}).encode() + b"\n"


class Connection:
    def __init__(self, path: str, timeout: float = 20) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._rest = b""
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask_raw(self, question: bytes) -> bytes:
        """All that comes until the other side closes."""
        self._socket.sendall(question)
        answer = b""
        while data := self._socket.recv(65536):
            answer += data
        return answer

    def exchange(self, lines: list[bytes]) -> list[Reply]:
        """The replies that came before the daemon let go of the connection, if it did."""
        try:
            self._socket.sendall(b"".join(lines))
        except BrokenPipeError:
            pass  # what was written before may have been answered
        replies: list[Reply] = []
        while len(replies) < len(lines):
            try:
                data = self._socket.recv(65536)
            except ConnectionResetError:
                break
            if not data:
                break
            *whole, self._rest = (self._rest + data).split(b"\n")
            replies += [json.loads(line) for line in whole]
        return replies


def ask(path: str, method: str, timeout: float = 20) -> Reply:
    with Connection(path, timeout) as connection:
        return connection.exchange([json.dumps({"method": method}).encode() + b"\n"])[0]


class Persistent(threading.Thread):
    """Hands over one call after the other until stop(), and again what was not answered."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__(daemon=True)
        self.path = path
        self.prefix = name
        self.accepted: list[str] = []
        self.troubles: list[object] = []
        self.longest = 0.0
        self.reconnects = -1
        self._ending = threading.Event()
        self.start()

    def run(self) -> None:
        connection: Connection | None = None
        number = 0
        while not self._ending.is_set() and not self.troubles:
            number += 1
            name = f"{self.prefix}-{number}"
            began = time.monotonic()
            while not self.troubles:
                try:
                    if connection is None:
                        connection = Connection(self.path)
                        self.reconnects += 1
                    replies = connection.exchange([call(name)])
                except OSError as error:
                    self.troubles.append(error)
                    break
                if replies:
                    if replies[0]["success"]:
                        self.accepted.append(name)
                    else:
                        self.troubles.append(replies[0])
                    break
                connection.close()
                connection = None
            self.longest = max(self.longest, time.monotonic() - began)
        if connection is not None:
            connection.close()

    def stop(self) -> None:
        self._ending.set()
        self.join(30)
