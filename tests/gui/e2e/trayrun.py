"""The real tray and the real daemon under Xvfb, seen and used over D-Bus as a panel would.

    trayrun.py --daemon PROGRAM --tray PROGRAM --watcher PROGRAM

Exit code 77: something that it needs is not installed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

_ITEM_PATH = "/StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_WAIT_S = 20.0


def wait_for(what: str, look: Callable[[], object]) -> object:
    """Looks again and again until there is something."""
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {_WAIT_S:.0f} s for: {what}")


class Desktop:
    """A session bus, a display, and the processes on them."""

    def __init__(self, folder: pathlib.Path, programs: argparse.Namespace) -> None:
        self.folder = folder
        self.programs = programs
        self.socket = folder / "daemon.sock"
        self._running: list[subprocess.Popen[str]] = []
        home = folder / "home"
        home.mkdir()
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "xcb",
        }

    def run(self, name: str, *command: str) -> subprocess.Popen[str]:
        log = (self.folder / f"{name}.log").open("a")
        process = subprocess.Popen(
            command, env=self.environment, text=True, stdout=log, stderr=log
        )
        self._running.append(process)
        return process

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def stop(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def close(self) -> None:
        for process in reversed(self._running):
            self.stop(process)

    def start_display(self) -> None:
        reader, writer = os.pipe()
        xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._running.append(xvfb)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.environment["DISPLAY"] = ":" + answer.readline().strip()

    def start_bus(self) -> None:
        address = f"unix:path={self.folder}/bus"
        self.run("bus", "dbus-daemon", "--session", "--nofork", f"--address={address}")
        wait_for("the session bus", (self.folder / "bus").exists)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def start_watcher(self) -> subprocess.Popen[str]:
        return self.run("watcher", self.programs.watcher)

    def start_daemon(self) -> subprocess.Popen[str]:
        process = self.run(
            "daemon", self.programs.daemon, "--headless", "--socket", str(self.socket),
            "--backend", f"file:{self.folder}/calls.ndjson", "--spool-dir", str(self.folder / "spool"),
        )  # fmt: skip
        wait_for("the daemon's socket", self.socket.exists)
        return process

    def start_tray(self) -> subprocess.Popen[str]:
        return self.run(
            "tray", self.programs.tray, "--hidden", "--socket", str(self.socket)
        )

    def ask(self, method: str) -> dict[str, object]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(json.dumps({"method": method}).encode() + b"\n")
            reply = json.loads(client.makefile().readline())
        assert isinstance(reply, dict)
        return reply

    def send_calls(self, rate: int, seconds: float) -> int:
        """Starts and ends, so many a second; how many the daemon has taken."""
        lines = []
        for number in range(rate // 40):
            call = {"project_id": "acme/demo", "id": str(number)}
            start = {"trace_id": "1", "op_name": "op", "started_at": "2026-01-01T00:00:00Z",
                     "attributes": {}, "inputs": {}}  # fmt: skip
            end = {"ended_at": "2026-01-01T00:00:01Z", "summary": {}}
            for kind, fields in (("start", start), ("end", end)):
                payload = {kind: call | fields}
                lines.append(json.dumps({"method": f"call_{kind}", "payload": payload}))
        twentieth = ("\n".join(lines) + "\n").encode()
        taken = 0
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            replies = client.makefile()
            begin = time.monotonic()
            for step in range(int(seconds * 20)):
                client.sendall(twentieth)
                taken += sum('"success":true' in replies.readline() for _ in lines)
                time.sleep(max(0.0, begin + (step + 1) / 20 - time.monotonic()))
        return taken

    def call(self, service: str, path: str, method: str, *arguments: str) -> str:
        result = subprocess.run(
            ["gdbus", "call", "--session", "-d", service, "-o", path, "-m", method, *arguments],
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=10,
            check=False,
        )
        return result.stdout

    def item(self) -> str:
        """The connection of the last tray icon that the host was told of, or nothing."""
        names = re.findall(r"^item (\S+)$", self.log("watcher"), re.MULTILINE)
        return names[-1] if names else ""

    def tooltip(self) -> str:
        return self.call(
            self.item(), _ITEM_PATH, "org.freedesktop.DBus.Properties.Get",
            "org.kde.StatusNotifierItem", "ToolTip",
        )  # fmt: skip

    def menu(self) -> dict[str, int]:
        """The labels of the menu, without mnemonics, and the numbers that stand for them."""
        layout = self.call(self.item(), "/MenuBar", f"{_MENU}.GetLayout", "0", "--", "-1", "[]")
        entries = re.findall(r"\((\d+), \{([^}]*)\}", layout)
        labels = {}
        for number, properties in entries:
            label = re.search(r"'label': <'([^']*)'>", properties)
            if label:
                labels[label[1].replace("_", "")] = int(number)
        return labels

    def click(self, label: str) -> None:
        number = self.menu()[label]
        self.call(
            self.item(), "/MenuBar", f"{_MENU}.Event", str(number), "clicked", "<''>", "0"
        )

    def windows(self, tray: subprocess.Popen[str]) -> list[str]:
        """The numbers of the windows of the tray that are on the screen."""
        result = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(tray.pid)],
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
        )
        return result.stdout.split()


@contextlib.contextmanager
def desktop(programs: argparse.Namespace) -> Iterator[Desktop]:
    with tempfile.TemporaryDirectory(prefix="wst") as name:
        place = Desktop(pathlib.Path(name), programs)
        try:
            place.start_display()
            place.start_bus()
            yield place
        except BaseException:
            for log in ("tray", "watcher", "daemon"):
                print(f"--- {log}\n{place.log(log)}", file=sys.stderr)
            raise
        finally:
            place.close()


def uses_the_menu(place: Desktop) -> None:
    """A host is there: icon, tooltip, and a menu that acts on the daemon."""
    daemon = place.start_daemon()
    watcher = place.start_watcher()
    tray = place.start_tray()
    wait_for("the icon", place.item)
    wait_for("the state in the tooltip", lambda: "delivered" in place.tooltip())
    assert not place.windows(tray), "--hidden shows a window"
    place.click("Pause delivery")
    wait_for("the daemon to pause", lambda: "paused" in json.dumps(place.ask("status")))
    wait_for("the other text", lambda: "Resume delivery" in place.menu())
    place.click("Resume delivery")
    wait_for("the daemon to go on", lambda: '"state": "ok"' in json.dumps(place.ask("status")))
    place.click("Open Weave Sidecar")
    wait_for("the window", lambda: place.windows(tray))

    # The host starts anew.
    place.stop(watcher)
    before = place.item()
    count = place.log("watcher").count("item ")
    place.start_watcher()
    wait_for("the icon again", lambda: place.log("watcher").count("item ") > count)
    assert before

    place.click("Quit (the sidecar goes on)")
    wait_for("the tray to end", lambda: tray.poll() is not None)
    assert daemon.poll() is None, "the daemon ended with the tray"
    assert place.ask("status")["success"]


def finds_a_late_host(place: Desktop) -> None:
    """At login the panel may come after the tray."""
    place.start_daemon()
    tray = place.start_tray()
    time.sleep(2)
    assert tray.poll() is None
    place.start_watcher()
    wait_for("the icon", place.item)


def is_one(place: Desktop) -> None:
    """A second start shows the window of the first and ends."""
    place.start_daemon()
    place.start_watcher()
    first = place.start_tray()
    wait_for("the icon", place.item)
    second = place.run("second", place.programs.tray, "--socket", str(place.socket))
    assert second.wait(10) == 0
    wait_for("the window of the first", lambda: place.windows(first))


def starts_the_daemon(place: Desktop) -> None:
    """None answers and the settings are made: the tray starts one, which outlives it."""
    settings = place.folder / "home/.config/weave-sidecar/tray.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f"[daemon]\nbackend=file:{place.folder}/calls.ndjson\nspool-dir={place.folder}/spool\n"
    )
    place.start_watcher()
    tray = place.start_tray()
    wait_for("the daemon", place.socket.exists)
    status = place.ask("status")["status"]
    assert isinstance(status, dict)
    pid = int(status["pid"])
    try:
        place.stop(tray)
        assert place.ask("status")["success"], "the daemon ended with the tray"
    finally:
        os.kill(pid, signal.SIGTERM)
        wait_for("the daemon to end", lambda: not place.socket.exists())


def costs_little(place: Desktop) -> None:
    """10,000 calls a second pass, the window is hidden: 80 MB and 1 % of a processor at most."""
    place.start_daemon()
    place.start_watcher()
    tray = place.start_tray()
    wait_for("the icon", place.item)
    seconds = 5
    before = cpu_seconds(tray.pid)
    sent = place.send_calls(rate=10_000, seconds=seconds)
    used = (cpu_seconds(tray.pid) - before) / seconds
    memory = resident_megabytes(tray.pid)
    print(f"   {sent / seconds:,.0f} calls/s: {used:.1%} of a processor, {memory:.0f} MB")
    assert used <= 0.01, f"the tray uses {used:.1%}"
    assert memory <= 80, f"the tray takes {memory:.0f} MB"


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    parser = argparse.ArgumentParser()
    for program in ("daemon", "tray", "watcher"):
        parser.add_argument(f"--{program}", required=True)
    programs = parser.parse_args()
    for tool in ("Xvfb", "dbus-daemon", "gdbus", "xdotool"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            return 77
    for scenario in (uses_the_menu, finds_a_late_host, is_one, starts_the_daemon, costs_little):
        with desktop(programs) as place:
            scenario(place)
        print(f"ok {scenario.__name__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
