"""What every scenario starts from: a desktop, a backend, the daemon and the tray, none started."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
from collections.abc import Iterator

from backend import Backend
from desktop import Desktop, Skipped, desktop
from item import Item
from sidecar import Sidecar
from tray import Tray
from waiting import wait_for


@dataclasses.dataclass(frozen=True)
class Programs:
    daemon: str
    tray: str
    watcher: str


@dataclasses.dataclass(frozen=True)
class Scene:
    programs: Programs
    place: Desktop
    backend: Backend
    sidecar: Sidecar
    tray: Tray
    item: Item

    def wait_for_icon(self) -> None:
        wait_for("the icon", self.item.service)
        wait_for("the state in the tooltip", self.item.line)

    def needs_port(self, port: int) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise Skipped(f"port {port} is in use")


@contextlib.contextmanager
def scene(programs: Programs, with_bus: bool = True) -> Iterator[Scene]:
    with desktop(with_bus) as place:
        backend = Backend()
        sidecar = Sidecar(place, programs.daemon, backend.url)
        tray = Tray(place, programs.tray, sidecar.socket)
        try:
            yield Scene(programs, place, backend, sidecar, tray, Item(place))
        finally:
            sidecar.end_foreign()
            backend.down()
