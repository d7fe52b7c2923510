"""The real tray program."""

from __future__ import annotations

import os
import pathlib
import subprocess

from desktop import Desktop
from waiting import wait_for

WINDOW = "Weave Sidecar"


class Tray:
    def __init__(self, place: Desktop, program: str, socket: pathlib.Path) -> None:
        self._place = place
        self._program = program
        self._socket = socket
        self._process: subprocess.Popen[str] | None = None

    def start(self, *flags: str, **variables: str) -> None:
        self._process = self._place.run(
            "tray", self._program, "--socket", str(self._socket), *flags, **variables
        )

    def stop(self) -> None:
        assert self._process
        self._place.stop(self._process)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def windows(self) -> dict[str, str]:
        """The numbers of its windows, menus too, and their titles; not of the icon's."""
        places = self._place.windows(self.pid)
        return {
            number: self._place.title_of(number) for number, place in places.items() if not place.is_small
        }

    def titles(self) -> list[str]:
        return list(self.windows().values())

    def has_window(self, title: str) -> bool:
        return title in self.titles()

    def wait_for_window(self, title: str = WINDOW) -> str:
        """Until it is there and has the keyboard for good; its number.

        A window that opens together with others may lose the keyboard to them for a moment.
        """
        wait_for(f"the window {title!r}", lambda: self.has_window(title))

        def has_keyboard() -> str:
            looks = {self._focused(title) for _ in range(3)}
            return looks.pop() if len(looks) == 1 else ""

        return wait_for(f"{title!r} to have the keyboard", has_keyboard)

    def wait_for_no_window(self, title: str = WINDOW) -> None:
        wait_for(f"{title!r} to close", lambda: not self.has_window(title))

    def _focused(self, title: str) -> str:
        """The number of the window that has the keyboard, if this is its title."""
        number = self._place.ask("xdotool", "getwindowfocus").strip()
        return number if self.windows().get(number) == title else ""

    def cpu_seconds(self) -> float:
        text = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2]
        fields = text.split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_megabytes(self) -> float:
        pages = int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
