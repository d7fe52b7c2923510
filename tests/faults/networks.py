"""Scenarios in which the backend cannot be reached or cannot be trusted."""

from __future__ import annotations

import os
import re
import time

from certificates import Authority
from lab import Lab, Skip, wait_until
from manners import Manner
from namespaces import inside, without_network
from plans import Load
from sink import Guise

_FEW = Load(clients=2, window=4, calls=200, seconds=3, profile="s")
# A bad server has to be tried this often before a good one takes its place.
_TRIES = 2


def tls(lab: Lab) -> None:
    """Each way in which TLS fails is named in the log, keeps the calls, and mends by itself."""
    known = Authority(lab.home / "known")
    stranger = Authority(lab.home / "stranger")
    good = Guise(*known.sign("good"))
    lab.daemon.backend = f"https://localhost:{lab.sink.port}"
    lab.daemon.extra_flags = ["--ca-file", str(known.certificate)]
    lab.sink.dress(good)
    lab.daemon.start()
    lab.run(_FEW)
    lab.drain()
    bad = [
        ("expired", Guise(*known.sign("old", days=0)), "expired"),
        ("host name", Guise(*known.sign("other", "DNS:elsewhere.test")), "host ?name"),
        ("unknown CA", Guise(*stranger.sign("good")), "issuer|self.signed|not trusted|authority"),
        ("plain HTTP", Guise(), "wrong version number|plain|not speak TLS|no TLS|not TLS"),
        ("closes", Guise(leaves=True), "handshake|TLS"),
    ]
    for kind, guise, words in bad:
        _expect_named(lab, kind, guise, words)
        lab.sink.dress(good)
        lab.note(f"{kind}: mended in {lab.drain():.1f} s")
    lab.expect(not lab.dead_ids(), "a bad certificate is no reason for dead letters")
    lab.judge()


def _expect_named(lab: Lab, kind: str, guise: Guise, words: str) -> None:
    before = len(lab.daemon.log_text())
    lab.sink.dress(guise)
    connections = lab.sink.connections()
    outcome = lab.run(_FEW)
    kept = len(outcome.acknowledged)
    lab.expect(kept == _FEW.calls, f"{kind}: {kept} of {_FEW.calls} calls were accepted")
    is_tried = wait_until(lambda: lab.sink.connections() >= connections + _TRIES, 10)
    lab.expect(is_tried, f"{kind}: tried {lab.sink.connections() - connections} times")
    is_named = wait_until(lambda: _finds(words, lab.daemon.log_text()[before:]), 5)
    said = lab.daemon.log_text()[before:].strip().splitlines()
    last = said[-1] if said else "nothing"
    lab.expect(is_named, f"{kind}: the log does not say “{words}”: {last}")
    status = lab.daemon.status()
    error = status["backend"]["last_error"] or ""
    lab.expect(_finds(words, error), f"{kind}: last_error does not say “{words}”: {error}")
    pending = status["calls"]["pending"]
    lab.expect(pending == kept, f"{kind}: {pending} of {kept} calls wait")
    lab.audit(status)


def _finds(words: str, text: str) -> bool:
    return re.search(words, text, re.IGNORECASE) is not None


def no_such_host(lab: Lab) -> None:
    """A name that nobody knows: the calls wait, and the log says which name."""
    host = "does-not-exist.invalid"
    good = lab.daemon.backend
    lab.daemon.backend = f"http://{host}"
    lab.daemon.extra_flags = ["--allow-http"]
    # So that no name server is asked.
    lab.daemon.prefix = without_network()
    lab.daemon.start()
    outcome = lab.run(_FEW)
    lab.wait_state("retrying")
    status = lab.daemon.status()
    pending = status["calls"]["pending"]
    lab.expect(pending == len(outcome.acknowledged), f"{pending} calls wait")
    lab.audit(status)
    is_named = wait_until(lambda: host in lab.daemon.log_text(), 3)
    error = status["backend"]["last_error"] or ""
    lab.expect(is_named, f"the log does not name {host}; last_error is “{error}”")
    lab.expect(host in error, f"last_error does not name {host}: {error}")
    lab.daemon.kill()
    lab.daemon.backend = good
    lab.daemon.prefix = []
    lab.daemon.start()
    lab.drain()
    lab.judge()


_SILENT = "2001:db8::2"
_NAME = "sink.test"


def black_hole(lab: Lab) -> None:
    """The first of two addresses never answers: the calls go to the second."""
    if os.geteuid() != 0:
        raise Skip("needs root to make a network namespace")
    hosts = lab.home / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{_SILENT} {_NAME}\n127.0.0.1 {_NAME}\n")
    # What is sent to either kind of device is gone.
    setup = [
        ["sh", "-c", "ip link add hole type dummy || ip link add hole type ifb"],
        ["ip", "link", "set", "hole", "up"],
        ["ip", "-6", "address", "add", "2001:db8::1/64", "dev", "hole", "nodad"],
        # A resolver leaves out IPv4 where there is no other address of it than the loopback's.
        ["ip", "address", "add", "192.0.2.1/24", "dev", "hole"],
        ["mount", "--bind", str(hosts), "/etc/hosts"],
    ]
    try:
        lab.sink.move(setup)
    except OSError as error:
        raise Skip(f"no network namespace here: {error}") from error
    lab.daemon.prefix = inside(lab.sink.pid)
    lab.daemon.backend = f"http://{_NAME}:{lab.sink.port}"
    lab.daemon.extra_flags = ["--allow-http"]
    lab.daemon.start()
    began = time.monotonic()
    sent = len(lab.run(_FEW).acknowledged)
    is_there = wait_until(lambda: lab.sink.count() == sent, 20)
    took = time.monotonic() - began
    error = lab.daemon.status()["backend"]["last_error"]
    lab.note(f"{lab.sink.count()} of {sent} delivered after {took:.1f} s")
    lab.expect(is_there, f"the good address was not used within 20 s; last_error is “{error}”")
    lab.audit(lab.daemon.status())
    if not is_there:
        lab.daemon.kill()
        lab.daemon.backend = f"http://127.0.0.1:{lab.sink.port}"
        lab.daemon.start()
    lab.drain()
    lab.judge()


def hasty_413(lab: Lab) -> None:
    """413 and the end of the connection before the body is read: halves get through."""
    # Bodies of megabytes, so that the end comes while the daemon still writes.
    manner = Manner(most_bytes=400_000, is_hasty=True)
    lab.sink.behave(manner)
    lab.daemon.start()
    lab.run(Load(clients=2, window=32, calls=300, seconds=10, profile="b"))
    took = lab.drain(manner, 30)
    status = lab.daemon.status()
    failed = status["requests"]["failed"]
    lab.note(f"drained in {took:.1f} s, {status['batches']['halved']} halved")
    lab.note("failed " + " ".join(f"{name}:{count}" for name, count in sorted(failed.items())))
    lab.expect(not lab.dead_ids(), "every call alone is small enough")
    lab.judge()
