"""What a screen reader knows of the tray's windows, and what it can do in them."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import shutil
import subprocess
from typing import Any

from desktop import Desktop
from tray import Tray
from waiting import wait_for

# The system's own: what a developer has besides it lacks the bindings.
PYTHON = "/usr/bin/python3"
# The variable that lets Qt tell its tree although no screen reader has said that it listens.
VARIABLES = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}


def is_possible() -> bool:
    """Whether the bindings are installed."""
    if not shutil.which(PYTHON):
        return False
    probe = "import gi; gi.require_version('Atspi', '2.0')"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


@dataclasses.dataclass(frozen=True)
class Node:
    path: list[int]
    role: str
    name: str
    description: str
    states: list[str]
    text: str

    @property
    def is_part_of_menu(self) -> bool:
        return "menu" in self.role

    def is_below(self, other: Node) -> bool:
        return self.path[: len(other.path)] == other.path and self.path != other.path

    def __str__(self) -> str:
        return f"{self.role} {self.name!r} {self.description!r} at {self.path}"


class Reader:
    def __init__(self, place: Desktop, tray: Tray) -> None:
        self._tray = tray
        self._helper = subprocess.Popen(
            [PYTHON, str(pathlib.Path(__file__).with_name("atspiserver.py"))],
            env=place.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        place.adopt(self._helper)
        assert self._helper.stdout and self._helper.stdout.readline() == "true\n"

    def _ask(self, do: str, **more: Any) -> Any:
        assert self._helper.stdin and self._helper.stdout
        self._helper.stdin.write(json.dumps({"do": do, "pid": self._tray.pid, **more}) + "\n")
        self._helper.stdin.flush()
        return json.loads(self._helper.stdout.readline())

    def nodes(self) -> list[Node]:
        """All that is shown, in the order of the tree, and what is in menus."""
        return [Node(**node) for node in self._ask("tree") or []]

    def focused(self) -> Node | None:
        """What has the keyboard: the innermost, so of a list its item."""
        found = self._ask("focus")
        return Node(**found[-1]) if found else None

    def find(self, role: str, name: str) -> Node | None:
        """The one that is so called, or whose name begins so if NAME ends with a star."""

        def fits(node: Node) -> bool:
            return node.name.startswith(name[:-1]) if name.endswith("*") else node.name == name

        return next((node for node in self.nodes() if node.role == role and fits(node)), None)

    def wait_for(self, role: str, name: str) -> Node:
        return wait_for(f"{role} {name!r}", lambda: self.find(role, name))

    def act(self, role: str, name: str, action: str = "Press") -> None:
        def is_done() -> bool:
            node = self.wait_for(role, name)
            return bool(self._ask("act", path=node.path, name=node.name, action=action))

        wait_for(f"{action} on {role} {name!r}", is_done)
