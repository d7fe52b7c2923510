"""The scenario in which a proxy stands between the daemon and the trace server."""

from __future__ import annotations

import base64
import re
import socket
import threading
import time

from certificates import Authority
from http_wire import Guise, end_connection
from lab import Lab, wait_until
from plans import Load

_FEW = Load(clients=2, window=4, calls=200, seconds=3, profile="s")
# Only the proxy knows where it is.
_HOST = "trace.test"
# A way to this machine that, unlike localhost, is not exempt by itself.
_ANY = "0.0.0.0"
_KEY = base64.b64encode(b"api:faults")
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class _Proxy:
    """Knows CONNECT alone, and leads every tunnel to one port of this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.heads: list[bytes] = []
        # Instead of a tunnel.
        self.refusal = b""
        self.port = 0
        self.up()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def up(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self) -> None:
        listener, self._listener = self._listener, None
        if listener:
            end_connection(listener)
            listener.close()
        self.cut()

    def cut(self) -> None:
        """Every tunnel, wherever it is."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            end_connection(one)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                head = b""
                while b"\r\n\r\n" not in head:
                    data = client.recv(4096)
                    if not data:
                        return
                    head += data
                self.heads.append(head)
                if self.refusal:
                    client.sendall(self.refusal)
                    return
                with socket.create_connection(("127.0.0.1", self._target)) as server:
                    with self._lock:
                        self._sockets += [client, server]
                    client.sendall(_ESTABLISHED)
                    self._tunnel(client, server)
        except OSError:
            pass

    def _tunnel(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=_pump, args=(server, client), daemon=True)
        back.start()
        _pump(client, server)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    end_connection(source)
    end_connection(target)


def proxy(lab: Lab) -> None:
    """HTTP_PROXY, HTTPS_PROXY and NO_PROXY: the way is kept to, and a bad proxy keeps the calls."""
    authority = Authority(lab.home / "known")
    way = _Proxy(lab.sink.port)
    try:
        _go_through(lab, way)
        _expect_patience(lab, way)
        lab.daemon.kill()
        _go_through_tls(lab, way, authority)
        lab.daemon.kill()
        _go_past(lab, way)
    finally:
        way.down()
    lab.expect(not lab.dead_ids(), "a proxy is no reason for dead letters")
    lab.drain()
    # A reply that was in a tunnel when it was cut did not arrive.
    lab.judge(is_crash=True)


def _go_through(lab: Lab, way: _Proxy) -> None:
    backend = f"{_HOST}:{lab.sink.port}"
    lab.daemon.backend = f"http://{backend}"
    lab.daemon.extra_flags = ["--allow-http"]
    lab.daemon.environment = {"HTTP_PROXY": f"http://ada:word@{way.address}"}
    lab.daemon.start()
    _expect_delivered(lab)
    _expect_asked_for(lab, way, backend)


def _expect_delivered(lab: Lab) -> None:
    lab.run(_FEW)
    wanted = len(lab.told.acknowledged)
    is_there = wait_until(lambda: lab.sink.count() >= wanted, 10)
    lab.expect(is_there, f"{lab.sink.count()} of {wanted} calls were delivered")


def _expect_asked_for(lab: Lab, way: _Proxy, backend: str) -> None:
    lines = {head.split(b"\r\n")[0].decode() for head in way.heads}
    lab.expect(lines == {f"CONNECT {backend} HTTP/1.1"}, f"the proxy was asked: {lines}")
    connections = lab.sink.connections()
    lab.expect(connections <= len(way.heads), f"{connections} connections, {len(way.heads)} tunnels")
    is_told = any(_KEY in head for head in way.heads)
    lab.expect(not is_told, "the proxy was told the API key")


_DENIALS = [
    ("407", b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"),
    ("403", b"HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbad."),
    ("503", b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbad."),
    ("garbage", b"\0\1\2\r\n\r\n"),
]


def _expect_patience(lab: Lab, way: _Proxy) -> None:
    """What the proxy does is trouble that passes."""
    way.down()
    _expect_kept(lab, "dead", "proxy")
    way.up()
    lab.note(f"dead proxy: drained in {lab.drain():.1f} s")
    for kind, denial in _DENIALS[:1] if lab.setting.is_quick else _DENIALS:
        way.refusal = denial
        way.cut()
        _expect_kept(lab, kind, "proxy" if kind in ("407", "403") else "")
        way.refusal = b""
        lab.drain()
    producer = lab.begin(Load(2, 1, 100_000, lab.setting.pick(10, 0.3), "m", 1, 0.002))
    while producer.is_running():
        way.cut()
        lab.audit(lab.daemon.status())
        time.sleep(0.05)
    lab.end(producer)
    lab.drain()


def _expect_kept(lab: Lab, kind: str, word: str) -> None:
    before = lab.sink.count()
    old = len(lab.daemon.log_text())
    kept = len(lab.run(_FEW).acknowledged)
    lab.wait_state("retrying")
    # The first attempt may have met a tunnel that was just being cut.
    wait_until(lambda: word in (lab.daemon.status()["backend"]["last_error"] or "").lower(), 5)
    status = lab.daemon.status()
    pending = status["calls"]["pending"]
    lab.expect(pending == kept, f"{kind}: {pending} of {kept} calls wait")
    lab.expect(lab.sink.count() == before, f"{kind}: calls went past the proxy")
    error = status["backend"]["last_error"] or ""
    log = lab.daemon.log_text()[old:]
    for name, text in (("last_error", error), ("the log", log)):
        is_named = re.search(word, text, re.IGNORECASE) is not None
        lab.expect(is_named, f"{kind}: {name} does not say “{word}”: {text[-300:]}")
        lab.expect("word" not in text, f"{kind}: {name} tells the proxy's password")
    lab.audit(status)


def _go_through_tls(lab: Lab, way: _Proxy, authority: Authority) -> None:
    way.heads.clear()
    lab.sink.dress(Guise(*authority.sign("good", f"DNS:{_HOST}")))
    backend = f"{_HOST}:{lab.sink.port}"
    lab.daemon.backend = f"https://{backend}"
    lab.daemon.extra_flags = ["--ca-file", str(authority.certificate)]
    # The one for http:// would not work.
    lab.daemon.environment = {"HTTPS_PROXY": way.address, "HTTP_PROXY": "127.0.0.1:1"}
    lab.daemon.start()
    _expect_delivered(lab)
    lines = {head.split(b"\r\n")[0].decode() for head in way.heads}
    lab.expect(lines == {f"CONNECT {backend} HTTP/1.1"}, f"the proxy was asked: {lines}")
    lab.sink.dress(Guise())


def _go_past(lab: Lab, way: _Proxy) -> None:
    """The same address with NO_PROXY and without, so that it is that which makes the difference."""
    way.heads.clear()
    lab.daemon.backend = f"http://{_ANY}:{lab.sink.port}"
    lab.daemon.extra_flags = ["--allow-http"]
    for no_proxy, is_direct in (("elsewhere.test", False), (f"elsewhere.test, {_ANY}", True)):
        way.heads.clear()
        lab.daemon.environment = {"HTTP_PROXY": way.address, "NO_PROXY": no_proxy}
        lab.daemon.start()
        _expect_delivered(lab)
        went = "past" if not way.heads else "through"
        lab.expect(is_direct == (not way.heads), f"NO_PROXY={no_proxy}: it went {went} the proxy")
        lab.daemon.kill()
    way.down()
    lab.daemon.start()
    _expect_delivered(lab)
