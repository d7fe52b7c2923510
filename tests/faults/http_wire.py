"""Sockets, TLS and as much of HTTP as the sink needs."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import time
from pathlib import Path
from typing import Any

from manners import Answer

_HANDSHAKE_TIMEOUT_S = 5.0
_TLS_HANDSHAKE = b"\x16"  # the first byte


@dataclasses.dataclass(frozen=True)
class Guise:
    """What a new connection meets before any HTTP: with a certificate it is TLS."""

    certificate: Path | None = None
    key: Path | None = None
    # Reads the first bytes and goes.
    leaves: bool = False
    # Reads nothing and says nothing for so long, then goes.
    deaf_s: float = 0.0


def dressed(plain: socket.socket, guise: Guise) -> socket.socket:
    if guise.deaf_s:
        time.sleep(guise.deaf_s)
        plain.close()
        raise ConnectionAbortedError
    if guise.leaves:
        plain.recv(16)
        plain.close()
        raise ConnectionAbortedError
    if not guise.certificate:
        if plain.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
            plain.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            plain.close()
            raise ConnectionAbortedError
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(guise.certificate, guise.key)
    plain.settimeout(_HANDSHAKE_TIMEOUT_S)
    connection = context.wrap_socket(plain, server_side=True)
    connection.settimeout(None)
    return connection


def end_connection(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def read_head(stream: Any) -> tuple[str, int] | None:
    """The path and the length of the body."""
    line = stream.readline()
    if not line:
        return None
    path = line.split()[1].decode()
    length = 0
    while (header := stream.readline().strip()) != b"":
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return path, length


def write_answer(connection: socket.socket, answer: Answer) -> bool:
    """False when the connection ends with it."""
    if answer.kind in ("close", "hang"):
        end_connection(connection)
        return False
    is_cut = answer.kind == "cut"
    length = len(answer.body) + (50 if is_cut else 0)
    head = f"HTTP/1.1 {answer.status} X\r\nContent-Length: {length}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    text = head.encode() + b"\r\n" + answer.body
    if answer.kind == "cut-head":
        text = head.encode()[: len(head) // 2]
    connection.sendall(text)
    if answer.kind != "status" and answer.kind != "ok":
        end_connection(connection)
        return False
    return True
