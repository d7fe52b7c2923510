"""Installs, uses, upgrades, removes and purges the debs in a clean Debian, as a machine's owner would.

    deb.py --packages FOLDER --old FOLDER --bases FOLDER [--keep]

Both folders have the two debs, --old those of a lower version. Needs root and debootstrap.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backend import Backend, ask, start_line, status
from contents import GRAPHICAL
from roots import Root, copy_of, make_base, need_root_rights, refresh, wait_for
from units import Service

UNITS = ("weave-sidecar.socket", "weave-sidecar.service")
WAITING_CALLS = 200
_CONFIG = "etc/weave-sidecar/config.toml"
# Enabling is done for real. Of the rest, which would need systemd to run, it writes down what it is asked,
# and says that the service runs when the test says so; the test does the rest.
_SYSTEMCTL = """#!/bin/sh
case " $* " in
*" enable "* | *" disable "* | *" preset "* | *" is-enabled "*)
    SYSTEMD_OFFLINE=1 exec /usr/bin/systemctl.real "$@"
    ;;
*" is-active "*) [ -e /run/is-active ] ;;
*) echo "$*" >> /run/systemctl.log ;;
esac
"""


def suite_of(deb: Path) -> str:
    """The Debian that a package was made for."""
    match = re.search(r"~(deb12|deb13)_", deb.name)
    if not match:
        raise SystemExit(f"{deb.name} is made for no Debian that this test knows")
    return {"deb12": "bookworm", "deb13": "trixie"}[match[1]]


class Machine:
    """The clean system, its service and what came of it."""

    def __init__(self, root: Root, folder: Path) -> None:
        self.root = root
        self.service = Service(root, folder)
        self._asked = root.path / "run/systemctl.log"

    def pretend_systemd(self) -> None:
        """From now on maintainer scripts find systemd running."""
        self.root.install("systemd")
        systemctl = self.root.path / "usr/bin/systemctl"
        systemctl.rename(systemctl.with_name("systemctl.real"))
        systemctl.write_text(_SYSTEMCTL)
        systemctl.chmod(0o755)
        (self.root.path / "run/systemd/system").mkdir(parents=True, exist_ok=True)

    def bring(self, debs: Path, name: str) -> str:
        """Copies the package into the system; returns its path there."""
        found = sorted(debs.glob(f"{name}_*.deb"))
        assert len(found) == 1, f"{debs} has {len(found)} packages {name}"
        shutil.copy(found[0], self.root.path / "tmp")
        return f"/tmp/{found[0].name}"

    def systemctl_log(self) -> list[str]:
        """What the maintainer scripts asked of systemd since the last time, but for questions."""
        lines = self._asked.read_text().splitlines() if self._asked.exists() else []
        self._asked.unlink(missing_ok=True)
        return [re.sub(r"--\S+ ?", "", line).strip() for line in lines]

    def enabled(self) -> list[str]:
        """Those of the units that the next boot would start."""
        folder = self.root.path / "etc/systemd/system"
        places = ("sockets.target.wants", "multi-user.target.wants")
        return [
            unit for unit, place in zip(UNITS, places, strict=True) if (folder / place / unit).is_symlink()
        ]

    def version(self, package: str) -> str:
        return self.root.run("dpkg-query", "-W", "-f=${Version}", package).stdout

    def accounts(self) -> str:
        folder = self.root.path / "etc"
        return "".join((folder / name).read_text() for name in ("passwd", "group", "shadow", "gshadow"))

    def traces(self) -> list[str]:
        """Every path with our name in it, but for the copies that the test made."""
        found = self.root.run("find", "/", "-xdev", "-iname", "*weave*", "-not", "-path", "/tmp/*")
        return [line for line in found.stdout.splitlines() if not line.startswith(("/proc/", "/dev/"))]


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def check_without_systemd(machine: Machine, debs: Path) -> None:
    """As in a container: the user is made by adduser, nothing is started, and purge leaves nothing."""
    accounts = machine.accounts()
    # What the dependencies add is theirs.
    before = set(machine.traces())
    machine.root.install(machine.bring(debs, "weave-sidecar"))
    assert "systemd" not in machine.root.packages(), "the package brings systemd"
    assert machine.root.run("getent", "passwd", "weave-sidecar").stdout.strip().endswith("nologin")
    machine.root.run("weave-sidecar", "--version")
    machine.root.run("apt-get", "purge", "-y", "-q", "weave-sidecar", timeout=300)
    assert set(machine.traces()) == before, machine.traces()
    assert machine.accounts() == accounts, "purge did not leave the accounts as they were"
    say("without systemd: installed, runs, purged without a trace")


def check_prepared(machine: Machine, debs: Path) -> None:
    """Where the settings are there before the package, as a tool for many machines lays them down."""
    config = machine.root.path / _CONFIG
    config.parent.mkdir()
    config.write_text('backend = "http://127.0.0.1:1"\n')
    machine.root.install(machine.bring(debs, "weave-sidecar"))
    asked = machine.systemctl_log()
    assert asked == ["daemon-reload", "start weave-sidecar.socket", "restart weave-sidecar.service"], asked
    assert machine.enabled() == list(UNITS), machine.enabled()
    machine.root.run("apt-get", "purge", "-y", "-q", "weave-sidecar", timeout=300)
    assert not machine.enabled(), "purge left the units enabled"
    machine.systemctl_log()
    say("installed where a backend was set before: enabled and started")


def check_install(machine: Machine, debs: Path) -> None:
    before = machine.root.packages()
    output = machine.root.install(machine.bring(debs, "weave-sidecar"))
    new = machine.root.packages() - before
    graphical = sorted(name for name in new if GRAPHICAL.search(name))
    assert not graphical, f"the daemon's package brings {graphical}"
    assert "set the backend in /etc/weave-sidecar/config.toml" in output, output[-2000:]
    asked = machine.systemctl_log()
    assert asked == ["daemon-reload"], f"nothing but that is to be done without a backend: {asked}"
    assert "systemctl enable --now weave-sidecar.socket weave-sidecar.service" in output, output[-2000:]
    assert not machine.enabled(), "without a backend the socket would be there after the next boot"
    machine.root.run("getent", "passwd", "weave-sidecar")
    machine.root.run("getent", "group", "weave-sidecar")
    say(f"installed with {len(new)} packages, none of them graphical; not started, not enabled without a backend")


def configure(machine: Machine, port: int) -> None:
    config = machine.root.path / _CONFIG
    text = config.read_text()
    changed = re.sub(r"(?m)^#backend = .*$", f'backend = "http://127.0.0.1:{port}"', text)
    assert changed != text, "the sample has no line for the backend"
    config.write_text(changed)
    machine.root.run("weave-sidecar", "config", "check", "--config", f"/{_CONFIG}")
    deb = next((machine.root.path / "tmp").glob("weave-sidecar_*.deb"))

    def install_again() -> list[str]:
        machine.root.run("dpkg", "--remove", "weave-sidecar")
        machine.systemctl_log()
        machine.root.install(f"/tmp/{deb.name}")
        return machine.systemctl_log()

    asked = install_again()
    assert asked == ["daemon-reload"], f"what nobody has enabled is not to be started: {asked}"
    assert not machine.enabled(), machine.enabled()
    machine.root.run("systemctl", "enable", *UNITS)
    asked = install_again()
    assert asked == ["daemon-reload", "start weave-sidecar.socket", "restart weave-sidecar.service"], asked
    assert machine.enabled() == list(UNITS), machine.enabled()
    assert f"http://127.0.0.1:{port}" in config.read_text(), "the settings were not kept"
    say("the backend set in config.toml, enabled; removed, installed again: settings kept, service started")


def check_call(machine: Machine, backend: Backend) -> None:
    service = machine.service
    service.listen()
    service.start()
    (machine.root.path / "run/is-active").touch()
    assert service.user() == "weave-sidecar", service.user()
    [reply] = ask(service.socket_path, start_line("first"))
    assert reply == {"success": True}, reply
    wait_for("the first call at the backend", lambda: "first" in backend.seen)
    say("the unit's own command runs as weave-sidecar; a call went through it")


def check_upgrade(machine: Machine, debs: Path, backend: Backend) -> None:
    service = machine.service
    backend.down()
    names = [f"waiting.{number}" for number in range(WAITING_CALLS)]
    replies = ask(service.socket_path, *map(start_line, names))
    assert all(reply == {"success": True} for reply in replies), replies
    old = machine.version("weave-sidecar")
    machine.systemctl_log()
    machine.root.install(machine.bring(debs, "weave-sidecar"))
    new = machine.version("weave-sidecar")
    machine.root.run("dpkg", "--compare-versions", new, "gt", old)
    asked = machine.systemctl_log()
    # Nothing stops or restarts the socket.
    assert asked == ["daemon-reload", "start weave-sidecar.socket", "restart weave-sidecar.service"], asked
    assert service.is_running(), "the old daemon has to go on until it is restarted"
    service.stop()
    assert service.socket_path.is_socket(), "the path went while the daemon was restarted"
    service.start()
    found = status(service.socket_path)["calls"]["pending"]
    assert found == WAITING_CALLS, f"{found} calls wait after the upgrade, not {WAITING_CALLS}"
    backend.up()
    ask(service.socket_path, b'{"method":"retry"}\n')
    wait_for("the waiting calls at the backend", lambda: set(names) <= set(backend.seen), 60)
    say(f"upgraded {old} to {new} with {WAITING_CALLS} calls waiting: all delivered")


def check_tray(machine: Machine, debs: Path) -> None:
    before = status(machine.service.socket_path)["connections"]["open"]
    machine.root.install(machine.bring(debs, "weave-sidecar-tray"), "fonts-dejavu-core")
    assert machine.version("weave-sidecar-tray") == machine.version("weave-sidecar")
    path = f"/{machine.service.socket_path.relative_to(machine.root.path)}"
    environment = machine.root.environment(
        {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp", "HOME": "/tmp"}
    )
    tray = subprocess.Popen(
        machine.root.command(["weave-sidecar-tray", "--socket", path]),
        env=environment,
        stdin=subprocess.DEVNULL,
    )

    def is_connected() -> bool:
        assert tray.poll() is None, f"the tray has ended with {tray.returncode}"
        return status(machine.service.socket_path)["connections"]["open"] > before

    try:
        wait_for("the tray's connection to the daemon", is_connected)
    finally:
        tray.terminate()
        tray.wait(30)
    say("the tray's package installed; the tray starts (offscreen) and connects")


def check_removal(machine: Machine, accounts: str) -> None:
    root = machine.root
    ask(machine.service.socket_path, start_line("kept"))
    machine.systemctl_log()
    root.run("apt-get", "remove", "-y", "-q", "weave-sidecar", timeout=300)
    assert "weave-sidecar-tray" not in root.packages(), "the tray stayed without its daemon"
    asked = machine.systemctl_log()
    assert "stop weave-sidecar.socket weave-sidecar.service" in asked, asked
    machine.service.close()
    assert not (root.path / "usr/bin/weave-sidecar").exists()
    assert (root.path / _CONFIG).exists(), "removing took the settings"
    assert list((root.path / "var/lib/weave-sidecar").rglob("*")), "removing took the spool"
    (root.path / "etc/weave-sidecar/api-key").write_text("an owner's own file")
    say("removed: programs gone, settings and spool kept")
    root.run("apt-get", "purge", "-y", "-q", "weave-sidecar", timeout=300)  # the tray left nothing
    left = machine.traces()
    assert not left, f"left after purge: {left}"
    assert machine.accounts() == accounts, "purge did not leave the accounts as they were"
    say("purged: no file, user or group left")


@contextlib.contextmanager
def clean_machine(suite: str, bases: Path, keep: bool) -> Iterator[Machine]:
    # A short path: the daemon's socket in the system has to fit into 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="weave-deb-"))
    machine = Machine(copy_of(make_base(suite, bases), folder / "root"), folder)
    try:
        yield machine
    except BaseException:
        print(machine.service.log_text())
        raise
    finally:
        machine.service.close()
        if keep:
            print(f"the system is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--old", type=Path, required=True)
    parser.add_argument("--bases", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="leave the system for a look")
    arguments = parser.parse_args()
    need_root_rights()
    os.umask(0o022)
    suite = suite_of(next(arguments.packages.glob("weave-sidecar_*.deb")))
    print(f"deb in {suite}:", flush=True)
    backend = Backend()
    with clean_machine(suite, arguments.bases, keep=False) as machine:
        refresh(machine.root)
        check_without_systemd(machine, arguments.packages)
        machine.pretend_systemd()
        check_prepared(machine, arguments.packages)
    with clean_machine(suite, arguments.bases, arguments.keep) as machine:
        refresh(machine.root)
        machine.pretend_systemd()
        accounts = machine.accounts()
        check_install(machine, arguments.old)
        configure(machine, backend.port)
        check_call(machine, backend)
        check_upgrade(machine, arguments.packages, backend)
        check_tray(machine, arguments.packages)
        check_removal(machine, accounts)
    print("deb: passed")


if __name__ == "__main__":
    main()
