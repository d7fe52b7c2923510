"""A display, a session bus and the processes on them, apart from those of who runs the tests."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from screen import Rect, Screen, XServer
from waiting import wait_for

# What the bus may start by itself. A keyring or a notification service that happens to be installed
# would take part otherwise.
_SERVICES = ("org.a11y.Bus", "org.xfce.Xfconf")
_BUS_CONFIG = """<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Skipped(Exception):
    """Something of this machine's is in the way."""


class Desktop:
    def __init__(self, folder: pathlib.Path, size: tuple[int, int]) -> None:
        self.folder = folder
        self.size = size
        self.home = folder / "home"
        self.tools = folder / "tools"  # first in PATH: for stand-ins of what a desktop has
        runtime = folder / "runtime"
        for each in (self.home, self.tools, runtime):
            each.mkdir(mode=0o700)
        self._running: list[subprocess.Popen[str]] = []
        self.environment = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "xcb",
        }
        self.xserver: XServer | None = None
        self.screen = Screen(folder / "Xvfb_screen0")

    def start_display(self) -> None:
        width, height = self.size
        reader, writer = os.pipe()
        xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-fbdir", str(self.folder)],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        self._running.append(xvfb)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.environment["DISPLAY"] = ":" + answer.readline().strip()
        self.xserver = XServer(self.environment["DISPLAY"])
        # The window manager gives the keyboard on. Its settings need a bus, and the tray shall see none.
        # (dbus-run-session would leave its bus behind when it is ended.)
        address = f"unix:path={self.folder}/xfwm4-bus"
        self.run("xfwm4-bus", "dbus-daemon", "--session", "--nofork", f"--address={address}")
        wait_for("the window manager's bus", (self.folder / "xfwm4-bus").exists)
        self.run(
            "xfwm4", "xfwm4", "--compositor=off", "--sm-client-disable",
            DBUS_SESSION_BUS_ADDRESS=address,
            NO_AT_BRIDGE="1",  # else it would tell readers that its bus is theirs
        )  # fmt: skip
        wait_for("the window manager", lambda: self.ask("xdotool", "get_num_desktops").strip())

    def start_bus(self) -> None:
        services = self.folder / "services"
        services.mkdir()
        for name in _SERVICES:
            service = pathlib.Path("/usr/share/dbus-1/services", f"{name}.service")
            if service.exists():
                (services / service.name).symlink_to(service)
        address = f"unix:path={self.folder}/bus"
        config = self.folder / "bus.conf"
        config.write_text(_BUS_CONFIG.format(address=address, services=services))
        self.run("bus", "dbus-daemon", "--nofork", f"--config-file={config}")
        wait_for("the session bus", (self.folder / "bus").exists)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def run(self, name: str, *command: str, **variables: str) -> subprocess.Popen[str]:
        """Starts a program; what it says goes to NAME.log."""
        with (self.folder / f"{name}.log").open("a") as log:
            process = subprocess.Popen(
                command, env=self.environment | variables, text=True, stdout=log, stderr=log
            )
        self._running.append(process)
        return process

    def adopt(self, process: subprocess.Popen[str]) -> None:
        """Ends it with the desktop."""
        self._running.append(process)

    def ask(self, *command: str, seconds: float = 10.0) -> str:
        """What a program prints, or nothing when it fails."""
        result = subprocess.run(
            command, env=self.environment, text=True, capture_output=True, timeout=seconds, check=False
        )
        return result.stdout

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self, process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> None:
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stand_in(self, name: str) -> pathlib.Path:
        """Puts a program NAME into PATH that only notes its arguments, a line each."""
        noted = self.folder / f"{name}.noted"
        program = self.tools / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{noted}"\n')
        program.chmod(0o755)
        return noted

    def close(self) -> None:
        if self.xserver:  # before its X server ends
            self.xserver.close()
        for process in reversed(self._running):
            self.stop(process)

    # --- mouse, keyboard, windows -----------------------------------------------------------------

    def move(self, place: tuple[int, int]) -> None:
        self.ask("xdotool", "mousemove", str(place[0]), str(place[1]))

    def click(self, place: tuple[int, int], button: int = 1) -> None:
        self.ask("xdotool", "mousemove", str(place[0]), str(place[1]), "click", str(button))

    def press(self, *keys: str) -> None:
        self.ask("xdotool", "key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        self.ask("xdotool", "type", "--delay", "15", text)

    def clipboard(self) -> str:
        return self.ask("xclip", "-o", "-selection", "clipboard", seconds=5)

    def windows(self, pid: int) -> dict[str, Rect]:
        """The numbers of a process' windows on the screen, and where they are."""
        numbers = self.ask("xdotool", "search", "--onlyvisible", "--pid", str(pid)).split()
        places = {number: self.xserver.place_of(int(number)) for number in numbers if self.xserver}
        return {number: place for number, place in places.items() if place}

    def title_of(self, window: str) -> str:
        return self.ask("xdotool", "getwindowname", window).strip()


@contextlib.contextmanager
def _folder() -> Iterator[pathlib.Path]:
    """A temporary one. What others have started on the desktop may write into it to its end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wst"))
    try:
        yield folder
    finally:
        for _ in range(100):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)


@contextlib.contextmanager
def desktop(with_bus: bool = True, size: tuple[int, int] = (1024, 768)) -> Iterator[Desktop]:
    """A new one; when something goes wrong on it, its programs' logs are shown."""
    with _folder() as folder:
        place = Desktop(folder, size)
        try:
            place.start_display()
            if with_bus:
                place.start_bus()
            yield place
        except Skipped:
            raise
        except BaseException:
            for log in sorted(place.folder.glob("*.log")):
                print(f"--- {log.stem}\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
            if kept := os.environ.get("TRAY_E2E_KEEP"):
                pathlib.Path(kept, "screen.png").write_bytes(place.screen.take().png())
            raise
        finally:
            place.close()
