"""Scenarios for those without a mouse: every page and every action by keys, from a window just opened."""

from __future__ import annotations

from backend import Answer
from reader import VARIABLES, Node, Reader
from readers import PAGES
from scene import Scene
from sidecar import pair
from tray import WINDOW
from waiting import wait_for

_SETTINGS = "Settings of Weave Sidecar"


def _open(scene: Scene, *flags: str) -> Reader:
    scene.sidecar.start(*flags)
    scene.tray.start(**VARIABLES)
    scene.tray.wait_for_window()
    reader = Reader(scene.place, scene.tray)
    reader.wait_for("label", "Connected*")
    return reader


def _focus(reader: Reader) -> Node:
    return wait_for("the keyboard to be somewhere", reader.focused)


def _press_on(scene: Scene, reader: Reader, key: str, before: Node) -> Node:
    """Where the keyboard is after a key that takes it further."""
    scene.place.press(key)

    def elsewhere() -> Node | None:
        node = reader.focused()
        return node if node and node.path != before.path else None

    return wait_for(f"{key} to lead on from {before}", elsewhere)


def _press_until(scene: Scene, reader: Reader, key: str, role: str, name: str) -> None:
    """Until the keyboard is there."""
    seen: list[str] = []
    node = _focus(reader)
    while (node.role, node.name) != (role, name):
        seen.append(str(node))
        assert len(seen) < 30, f"{key} does not come to {role} {name!r}, but to:\n" + "\n".join(seen)
        node = _press_on(scene, reader, key, node)


def _unreached(scene: Scene, reader: Reader, window: str) -> list[str]:
    """What could have the keyboard in this window, and does not get it by Tab."""
    visited: list[list[int]] = []
    node = _focus(reader)
    while node.path not in visited:
        visited.append(node.path)
        node = _press_on(scene, reader, "Tab", node)
    nodes = reader.nodes()
    top = next(node for node in nodes if len(node.path) == 1 and node.name == window)

    def is_reached(node: Node) -> bool:
        return any(path[: len(node.path)] == node.path for path in visited)

    # Labels can be read as they are; a row is reached in its table, an item in its list.
    parts = ("label", "table cell", "list item", "page tab")
    wanted = [
        node
        for node in nodes
        if node.is_below(top)
        and {"FOCUSABLE", "ENABLED", "SHOWING"} <= set(node.states)
        and node.role not in parts
    ]
    assert len(wanted) >= 4, [str(node) for node in wanted]
    # One radio button of a group gets the keyboard; arrows go to the others.
    radios = [node for node in wanted if node.role == "radio button"]
    if any(is_reached(node) for node in radios):
        wanted = [node for node in wanted if node not in radios]
    return [str(node) for node in wanted if not is_reached(node)]


def reaches_every_page(scene: Scene) -> None:
    """By its number, by the arrows in the list, and by the menu; Tab goes everywhere on it."""
    reader = _open(scene)
    scene.sidecar.send(4)
    for number, page in enumerate(PAGES, 1):
        scene.place.press(f"ctrl+{number}")
        reader.wait_for("filler", page)
        if page == "Live calls":
            scene.sidecar.send(4)
            reader.wait_for("table cell", "answer")
        unreached = _unreached(scene, reader, WINDOW)
        assert unreached == [], f"on {page}: " + "\n".join(unreached)
    scene.place.press("ctrl+1")
    _press_until(scene, reader, "Tab", "list item", "Overview")
    for page in PAGES[1:]:
        scene.place.press("Down")
        reader.wait_for("filler", page)
    scene.place.press("Home")
    reader.wait_for("filler", PAGES[0])
    scene.place.press("alt+p", "Down", "Down", "Return")
    reader.wait_for("filler", PAGES[2])


def reads_the_plots(scene: Scene) -> None:
    """Arrows go back in time on a plot."""
    reader = _open(scene)
    scene.sidecar.ask("pause")
    scene.sidecar.send(8)
    _press_until(scene, reader, "Tab", "chart", "Waiting calls")

    def says(words: str) -> bool:
        node = reader.focused()
        return node is not None and words in node.description

    wait_for("eight calls", lambda: says("now: Calls: 8."))
    scene.place.press("Home")  # the oldest value: nobody was there to note it
    wait_for("the oldest value", lambda: says("59 s ago: Calls: no data."))


def does_everything(scene: Scene) -> None:
    """Each action of the menus, by its keys or through its menu."""
    place, sidecar, tray = scene.place, scene.sidecar, scene.tray
    reader = _open(scene, "--flush-interval", "1h")
    sidecar.send(2)
    place.press("ctrl+Return")
    wait_for("the flush", lambda: sidecar.status()["calls"]["delivered"] == 2)
    place.press("alt+s", "d")
    wait_for("the daemon to pause", lambda: sidecar.status()["backend"]["paused_by"] == "user")
    reader.wait_for("push button", "Resume delivery")
    _press_until(scene, reader, "Tab", "push button", "Resume delivery")
    place.press("space")
    wait_for("the daemon to go on", lambda: not sidecar.status()["backend"]["paused_by"])

    scene.backend.rule = lambda _: Answer(401)  # after that the daemon waits for half a minute
    sidecar.send(2)
    place.press("ctrl+Return")
    reader.wait_for("label", "Delivery stopped*")
    scene.backend.rule = lambda _: Answer()
    place.press("F5")
    wait_for("the retry", lambda: sidecar.status()["calls"]["delivered"] == 4, 10)

    place.press("alt+h", "c")
    wait_for("the diagnostics", lambda: "delivered: " in place.clipboard())
    place.press("alt+s", "g")
    wait_for("start at login", (place.home / ".config/autostart").exists)
    place.press("ctrl+comma")
    tray.wait_for_window(_SETTINGS)
    place.press("Escape")
    tray.wait_for_no_window(_SETTINGS)
    tray.wait_for_window()
    place.press("alt+h", "a")
    tray.wait_for_window("About Weave Sidecar")
    place.press("Return")
    tray.wait_for_no_window("About Weave Sidecar")
    tray.wait_for_window()
    place.press("ctrl+q")
    wait_for("the tray to end", lambda: not tray.is_running())
    assert sidecar.answers()


def looks_into_calls(scene: Scene) -> None:
    """Calls are searched, unfolded and looked into."""
    place, sidecar = scene.place, scene.sidecar
    reader = _open(scene)
    place.press("ctrl+5")
    reader.wait_for("filler", "Live calls")
    # What passes before the page has asked for calls is not shown.
    wait_for("the subscription", lambda: _is_told_of_calls(scene, reader))

    place.press("ctrl+f")
    wait_for("the search field", lambda: _has_focus(reader, "text", "Search in calls"))
    place.type("rank")
    # Its child fits, so the parent stays; the other one goes.
    wait_for("the search", lambda: reader.find("table cell", "other") is None)
    _press_until(scene, reader, "Tab", "check box", "Show payloads")
    place.press("space")
    wait_for("the payloads", lambda: "CHECKED" in reader.wait_for("check box", "Show payloads").states)
    _press_until(scene, reader, "Tab", "push button", "Clear")
    place.press("space")
    wait_for("an empty page", lambda: reader.find("table cell", "answer") is None)
    place.press("ctrl+f", "ctrl+a", "BackSpace")
    wait_for("calls with payloads", lambda: _is_told_of_calls(scene, reader))
    node = _focus(reader)
    while node.role not in ("tree", "table cell"):
        node = _press_on(scene, reader, "Tab", node)
    place.press("End", "Right")  # the oldest trace, unfolded
    reader.wait_for("table cell", "rank")
    place.press("Down")

    def details() -> str:
        node = reader.find("text", "Details of the selected call")
        return node.text if node else ""

    wait_for("the details", lambda: '"limit":5' in details().replace(" ", ""))


def _is_told_of_calls(scene: Scene, reader: Reader) -> bool:
    scene.sidecar.hand_over(
        pair("1", "answer") + pair("2", "rank", parent="1", inputs={"limit": 5}) + pair("3", "other")
    )
    return reader.find("table cell", "answer") is not None


def _has_focus(reader: Reader, role: str, name: str) -> bool:
    node = reader.focused()
    return node is not None and (node.role, node.name) == (role, name)


def answers_the_first_questions(scene: Scene) -> None:
    """From nothing to a daemon that runs."""
    title = "Welcome to Weave Sidecar"
    scene.needs_port(8319)  # where the first start lets a daemon listen
    scene.tray.start(**VARIABLES)
    scene.tray.wait_for_window(title)
    reader = Reader(scene.place, scene.tray)
    assert (unreached := _unreached(scene, reader, title)) == [], unreached
    scene.place.press("alt+l")
    choice = "Keep calls in a local file"
    wait_for("the choice", lambda: "CHECKED" in reader.wait_for("radio button", choice).states)
    assert (unreached := _unreached(scene, reader, title)) == [], unreached
    scene.place.press("alt+s")
    wait_for("the daemon", scene.sidecar.answers)
    reader.wait_for("push button", "Copy Python lines")
    assert (unreached := _unreached(scene, reader, title)) == [], unreached
    _press_until(scene, reader, "Tab", "push button", "Copy Python lines")
    scene.place.press("space")
    wait_for("the lines", lambda: "WEAVE_USE_SIDECAR=true" in scene.place.clipboard())
    scene.place.press("Escape")
    scene.tray.wait_for_no_window(title)
    scene.tray.wait_for_window()

    scene.place.press("ctrl+comma")
    scene.tray.wait_for_window(_SETTINGS)
    tabs = [node.name for node in reader.nodes() if node.role == "page tab"]
    for tab in tabs:
        wait_for(f"the tab {tab}", lambda name=tab: _has_focus(reader, "page tab", name))
        assert (unreached := _unreached(scene, reader, _SETTINGS)) == [], (tab, unreached)
        scene.place.press("Right")
    scene.place.press("Escape")
    scene.tray.wait_for_no_window(_SETTINGS)

    reader.wait_for("menu item", "Quit…")
    scene.place.press("ctrl+q")
    scene.tray.wait_for_window("Quit Weave Sidecar")
    scene.place.press("alt+s")
    wait_for("the daemon to end", lambda: not scene.sidecar.answers())


SCENARIOS = (
    reaches_every_page,
    reads_the_plots,
    does_everything,
    looks_into_calls,
    answers_the_first_questions,
)
