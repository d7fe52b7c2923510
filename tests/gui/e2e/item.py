"""A tray icon as a host on the session bus sees it: the item, its tooltip and its menu."""

from __future__ import annotations

import dataclasses
import re

from desktop import Desktop
from screen import Picture

_WATCHER = "org.kde.StatusNotifierWatcher"
_ITEM = "org.kde.StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_GET = "org.freedesktop.DBus.Properties.Get"

# A text as gdbus prints it: in quotes of either kind, with backslashes.
_TEXT = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""


def _plain(match: re.Match[str]) -> str:
    text = match[1] if match[1] is not None else match[2]
    return text.replace("\\n", "\n").replace("\\'", "'").replace('\\"', '"').replace("\\\\", "\\")


@dataclasses.dataclass(frozen=True)
class Entry:
    number: int
    label: str  # without mnemonics
    is_enabled: bool
    is_visible: bool
    is_checked: bool


class Item:
    """The one icon that a desktop shows; asked anew each time, as it may have been put there again."""

    def __init__(self, place: Desktop) -> None:
        self._place = place

    def _call(self, service: str, path: str, method: str, *arguments: str) -> str:
        return self._place.ask(
            "gdbus", "call", "--session", "-d", service, "-o", path, "-m", method, *arguments
        )  # fmt: skip

    def has_host(self) -> bool:
        bus = "org.freedesktop.DBus"
        return "true" in self._call(bus, "/org/freedesktop/DBus", f"{bus}.NameHasOwner", _WATCHER)

    def service(self) -> str:
        """The connection of the icon that the host has, or nothing."""
        items = self._call(_WATCHER, "/StatusNotifierWatcher", _GET, _WATCHER, "RegisteredStatusNotifierItems")
        found: list[str] = re.findall(r"'(:[\d.]+)/StatusNotifierItem'", items)
        return found[-1] if found else ""

    def line(self) -> str:
        """What the tooltip says below the program's name."""
        tooltip = self._call(self.service(), "/StatusNotifierItem", _GET, _ITEM, "ToolTip")
        for match in re.finditer(_TEXT, tooltip):
            name, _, line = _plain(match).partition("\n")
            if name == "Weave Sidecar":
                return line
        return ""

    def picture(self) -> Picture:
        """The largest that a host is given to draw, without its transparency."""
        pixmaps = self._call(self.service(), "/StatusNotifierItem", _GET, _ITEM, "IconPixmap")
        largest = Picture(0, 0, [])
        for width, height, data in re.findall(r"\((\d+), (\d+), \[([^]]*)\]", pixmaps):
            argb = bytes(int(byte, 16) for byte in re.findall(r"0x[0-9a-f]{2}", data))
            if int(width) > largest.width:
                rgb = bytes(byte for at, byte in enumerate(argb) if at % 4)
                row = 3 * int(width)
                rows = [rgb[at : at + row] for at in range(0, len(rgb), row)]
                largest = Picture(int(width), int(height), rows)
        return largest

    def activate(self) -> None:
        self._call(self.service(), "/StatusNotifierItem", f"{_ITEM}.Activate", "10", "10")

    def menu(self) -> list[Entry]:
        layout = self._call(
            self.service(), "/MenuBar", f"{_MENU}.GetLayout", "0", "--", "-1", "[]"
        )  # fmt: skip
        entries = []
        for number, properties in re.findall(r"\((\d+), \{([^}]*)\}", layout):
            label = re.search(rf"'label': <{_TEXT}>", properties)
            if label:
                entries.append(
                    Entry(
                        int(number),
                        re.sub("_(.)", r"\1", _plain(label)),
                        "'enabled': <false>" not in properties,
                        "'visible': <false>" not in properties,
                        "'toggle-state': <1>" in properties,
                    )
                )
        return entries

    def entry(self, label: str) -> Entry | None:
        """The entry that begins so, if it is there to be seen."""
        shown = (entry for entry in self.menu() if entry.is_visible)
        return next((entry for entry in shown if entry.label.startswith(label)), None)

    def click(self, label: str) -> None:
        entry = self.entry(label)
        assert entry, f"no entry {label!r} in {[each.label for each in self.menu()]}"
        assert entry.is_enabled, f"{entry.label!r} cannot be clicked"
        self._call(self.service(), "/MenuBar", f"{_MENU}.Event", str(entry.number), "clicked", "<''>", "0")
