"""Scenarios with Xfce's panel: the icon and its menu over the session bus."""

from __future__ import annotations

import re

from backend import Answer
from hosts import Panel, look_of
from scene import Scene
from waiting import wait_for

_KEY = "0123456789abcdef0123456789abcdef01234567"


def _numbers(line: str) -> tuple[str, int, int]:
    match = re.fullmatch(r"(.+) · ([\d,]+) delivered · ([\d,]+) waiting", line)
    if not match:
        return line, -1, -1
    return match[1], int(match[2].replace(",", "")), int(match[3].replace(",", ""))


def _says_what_the_daemon_says(scene: Scene, panel: Panel, word: str, look: str) -> None:
    """Tooltip, first line of the menu and icon, once nothing moves any more."""

    def is_right() -> bool:
        calls = scene.sidecar.status()["calls"]
        wanted = (word, calls["delivered"], calls["pending"])
        line = scene.item.line()
        return _numbers(line) == wanted and scene.item.menu()[0].label == line and panel.look() == look

    wait_for(f"{word!r} and the daemon's numbers, with the icon {look!r}", is_right)


def shows_the_daemons_state(scene: Scene) -> None:
    """While calls flow, paused, with the backend away and back, and over the daemon's crash."""
    scene.sidecar.start()
    panel = Panel(scene.place)
    panel.start()
    scene.tray.start("--hidden")
    scene.wait_for_icon()
    assert scene.tray.titles() == [], "--hidden shows a window"
    _says_what_the_daemon_says(scene, panel, "Connected", "idle")

    # Calls flow: the numbers lie between what the daemon says before and after.
    scene.backend.rule = lambda _: Answer(after_s=0.05)
    sent = 0

    def is_seen_to_send() -> bool:
        nonlocal sent
        scene.sidecar.send(20)
        sent += 20
        return panel.look() == "sending"

    wait_for("the sign of sending", is_seen_to_send)
    before = scene.sidecar.status()["calls"]["delivered"]
    wait_for("numbers that have moved", lambda: _numbers(scene.item.line())[1] >= max(before, 1))
    assert _numbers(scene.item.line())[1] <= scene.sidecar.status()["calls"]["delivered"]
    _says_what_the_daemon_says(scene, panel, "Connected", "idle")
    assert scene.backend.taken == sent == scene.sidecar.status()["calls"]["delivered"]

    scene.sidecar.ask("pause")  # by somebody else: the tray shows it all the same
    scene.sidecar.send(7)
    _says_what_the_daemon_says(scene, panel, "Paused", "paused")
    assert scene.item.entry("Resume delivery") and not scene.item.entry("Pause delivery")
    scene.sidecar.ask("resume")
    _says_what_the_daemon_says(scene, panel, "Connected", "idle")

    scene.backend.down()
    scene.sidecar.send(5)
    _says_what_the_daemon_says(scene, panel, "Trying again", "trouble")
    scene.backend.up()
    _says_what_the_daemon_says(scene, panel, "Connected", "idle")
    assert scene.sidecar.status()["calls"]["pending"] == 0

    scene.sidecar.kill()
    wait_for("the loss to show", lambda: scene.item.line() == "Not connected")
    wait_for("the sign of trouble", lambda: panel.look() == "trouble")
    pause = scene.item.entry("Pause delivery")
    assert pause and not pause.is_enabled
    assert scene.item.entry("Start the sidecar"), "no daemon, and no way to start one"
    scene.sidecar.start()
    scene.sidecar.send(3)
    _says_what_the_daemon_says(scene, panel, "Connected", "idle")
    assert not scene.item.entry("Start the sidecar")


def every_entry_works(scene: Scene) -> None:
    """Each entry of the menu, and what it does to the daemon, the desktop or the tray itself."""
    place, item, tray, sidecar = scene.place, scene.item, scene.tray, scene.sidecar
    # A server that repeats the key in its answers: the worst that diagnostics could meet.
    scene.backend.rule = lambda _: Answer(401, f"the key {_KEY} is not known")
    sidecar.start(WANDB_API_KEY=_KEY)
    Panel(place).start()
    tray.start("--hidden", WANDB_API_KEY=_KEY)
    scene.wait_for_icon()

    sidecar.send(2)
    wait_for("the refused key to show", lambda: item.line().startswith("Delivery stopped"))
    _copies_diagnostics(scene)

    # "Retry now" is what brings delivery back: by itself the daemon would wait for half a minute.
    scene.backend.rule = lambda _: Answer()
    item.click("Retry now")
    wait_for("delivery", lambda: sidecar.status()["calls"]["delivered"] == 2, 10)

    wait_for("the entry", lambda: item.entry("Pause delivery"))
    item.click("Pause delivery")
    wait_for("the daemon to pause", lambda: sidecar.status()["backend"]["paused_by"] == "user")
    wait_for("the entry's other text", lambda: item.entry("Resume delivery"))
    sidecar.send(2)
    item.click("Resume delivery")
    wait_for("the daemon to go on", lambda: sidecar.status()["calls"]["pending"] == 0)

    assert tray.titles() == []
    for entry in ("Connected", "Open Weave Sidecar"):
        wait_for("the state in the first line", lambda: item.entry(entry))
        item.click(entry)
        tray.wait_for_window()
        place.press("ctrl+w")
        tray.wait_for_no_window()
        assert tray.is_running(), "closing the window ends the tray"
    item.activate()  # what a click on the icon does
    tray.wait_for_window()
    place.press("ctrl+w")
    tray.wait_for_no_window()

    for entry, title in (("Settings", "Settings of Weave Sidecar"), ("About", "About Weave Sidecar")):
        item.click(entry)
        tray.wait_for_window(title)
        place.press("Escape")
        tray.wait_for_no_window(title)

    _starts_at_login(scene)

    item.click("Quit (the sidecar goes on)")
    wait_for("the tray to end", lambda: not tray.is_running())
    wait_for("the panel to let the icon go", lambda: not item.service())
    assert sidecar.answers(), "the daemon ended with the tray"


def _copies_diagnostics(scene: Scene) -> None:
    scene.item.click("Copy diagnostics")
    text = wait_for("the clipboard", scene.place.clipboard)
    status = scene.sidecar.status()
    assert f"weave-sidecar: {status['version']}" in text, text
    assert f"pending: {status['calls']['pending']}," in text, text
    assert scene.backend.url in text and "401" in text, text
    assert _KEY not in text, "the key is in the diagnostics"
    assert str(scene.place.home) not in text, text


def _starts_at_login(scene: Scene) -> None:
    file = scene.place.home / ".config/autostart/weave-sidecar-tray.desktop"

    def is_checked() -> bool:
        entry = scene.item.entry("Start at login")
        return entry is not None and entry.is_checked

    assert not file.exists() and not is_checked()
    scene.item.click("Start at login")
    wait_for("the autostart file", file.exists)
    assert f'Exec="{scene.programs.tray}" --hidden' in file.read_text()
    wait_for("the check mark", is_checked)
    scene.item.click("Start at login")
    wait_for("the autostart file to go", lambda: not file.exists())
    wait_for("the check mark to go", lambda: not is_checked())


def flushes_at_once(scene: Scene) -> None:
    """A batch that would stay open for long leaves with "Flush now"."""
    scene.sidecar.start("--flush-interval", "1h")
    Panel(scene.place).start()
    scene.tray.start("--hidden")
    scene.wait_for_icon()
    scene.sidecar.send(4)
    assert scene.sidecar.status()["calls"]["pending"] == 4
    scene.item.click("Flush now")
    wait_for("delivery", lambda: scene.sidecar.status()["calls"]["delivered"] == 4)
    assert scene.backend.taken == 4


def is_used_by_mouse(scene: Scene) -> None:
    """The panel draws the icon and the menu; a hand clicks on both."""
    scene.sidecar.start()
    panel = Panel(scene.place)
    panel.start()
    scene.tray.start("--hidden")
    panel.point()
    scene.place.click(panel.icon())
    scene.tray.wait_for_window()
    scene.place.press("ctrl+w")
    scene.tray.wait_for_no_window()

    nothing_open = scene.place.screen.take_still()
    scene.place.click(panel.icon(), button=3)
    wait_for("the menu", lambda: scene.place.screen.take_still() != nothing_open)
    scene.place.press("Down", "Down", "Down", "Return")  # the line, Open, Pause
    wait_for("the daemon to pause", lambda: scene.sidecar.status()["backend"]["paused_by"] == "user")
    wait_for("the icon to say so", lambda: panel.look() == "paused")


def _shows_on_a_new_panel(scene: Scene, panel: Panel, look: str) -> None:
    """What the tray gives to the panel has to be right each time, and the panel has to draw it.

    A panel that was ended a moment after its start was seen not to draw what it had been given when it
    was started again (xfce4-panel 4.18, once in about two hundred times, the cause not found): drawing
    has a second try, and the output tells of it.
    """
    for _ in range(2):
        panel.start()
        scene.wait_for_icon()
        wait_for(f"the icon {look!r} for the panel", lambda: look_of(scene.item.picture()) == look)
        try:
            wait_for(f"the icon {look!r} on the new panel", lambda: panel.look() == look, 10)
            return
        except AssertionError as failure:
            print(f"{failure}: {panel.look()!r}, an icon: {panel.has_icon()}", flush=True)
            panel.stop()
    raise AssertionError(f"twice the panel did not draw the icon {look!r} that it was given")


def finds_a_late_host(scene: Scene) -> None:
    """At login the panel may come after the tray, and it may be started anew."""
    scene.sidecar.start()
    scene.tray.start("--hidden")
    # Without a panel the tray waits, without a window, for longer than this.
    wait_for("the tray to be connected", lambda: scene.sidecar.status()["connections"]["open"] > 0)
    assert scene.tray.is_running() and scene.tray.titles() == []
    panel = Panel(scene.place)
    panel.start()
    scene.wait_for_icon()
    panel.stop()
    scene.sidecar.ask("pause")  # while nobody can see it
    _shows_on_a_new_panel(scene, panel, "paused")
    scene.item.click("Resume delivery")
    wait_for("the daemon to go on", lambda: not scene.sidecar.status()["backend"]["paused_by"])


def stays_with_a_very_late_host(scene: Scene) -> None:
    """Without a panel the window comes, and closing it is the end; not when a panel has come after all."""
    scene.sidecar.start()
    scene.tray.start("--hidden")
    wait_for("the window in place of an icon", scene.tray.titles, 30)
    Panel(scene.place).start()
    scene.wait_for_icon()
    scene.tray.wait_for_window()
    scene.place.press("ctrl+w")
    scene.tray.wait_for_no_window()
    assert scene.tray.is_running(), "closing the window ends the tray, in spite of its icon"
    scene.item.click("Open Weave Sidecar")
    scene.tray.wait_for_window()


SCENARIOS = (
    shows_the_daemons_state,
    every_entry_works,
    flushes_at_once,
    is_used_by_mouse,
    finds_a_late_host,
    stays_with_a_very_late_host,
)
