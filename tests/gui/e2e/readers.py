"""Scenarios for those who hear instead of see: what a screen reader is told, and can do."""

from __future__ import annotations

from reader import VARIABLES, Node, Reader
from scene import Scene
from waiting import wait_for

PAGES = ("Overview", "Flushes", "Clients", "Problems", "Live calls")

# What is used and not only looked at. Cells of a table may be empty; what can have the keyboard is
# used whatever it is.
_USED = {
    "check box", "chart", "combo box", "link", "list", "list item", "menu item", "page tab",
    "page tab list", "password text", "progress bar", "push button", "radio button", "slider",
    "spin button", "table", "table column header", "text", "toggle button", "tree",
}  # fmt: skip


def _nameless(nodes: list[Node]) -> list[str]:
    return [
        str(node)
        for node in nodes
        if not node.name
        and node.role != "table cell"
        and (node.role in _USED or "FOCUSABLE" in node.states)
    ]


def _roleless(nodes: list[Node]) -> list[str]:
    """What can have the keyboard says what it is. (A tab widget hands the keyboard to its tabs.)"""
    tabs = [node for node in nodes if node.role == "page tab list"]
    return [
        str(node)
        for node in nodes
        if "FOCUSABLE" in node.states
        and node.role in ("filler", "unknown")
        and not any(each.path[:-1] == node.path for each in tabs)
    ]


def _check(reader: Reader, least: int) -> None:
    nodes = reader.nodes()
    used = [node for node in nodes if node.role in _USED]
    assert len(used) >= least, f"only {len(used)} things to use: {[str(node) for node in used]}"
    assert _nameless(nodes) == [], "\n".join(_nameless(nodes))
    assert _roleless(nodes) == [], "\n".join(_roleless(nodes))


def _open(scene: Scene) -> Reader:
    scene.sidecar.start()
    scene.tray.start(**VARIABLES)
    scene.tray.wait_for_window()
    return Reader(scene.place, scene.tray)


def names_everything(scene: Scene) -> None:
    """Nothing that can be used is without a name, on any page and in any dialog."""
    reader = _open(scene)
    reader.wait_for("label", "Connected*")
    scene.sidecar.send(4)
    for page in PAGES:
        reader.act("menu item", page)
        reader.wait_for("filler", page)
        _check(reader, least=20)
    scene.sidecar.send(4)  # for the page of live calls, which begins when it is opened
    reader.wait_for("table cell", "answer")
    _check(reader, least=20)

    reader.act("menu item", "Settings…")
    scene.tray.wait_for_window("Settings of Weave Sidecar")
    tabs = [node.name for node in reader.nodes() if node.role == "page tab"]
    assert len(tabs) >= 4, tabs
    for tab in tabs:
        reader.act("page tab", tab)
        _check(reader, least=25)
    scene.place.press("Escape")
    scene.tray.wait_for_no_window("Settings of Weave Sidecar")

    reader.act("menu item", "About Weave Sidecar")
    scene.tray.wait_for_window("About Weave Sidecar")
    _check(reader, least=20)


def names_the_first_questions(scene: Scene) -> None:
    """No daemon and no settings: where calls shall go is asked, and how to go on is shown."""
    scene.needs_port(8319)  # where the first start lets a daemon listen
    scene.tray.start(**VARIABLES)
    scene.tray.wait_for_window("Welcome to Weave Sidecar")
    reader = Reader(scene.place, scene.tray)
    reader.wait_for("radio button", "Send calls to a trace server")
    _check(reader, least=25)
    reader.act("radio button", "Keep calls in a local file", "Toggle")
    reader.act("push button", "Start the sidecar")
    reader.wait_for("push button", "Copy Python lines")
    _check(reader, least=25)
    wait_for("the daemon", scene.sidecar.answers)
    reader.act("push button", "Close")
    scene.tray.wait_for_no_window("Welcome to Weave Sidecar")

    reader.wait_for("menu item", "Quit…")
    reader.act("menu item", "Quit…")
    scene.tray.wait_for_window("Quit Weave Sidecar")
    _check(reader, least=20)
    reader.act("push button", "Stop it too")
    wait_for("the daemon to end", lambda: not scene.sidecar.answers())


def tells_the_state(scene: Scene) -> None:
    """The line, the facts and what the plots show are there in words, and are the daemon's."""
    reader = _open(scene)
    scene.sidecar.ask("pause")
    pending = 40
    scene.sidecar.send(pending)
    reader.wait_for("label", f"Paused · 0 delivered · {pending} waiting")
    reader.wait_for("label", "Paused by you; calls are kept")

    def plot_says(words: str) -> bool:
        plot = reader.find("chart", "Waiting calls")
        return plot is not None and words in plot.description

    wait_for("the plot to say it", lambda: plot_says(f"now: Calls: {pending}."))
    spool = reader.wait_for("progress bar", "Waiting bytes")
    size = scene.sidecar.status()["calls"]["pending_bytes"]
    assert spool.description.startswith(f"{size / 1024:.1f} KiB of 1.0 GiB"), (spool.description, size)


def is_used_without_seeing(scene: Scene) -> None:
    """Buttons are pressed and pages turned by the reader, and the daemon does it."""
    reader = _open(scene)
    reader.act("push button", "Pause delivery")
    wait_for("the daemon to pause", lambda: scene.sidecar.status()["backend"]["paused_by"] == "user")
    scene.sidecar.send(3)
    reader.act("push button", "Resume delivery")
    wait_for("delivery", lambda: scene.sidecar.status()["calls"]["delivered"] == 3)

    for page in reversed(PAGES):
        reader.act("list item", page, "Toggle")
        reader.wait_for("filler", page)
    reader.act("menu item", "Flushes")
    reader.wait_for("table cell", "200 · delivered")


SCENARIOS = (names_everything, names_the_first_questions, tells_the_state, is_used_without_seeing)
