"""What shows a tray icon: a watcher that only takes notes, Xfce's panel, and an older tray."""

from __future__ import annotations

import pathlib
import subprocess

from desktop import Desktop
from item import Item
from screen import Picture, Rect
from waiting import wait_for

# The badges' colours (resources/icons), which nothing else on a panel has.
_BADGES = {"sending": (0x2F, 0xA8, 0x4F), "paused": (0x2F, 0x86, 0xE0), "trouble": (0xE5, 0x48, 0x4D)}
_PANEL_HEIGHT = 32
_LOOKS_AT_REST = 10  # a twentieth of a second apart


def look_of(picture: Picture) -> str:
    """The state that the icon shows: "sending", "paused", "trouble", or "idle" without a badge."""

    def near(colour: tuple[int, int, int]) -> int:
        return picture.count(lambda *pixel: all(abs(a - b) < 24 for a, b in zip(pixel, colour)))

    found = {look: near(colour) for look, colour in _BADGES.items()}
    best = max(found, key=lambda look: found[look])
    return best if found[best] > 5 else "idle"


class Watcher:
    """A host without a screen; its log has what it was told, and notifications."""

    def __init__(self, place: Desktop, program: str) -> None:
        self._place = place
        self._program = program
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = self._place.run("watcher", self._program)

    def stop(self) -> None:
        assert self._process
        self._place.stop(self._process)


class Panel:
    """xfce4-panel: the icon comes over the session bus, and so does its menu."""

    def __init__(self, place: Desktop, is_dark: bool = False) -> None:
        self._place = place
        self._process: subprocess.Popen[str] | None = None
        width, height = place.size
        self.rect = Rect(0, height - _PANEL_HEIGHT, width, _PANEL_HEIGHT)
        settings = place.home / ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        text = pathlib.Path(__file__).with_name("xfce4-panel.xml").read_text()
        for name, value in (("DARK", str(is_dark).lower()), ("X", width // 2), ("Y", self.rect.centre[1])):
            text = text.replace(f"@{name}@", str(value))
        settings.write_text(text)

    def start(self) -> None:
        self._process = self._place.run(
            "panel", "xfce4-panel", "--disable-wm-check", "--sm-client-disable"
        )
        wait_for("the panel", Item(self._place).has_host)

    def stop(self) -> None:
        assert self._process
        self._place.stop(self._process)
        wait_for("the panel's end", lambda: not Item(self._place).has_host())

    def look(self) -> str:
        return look_of(self._place.screen.take(self.rect))

    def has_icon(self) -> bool:
        """Whether the icon is to be seen, which takes longer than being told of it."""
        left_end = Rect(self.rect.x, self.rect.y, _PANEL_HEIGHT, _PANEL_HEIGHT)
        return self._place.screen.take(left_end).count(lambda *pixel: max(pixel) < 90) > 30

    def point(self) -> None:
        """At the icon, until its tooltip shows.

        The panel passes a click over in silence that comes before it has seen the pointer come.
        """
        wait_for("the icon on the panel", self.has_icon)
        above = Rect(self.rect.x, self.rect.y - 2 * _PANEL_HEIGHT, self.rect.width // 2, _PANEL_HEIGHT)
        before = self._place.screen.take_still(above)
        self._place.move(self.icon())
        wait_for("the tooltip", lambda: self._place.screen.take(above) != before)

    def icon(self) -> tuple[int, int]:
        """Where the icon is: it stands at the left end."""
        return self.rect.x + _PANEL_HEIGHT // 2, self.rect.centre[1]


class Trayer:
    """trayer: the icon is a window inside of another program's (XEmbed), without any bus."""

    def __init__(self, place: Desktop) -> None:
        self._place = place
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = self._place.run(
            "trayer", "trayer", "--edge", "bottom", "--align", "left", "--widthtype", "request",
            "--height", str(_PANEL_HEIGHT), "--SetDockType", "true", "--transparent", "true",
            "--tint", "0xeeeeee", "--alpha", "0",
        )  # fmt: skip

    def stop(self) -> None:
        assert self._process
        self._place.stop(self._process)

    def place(self, tray: int) -> Rect | None:
        """Where the icon of that process is, or nothing while there is none."""
        return next((place for place in self._place.windows(tray).values() if place.is_small), None)

    def has_icon(self, tray: int) -> bool:
        """Whether the icon is drawn, and stays where it is."""
        place = self.place(tray)
        if not place:
            return False
        picture = self._place.screen.take_still(place)
        return picture.count(lambda *pixel: max(pixel) < 90) > 30 and self.place(tray) == place

    def look(self, tray: int) -> str:
        place = self.place(tray)
        return look_of(self._place.screen.take(place)) if place else ""

    def icon(self, tray: int) -> tuple[int, int]:
        """Where to click. A host that has just taken an icon in still moves and resizes it."""
        looks: list[Rect | None] = []

        def is_at_rest() -> bool:
            looks.append(self.place(tray))
            return len(looks) >= _LOOKS_AT_REST and len(set(looks[-_LOOKS_AT_REST:])) == 1

        wait_for("the icon to come to rest", is_at_rest)
        place = looks[-1]
        assert place, "the icon has gone"
        return place.centre
