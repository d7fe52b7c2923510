"""A sink in Python that counts calls as bench-sink does, behind a plain door and one with TLS.

It is there for the comparison of both: bench-sink stays free of a TLS library. A thread a
connection, because Python decrypts outside its interpreter lock; nothing is stored.

    pysink.py CERTIFICATE KEY      prints PORT=… TLS_PORT=…; GET /stats tells the count
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import sys
import threading

CALL_MARKER = b'{"mode":"'
TAIL_SIZE = len(CALL_MARKER) - 1  # a marker may lie across two reads
READ_SIZE = 256 * 1024
MOST_HEADER_BYTES = 64 * 1024
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Counter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls = 0
        self.requests = 0  # with a body

    def add(self, calls: int = 0, requests: int = 0) -> None:
        with self._lock:
            self.calls += calls
            self.requests += requests

    def as_json(self) -> bytes:
        return json.dumps({"calls": self.calls, "requests": self.requests}).encode()


def response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


class Conversation:
    """One connection: requests one after the other, each answered when its last byte is here."""

    def __init__(self, connection: socket.socket, counter: Counter) -> None:
        self._connection = connection
        self._counter = counter
        self._head = b""
        self._body_left = 0

    def run(self) -> None:
        # The first bytes of the buffer hold the end of what came before.
        buffer = bytearray(TAIL_SIZE + READ_SIZE)
        view = memoryview(buffer)
        while count := self._connection.recv_into(view[TAIL_SIZE:]):
            end = TAIL_SIZE + count
            self._counter.add(buffer.count(CALL_MARKER, 0, end))
            self._take(view[TAIL_SIZE:end])
            view[:TAIL_SIZE] = bytes(view[end - TAIL_SIZE : end])

    def _take(self, fresh: memoryview) -> None:
        while fresh:
            if self._body_left:
                used = min(self._body_left, len(fresh))
                self._body_left -= used
                if not self._body_left:
                    self._connection.sendall(response(b'{"res":[]}'))
            else:
                used = self._take_head(bytes(fresh))
            fresh = fresh[used:]

    def _take_head(self, fresh: bytes) -> int:
        held = len(self._head)
        self._head += fresh
        end = self._head.find(b"\r\n\r\n") + 4
        if end < 4:
            if len(self._head) > MOST_HEADER_BYTES:
                raise ValueError("a header without an end")
            return len(fresh)
        head, self._head = self._head[:end], b""
        length = CONTENT_LENGTH.search(head)
        self._body_left = int(length[1]) if length else 0
        if head.startswith(b"GET /stats "):
            self._connection.sendall(response(self._counter.as_json()))
        elif self._body_left:
            self._counter.add(requests=1)
        else:
            self._connection.sendall(response(b"{}"))
        return end - held


def converse(connection: socket.socket, counter: Counter, tls: ssl.SSLContext | None) -> None:
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        Conversation(connection, counter).run()
    except (OSError, ValueError) as error:
        print(f"pysink: {error}", file=sys.stderr)
    finally:
        connection.close()


def open_door(counter: Counter, tls: ssl.SSLContext | None) -> int:
    """Listens in a thread of its own; returns the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            arguments = (connection, counter, tls)
            threading.Thread(target=converse, args=arguments, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main() -> None:
    certificate, key = sys.argv[1:]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    counter = Counter()
    print(f"PORT={open_door(counter, None)} TLS_PORT={open_door(counter, tls)}", flush=True)
    threading.Event().wait()  # until it is terminated


if __name__ == "__main__":
    main()
