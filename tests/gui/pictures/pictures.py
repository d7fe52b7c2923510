"""Photographs the tray and its window, light and dark, while a demo runs.

    pictures.py --daemon PROGRAM --tray PROGRAM FOLDER

On a light desktop and on a dark one a daemon delivers what three programs send, to a server that is
away for a while, refuses one kind of call and, for a time, one project. After somewhat more than a
minute every page, the dialogs and the panel with the open menu are photographed.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from demonstration import BUSY_SECONDS, SECONDS, Demo  # noqa: E402
from desktop import Desktop, desktop  # noqa: E402
from hosts import Panel  # noqa: E402
from item import Item  # noqa: E402
from looks import DARK, LIGHT, Look  # noqa: E402
from screen import Picture, Rect  # noqa: E402
from sidecar import Sidecar  # noqa: E402
from tray import Tray  # noqa: E402
from waiting import wait_for  # noqa: E402

_SIZE = (1280, 960)
_PAGES = ((2, "flushes"), (1, "overview"), (3, "clients"), (4, "problems"))


class Photographer:
    """A desktop of one look, with a panel and a tray."""

    def __init__(self, look: Look, place: Desktop, programs: argparse.Namespace, demo: Demo) -> None:
        self._look = look
        self._place = place
        self._programs = programs
        self._demo = demo
        self._panel = Panel(place, look.is_dark)
        self._tray = Tray(place, programs.tray, demo.sidecar.socket)
        self._item = Item(place)
        self._window = ""
        assert place.xserver
        place.xserver.paint_background(*look.desk)
        config = place.folder / "config"
        config.mkdir()
        (config / "kdeglobals").write_text(look.kdeglobals())
        self._variables = {
            # Qt takes colours from there when it believes to be at home.
            "XDG_CURRENT_DESKTOP": "KDE",
            "KDE_SESSION_VERSION": "5",
            "XDG_CONFIG_HOME": str(config),
            "XDG_STATE_HOME": str(place.folder / "state"),
            # What stands in fields must not tell of this machine.
            "HOME": "/home/you",
            "TZ": "UTC",
            "WANDB_API_KEY": "x" * 40,
        }
        self._panel.start()
        self._tray.start("--hidden", **self._variables)
        wait_for("the icon", self._item.service)

    def icon(self, state: str) -> Picture:
        """The icon on the panel, once it shows the state."""
        wait_for(f"the icon {state!r}", lambda: self._panel.look() == state, 60)
        x, y = self._panel.icon()
        return self._place.screen.take(Rect(x - 15, y - 15, 30, 30))

    def _save(self, name: str, picture: Picture) -> None:
        path = pathlib.Path(self._programs.folder, f"{name}{self._look.suffix}.png")
        path.write_bytes(picture.png())

    def _shoot(self, name: str, tray: Tray, window: str) -> None:
        self._save(name, self._place.screen.take_still(self._place.windows(tray.pid)[window]))

    def shoot_menu(self) -> None:
        self._place.move(self._panel.icon())
        before = self._place.screen.take_still()
        self._place.click(self._panel.icon(), button=3)
        wait_for("the menu", lambda: self._place.screen.take() != before)
        menu = _changed(before, self._place.screen.take_still())
        self._place.move((_SIZE[0] - 10, 10))  # the pointer would cover the icon
        margin, bottom = 24, self._panel.rect.y + self._panel.rect.height
        self._save(
            "tray",
            self._place.screen.take_still(
                Rect(0, menu.y - margin, menu.x + menu.width + margin, bottom - menu.y + margin)
            ),
        )
        self._place.press("Escape")

    def open_window(self) -> None:
        self._item.click("Open")
        self._window = self._tray.wait_for_window()

    def shoot_page(self, number: int, name: str) -> None:
        self._place.press(f"ctrl+{number}")
        if name == "clients":
            time.sleep(2.5)  # rates need two looks at the counters
        self._shoot(name, self._tray, self._window)

    def open_live_page(self) -> None:
        self._place.press("ctrl+5", "alt+l")  # with payloads

    def shoot_live_page(self) -> None:
        """Unfolds a call, and chooses one below it."""
        self._place.press("ctrl+f", "Tab", "Tab", "Tab", "Tab")
        self._place.press("Home", *["Down"] * 7, "Right", "Down", "Down")
        self._shoot("live-calls", self._tray, self._window)

    def shoot_settings(self) -> None:
        self._place.press("ctrl+comma")
        settings = self._tray.wait_for_window("Settings of Weave Sidecar")
        self._place.press("alt+a")
        self._place.type("https://trace.wandb.ai")
        self._shoot("settings", self._tray, settings)
        self._place.press("Escape")

    def shoot_first_start(self) -> None:
        """Of another tray, which finds no daemon."""
        sidecar = Sidecar(self._place, self._programs.daemon)
        sidecar.socket = self._place.folder / "first.sock"
        tray = Tray(self._place, self._programs.tray, sidecar.socket)
        tray.start(**self._variables)
        title = "Welcome to Weave Sidecar"
        window = tray.wait_for_window(title)
        self._shoot("first-start", tray, window)
        self._place.press("alt+s")
        time.sleep(1)
        self._shoot("first-start-done", tray, window)
        tray.stop()
        sidecar.end_foreign()


def _changed(one: Picture, other: Picture) -> Rect:
    """The rectangle in which they differ."""
    rows = [y for y in range(one.height) if one.rows[y] != other.rows[y]]
    columns = [
        x
        for x in range(one.width)
        if any(one.rows[y][3 * x : 3 * x + 3] != other.rows[y][3 * x : 3 * x + 3] for y in rows)
    ]
    return Rect(columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)


def _sheet(rows: list[list[Picture]]) -> Picture:
    """Pictures of one size side by side, twice as large."""
    scale = 2
    lines: list[bytes] = []
    for row in rows:
        for y in range(row[0].height):
            line = b"".join(
                picture.rows[y][3 * x : 3 * x + 3] * scale for picture in row for x in range(picture.width)
            )
            lines += [line] * scale
    return Picture(len(lines[0]) // 3, len(lines), lines)


def _work(demos: list[Demo], photographers: list[Photographer]) -> None:
    """Until there is enough to be seen."""

    def wait_until(moment: float) -> None:
        time.sleep(max(0.0, moment - demos[0].seconds()))

    for moment in (12, 50, 58):
        wait_until(moment)
        for demo in demos:
            demo.refuse_one()
            if moment == 50:
                demo.sidecar.ask("retry")  # access to the project has been granted
    for each in photographers:
        each.shoot_menu()  # while no window is behind it
    wait_until(SECONDS)


def _shoot_all(demo: Demo, photographers: list[Photographer]) -> None:
    """All first what is seen while much happens, then all the rest."""
    for each in photographers:
        each.open_window()
    for number, name in _PAGES:
        for each in photographers:
            each.shoot_page(number, name)
    for each in photographers:
        each.open_live_page()
    # Until the programs have come to rest. Before, a call has gone before it can be chosen.
    time.sleep(max(0.0, BUSY_SECONDS + 10 - demo.seconds()))
    for each in photographers:
        each.shoot_live_page()
        each.shoot_settings()
        each.shoot_first_start()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--tray", required=True)
    parser.add_argument("folder")
    programs = parser.parse_args()
    icons: dict[str, list[Picture]] = {}
    with desktop(size=_SIZE) as light, desktop(size=_SIZE) as dark:
        demos = [Demo(place, programs.daemon) for place in (light, dark)]
        photographers = [
            Photographer(look, place, programs, demo)
            for look, place, demo in zip((LIGHT, DARK), (light, dark), demos)
        ]

        def keep_icons(state: str) -> None:
            icons[state] = [each.icon(state) for each in photographers]

        print(f"the demo runs for {SECONDS} s", file=sys.stderr, flush=True)
        keep_icons("sending")
        keep_icons("trouble")
        _work(demos, photographers)
        _shoot_all(demos[0], photographers)
        for demo in demos:
            demo.sidecar.ask("pause")
        keep_icons("paused")
        for demo in demos:
            demo.end_programs()
            demo.sidecar.ask("resume")
        keep_icons("idle")
    sheet = [[icons[state][i] for state in ("idle", "sending", "paused", "trouble")] for i in range(2)]
    pathlib.Path(programs.folder, "tray-icons.png").write_bytes(_sheet(sheet).png())


if __name__ == "__main__":
    main()
