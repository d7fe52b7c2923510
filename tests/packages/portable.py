"""Runs the tar.gz with its Qt inside where no Qt is: in the oldest Debian it is for, and in a newer one.

    portable.py --archive FILE --bases FOLDER [--suite NAME]…

Needs root and debootstrap; with Xvfb the tray is started on a display, too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backend import ask, start_line, status
from roots import Root, copy_of, make_base, need_root_rights, refresh, wait_for

SUITES = ("bookworm", "trixie")
# What the archive's README asks of a desktop. Names end in t64 in newer releases; apt knows both.
_DESKTOP = (
    "libx11-6", "libx11-xcb1", "libxcb1", "libgl1", "libegl1", "libopengl0", "libglx0", "libsm6", "libice6",
    "libfontconfig1", "libfreetype6", "libdbus-1-3", "fonts-dejavu-core",
)  # fmt: skip
_USER = "ada"


def say(text: str) -> None:
    print(f"  {text}", flush=True)


class Host:
    """A clean system with the archive unpacked, and the user who did that."""

    def __init__(self, root: Root, archive: Path) -> None:
        self.root = root
        root.run("useradd", "--create-home", "--shell", "/bin/sh", _USER)
        self.home = root.path / "home" / _USER
        shutil.copy(archive, self.home / "archive.tar.gz")
        self.as_user("tar", "xzf", "archive.tar.gz")
        [self.folder] = self.home.glob("weave-sidecar-*")
        self.place = f"/home/{_USER}/{self.folder.name}"

    def line(self, *arguments: str) -> list[str]:
        enter = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"]
        return [*enter, "sh", "-c", 'cd "$HOME" && exec "$@"', "sh", *arguments]

    def environment(self) -> dict[str, str]:
        return {"HOME": f"/home/{_USER}", "USER": _USER, "XDG_RUNTIME_DIR": f"/home/{_USER}"}

    def as_user(self, *arguments: str) -> str:
        return self.root.run(*self.line(*arguments), environment=self.environment()).stdout

    @contextlib.contextmanager
    def running(self, *arguments: str, display: str = "") -> Iterator[subprocess.Popen[bytes]]:
        more = {"DISPLAY": display} if display else {"QT_QPA_PLATFORM": "offscreen"}
        environment = self.root.environment(self.environment() | more)
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(
                self.root.command(self.line(*arguments)),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            except BaseException:
                log.seek(0)
                print(log.read())
                raise
            finally:
                process.terminate()
                process.wait(30)


def check_libraries(host: Host) -> None:
    """Nothing of Qt comes from the system, and nothing that a program needs is missing."""
    qt = sorted(name for name in host.root.packages() if "qt6" in name)
    assert not qt, f"not a system without Qt: {qt}"
    for program in ("weave-sidecar", "weave-sidecar-tray"):
        loaded = host.as_user("ldd", f"{host.place}/bin/{program}")
        assert "not found" not in loaded, f"{program}:\n{loaded}"
        foreign = [line for line in loaded.splitlines() if "libQt6" in line and host.place not in line]
        assert not foreign, f"{program} takes Qt from elsewhere: {foreign}"


def check_daemon(host: Host) -> Path:
    """A call through the daemon into a file."""
    socket_path = host.home / "s.sock"
    flags = ["--socket", f"/home/{_USER}/s.sock", "--backend", f"file:/home/{_USER}/calls.ndjson"]
    with host.running(f"{host.place}/bin/weave-sidecar", *flags):
        wait_for("the daemon's socket", socket_path.is_socket)
        [reply] = ask(socket_path, start_line("portable"))
        assert reply == {"success": True}, reply
        wait_for("the call in the file", lambda: b"portable" in _content(host.home / "calls.ndjson"))
    assert not socket_path.exists(), "the daemon did not end in order"
    return socket_path


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def check_tray(host: Host, display: str) -> None:
    """The tray starts and finds the daemon."""
    socket_path = host.home / "s.sock"
    flags = ["--socket", f"/home/{_USER}/s.sock"]
    backend = ["--backend", f"file:/home/{_USER}/calls.ndjson"]
    with host.running(f"{host.place}/bin/weave-sidecar", *flags, *backend):
        wait_for("the daemon's socket", socket_path.is_socket)
        before = status(socket_path)["connections"]["open"]
        with host.running(f"{host.place}/bin/weave-sidecar-tray", *flags, display=display) as tray:

            def is_connected() -> bool:
                assert tray.poll() is None, f"the tray has ended with {tray.returncode}"
                return status(socket_path)["connections"]["open"] > before

            wait_for("the tray's connection to the daemon", is_connected)
            maps = _maps_of_tray(host)
    plugin = "libqxcb.so" if display else "libqoffscreen.so"
    assert any(line.endswith(f"/plugins/platforms/{plugin}") for line in maps), maps
    foreign = [line for line in maps if "libQt6" in line and host.folder.name not in line]
    assert not foreign, f"Qt from elsewhere: {foreign}"


def _maps_of_tray(host: Host) -> list[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not (process / "exe").resolve().match(f"{host.folder}/bin/weave-sidecar-tray"):
                continue
            return sorted({line.split()[-1] for line in (process / "maps").read_text().splitlines()})
        except OSError:
            continue
    raise AssertionError("the tray is not among the processes")


def pretend_service(host: Host) -> Path:
    """From now on systemctl says that the service runs, and writes down what it is asked: there."""
    asked = host.home / "systemctl.log"
    systemctl = host.root.path / "usr/local/bin/systemctl"
    systemctl.write_text(
        "#!/bin/sh\n"
        f"[ ! -e ~/.local/bin/weave-sidecar ] || printf 'program there: ' >> /home/{_USER}/systemctl.log\n"
        f'echo "$*" >> /home/{_USER}/systemctl.log\n'
    )
    systemctl.chmod(0o755)
    return asked


def check_installer(host: Host) -> None:
    before = _tree(host.home)
    said = host.as_user(f"{host.place}/install.sh")
    assert "systemctl --user enable --now weave-sidecar.socket weave-sidecar.service" in said, said
    program = f"/home/{_USER}/.local/bin/weave-sidecar"
    assert host.as_user(program, "--version").startswith("weave-sidecar "), "the link does not work"
    entry = (host.home / ".local/share/applications/weave-sidecar-tray.desktop").read_text()
    assert f'Exec="/home/{_USER}/.local/opt/weave-sidecar/bin/weave-sidecar-tray"' in entry, entry
    settings = host.home / ".config/weave-sidecar/config.toml"
    assert settings.exists()
    for unit in (host.home / ".config/systemd/user").iterdir():
        assert "/usr/bin/weave-sidecar" not in unit.read_text(), unit
    # Over a service that runs, which no enable --now would restart. Removing stops it first.
    asked = pretend_service(host)
    said = host.as_user(f"{host.place}/install.sh")
    assert "systemctl --user restart weave-sidecar.service" in said, said
    assert "enable" not in said, said
    asked.unlink()
    host.as_user(f"{host.place}/install.sh", "--uninstall")
    assert asked.read_text().splitlines() == [
        "program there: --user disable --now weave-sidecar.socket weave-sidecar.service",
        "--user daemon-reload",
    ], asked.read_text()
    asked.unlink()
    left = {path for path in _tree(host.home) - before if not path.is_dir()}
    assert left == {settings}, f"left after --uninstall: {left}"


def _tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@contextlib.contextmanager
def display_of_this_machine() -> Iterator[str]:
    """An X server that nobody sees; empty where there is none."""
    if not shutil.which("Xvfb"):
        yield ""
        return
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1024x700x24", "-ac"],
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(30)


def run(suite: str, archive: Path, bases: Path) -> None:
    print(f"tar.gz in {suite}:", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="weave-tgz-"))
    folder.chmod(0o755)
    try:
        host = Host(copy_of(make_base(suite, bases), folder / "root"), archive)
        check_daemon(host)
        say("the daemon runs in a minimal system and takes a call")
        refresh(host.root)
        host.root.install(*_DESKTOP)
        check_libraries(host)
        check_tray(host, "")
        say("the tray starts offscreen, with the archive's own Qt")
        with display_of_this_machine() as display:
            if display:
                check_tray(host, display)
                say("the tray starts on an X display")
            else:
                say("no Xvfb here: the tray was NOT started on a display")
        check_installer(host)
        say("install.sh installs for a user and takes it away again")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--bases", type=Path, required=True)
    parser.add_argument("--suite", action="append", help=f"default: {' and '.join(SUITES)}")
    arguments = parser.parse_args()
    need_root_rights()
    os.umask(0o022)
    for suite in arguments.suite or SUITES:
        run(suite, arguments.archive, arguments.bases)
    print("tar.gz: passed")


if __name__ == "__main__":
    main()
