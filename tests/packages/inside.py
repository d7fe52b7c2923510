"""Run by a booted container (booted.py): the package as its systemd sees it."""

from __future__ import annotations

import re
import subprocess
import threading
import time
import traceback
from pathlib import Path

from backend import ask, start_line

_SOCKET = Path("/run/weave-sidecar/weave-sidecar.sock")
_CONFIG = Path("/etc/weave-sidecar/config.toml")
_CALLS = Path("/var/lib/weave-sidecar/calls.ndjson")
_UNITS = ("weave-sidecar.socket", "weave-sidecar.service")
_FLUSH = b'{"method":"flush"}\n'


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout.strip()


def states() -> list[str]:
    return [run("systemctl", "is-active", unit, check=False) for unit in _UNITS]


def shown(name: str) -> str:
    return run("systemctl", "show", "--value", "-p", name, _UNITS[1])


class Client(threading.Thread):
    """Connects anew for each call, as fast as it is answered, and puts up with no failure."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.names: list[str] = []
        self.failures: list[str] = []
        self.has_to_stop = False

    def run(self) -> None:
        while not self.has_to_stop:
            name = f"during.{len(self.names)}"
            try:
                [reply] = ask(_SOCKET, start_line(name))
                if reply != {"success": True}:
                    self.failures.append(f"{name}: {reply}")
            except ConnectionResetError:
                # A daemon that is told to stop ends its connections. The SDK sends such a call again; so
                # does this.
                continue
            except OSError as error:
                self.failures.append(f"{name}: {error!r}")
            self.names.append(name)
            time.sleep(0.002)


def check_install() -> None:
    output = run("dpkg", "--install", "/test/old/weave-sidecar.deb")
    assert "set the backend" in output, output
    assert states() == ["inactive", "inactive"], states()
    enabled = [run("systemctl", "is-enabled", unit, check=False) for unit in _UNITS]
    assert enabled == ["disabled", "disabled"], f"without a backend they would fail at each boot: {enabled}"
    text = _CONFIG.read_text()
    _CONFIG.write_text(re.sub(r"(?m)^#backend = .*$", f'backend = "file:{_CALLS}"', text))
    run("systemctl", "enable", "--now", *_UNITS)
    assert states() == ["active", "active"], run("journalctl", "-u", _UNITS[1], "--no-pager")
    ask(_SOCKET, start_line("first"), _FLUSH)
    assert '"first"' in _CALLS.read_text()
    user = run("stat", "-c", "%U", f"/proc/{shown('MainPID')}")
    assert user == "weave-sidecar", user
    say(f"installed, configured, started by systemd as {user}; status: {shown('StatusText')}")


def check_upgrade() -> None:
    before, inode = shown("MainPID"), _SOCKET.stat().st_ino
    client = Client()
    client.start()
    run("dpkg", "--install", "/test/new/weave-sidecar.deb")
    assert states() == ["active", "active"], states()
    client.has_to_stop = True
    client.join(20)
    assert shown("MainPID") != before, "the upgrade did not restart the daemon"
    assert _SOCKET.stat().st_ino == inode, "the socket is another one"
    assert not client.failures, f"{len(client.failures)} failures: {client.failures[:3]}"
    ask(_SOCKET, _FLUSH)
    delivered = _CALLS.read_text()
    lost = [name for name in client.names if f'"{name}"' not in delivered]
    assert not lost, f"{len(lost)} of {len(client.names)} calls are lost: {lost[:3]}"
    assert len(client.names) > 20, "too few calls came to tell anything"
    say(f"upgraded while {len(client.names)} calls came, each on its own connection: none failed, none lost")


def check_removal() -> None:
    run("dpkg", "--remove", "weave-sidecar")
    assert "active" not in states(), states()
    assert not _SOCKET.exists(), "the socket's path is still there"
    assert _CALLS.exists(), "removing took what was delivered"
    assert _CONFIG.exists(), "removing took the settings"
    run("dpkg", "--purge", "weave-sidecar")
    found = run(
        "find", "/", "-xdev", "-iname", "*weave*", "-not", "-path", "/proc/*", "-not", "-path", "/sys/*"
    )
    left = [path for path in found.splitlines() if "weave-test" not in path and not path.startswith("/test")]
    assert not left, f"left after purge: {left}"
    assert run("getent", "passwd", "weave-sidecar", check=False) == "", "the user is left"
    failed = run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "weave-sidecar*")
    assert not failed, failed
    say("removed: stopped, path gone, data kept; purged: nothing left")


if __name__ == "__main__":
    try:
        check_install()
        check_upgrade()
        check_removal()
    except BaseException:
        traceback.print_exc()
        print(run("journalctl", "-u", "weave-sidecar*", "-n", "30", "--no-pager", check=False))
        raise
