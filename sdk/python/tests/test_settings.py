"""Where the daemon's socket is looked for."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_daemon import FakeDaemon, wait_for

from weave_sidecar import _link, _settings, _wire
from weave_sidecar._link import Link

CALL = b'{"method":"call_start","payload":{"start":{"project_id":"e/p","id":"1"}}}\n'


class Places:
    """The three of them, in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.user = folder / "run" / "weave-sidecar" / "weave-sidecar.sock"
        self.system = folder / "system.sock"
        self.default = folder / "default.sock"
        self.user.parent.mkdir(parents=True)


@pytest.fixture
def places(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    places = Places(directory)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory / "run"))
    monkeypatch.setattr(_settings, "SYSTEM_SOCKET", str(places.system))
    monkeypatch.setattr(_settings, "DEFAULT_SOCKET", str(places.default))
    return places


def listen(path: Path) -> None:
    """Leave a socket at the path."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))


def test_default_without_any(places: Places) -> None:
    assert _settings.find_socket() == str(places.default)


def test_the_order(places: Places) -> None:
    for place in (places.default, places.system, places.user):
        listen(place)
        assert _settings.find_socket() == str(place)


def test_the_real_places() -> None:
    assert _settings.SYSTEM_SOCKET == "/run/weave-sidecar/weave-sidecar.sock"
    assert _settings.DEFAULT_SOCKET == "/tmp/weave_sidecar.sock"


@pytest.mark.parametrize("runtime", ["", "run", None])
def test_runtime_directory_that_is_none(
    runtime: str | None, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(places.user)
    monkeypatch.chdir(places.default.parent)
    if runtime is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    assert _settings.find_socket() == str(places.default)


def test_only_sockets_count(places: Places) -> None:
    listen(places.default)
    places.user.mkdir()
    places.system.symlink_to(places.default)
    assert _settings.find_socket() == str(places.default)


def test_sockets_of_others_come_last(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    listen(places.system)
    # Root may write to every socket, so the system's answer is made up.
    closed = {str(places.system)}
    monkeypatch.setattr(os, "access", lambda path, _: path not in closed)
    assert _settings.find_socket() == str(places.system)
    listen(places.default)
    assert _settings.find_socket() == str(places.default)


def test_variable_wins(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    listen(places.user)
    monkeypatch.setenv("WEAVE_SIDECAR_SOCKET", "/given")
    assert _settings.given_socket() == "/given"
    monkeypatch.setenv("WEAVE_SIDECAR_SOCKET", "")
    assert _settings.given_socket() is None


def test_a_service_that_starts_later_is_found(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "FIRST_DELAY", 0.01)
    link = Link(None)
    assert link.exchange([CALL])[1] is not None
    assert link.path == str(places.default)
    service = FakeDaemon(str(places.user)).start()
    try:
        wait_for(link.due)
        assert link.exchange([CALL]) == ([None], None)
        assert link.path == service.path
        assert link.flush(5.0)
    finally:
        link.close()
        service.stop()


def test_a_given_path_stays(places: Places) -> None:
    listen(places.user)
    link = Link("/nowhere")
    assert link.exchange([CALL])[1] is not None
    assert link.path == "/nowhere"


def test_answers_of_a_daemon_that_leaves_count(directory: Path) -> None:
    path = str(directory / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        connection = _wire.Connection(path)
        daemon, _ = listener.accept()
        daemon.shutdown(socket.SHUT_RD)
        daemon.sendall(b'{"success":true}\n')
        daemon.close()
        with pytest.raises(_wire.WireError) as caught:
            connection.exchange(CALL * 2, 2)
        assert caught.value.replies == [None]
        assert not caught.value.timed_out
        connection.close()


@pytest.fixture
def strangers_socket(places: Places) -> Iterator[Path]:
    """At the default place, of another user, who takes what comes."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    places.default.parent.chmod(0o777)
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(places.default))
            places.default.chmod(0o777)
            listening.listen()
            os.write(told, b"1")
            while True:
                client, _ = listening.accept()
                client.recv(65536)
                client.sendall(b'{"success":true}\n')
    os.read(ready, 1)
    yield places.default
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(told)


def test_no_call_goes_to_another_users_socket_unasked(strangers_socket: Path) -> None:
    replies, problem = Link(None).exchange([CALL])
    assert replies == []
    assert problem is not None
    assert "another user (uid 65534)" in problem
    assert f"WEAVE_SIDECAR_SOCKET={strangers_socket}" in problem


def test_another_users_socket_may_be_named(strangers_socket: Path) -> None:
    assert Link(str(strangers_socket)).exchange([CALL]) == ([None], None)
