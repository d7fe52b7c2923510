"""Scenarios that need no panel: a stand-in takes notes in its place."""

from __future__ import annotations

import os
import signal

from hosts import Watcher
from scene import Scene
from tray import WINDOW, Tray
from waiting import wait_for


def _settings_are_made(scene: Scene) -> None:
    settings = scene.place.home / ".config/weave-sidecar/config.toml"
    settings.parent.mkdir(parents=True)
    folder = scene.place.folder
    settings.write_text(f'backend = "file:{folder}/calls.ndjson"\nspool-dir = "{folder}/spool"\n')


def is_one(scene: Scene) -> None:
    """A second start shows the window of the first and ends; at login it ends without a word."""
    scene.sidecar.start()
    scene.tray.start("--hidden")
    second = Tray(scene.place, scene.programs.tray, scene.sidecar.socket)
    wait_for("the first to be there", lambda: list((scene.place.folder / "runtime").glob("*.lock")))
    second.start("--hidden")
    wait_for("the second to end", lambda: not second.is_running())
    assert scene.tray.titles() == []
    second.start()
    wait_for("the second to end", lambda: not second.is_running())
    scene.tray.wait_for_window()


def starts_the_daemon(scene: Scene) -> None:
    """None answers and the settings are made: the tray starts one, which outlives it."""
    _settings_are_made(scene)
    host = Watcher(scene.place, scene.programs.watcher)
    host.start()
    scene.tray.start("--hidden")
    wait_for("the daemon", scene.sidecar.answers)
    pid = int(scene.sidecar.status()["pid"])
    scene.tray.stop()
    assert scene.sidecar.answers(), "the daemon ended with the tray"
    # Started again, the tray finds the daemon instead of starting another.
    scene.tray.start("--hidden")
    scene.wait_for_icon()
    wait_for("the connection", lambda: scene.item.line().startswith("Connected"))
    assert int(scene.sidecar.status()["pid"]) == pid
    # Who ends the daemon wants it to be ended.
    os.kill(pid, signal.SIGTERM)
    wait_for("the daemon to end", lambda: not scene.sidecar.answers())
    wait_for("the tray to see it", lambda: scene.item.line() == "Not connected")
    assert scene.item.entry("Start the sidecar")
    assert not scene.sidecar.answers(), "the tray has started it again"


def asks_what_becomes_of_its_daemon(scene: Scene) -> None:
    """Quit asks when the tray has started the daemon: stay, leave it running, or stop it too."""
    _settings_are_made(scene)
    Watcher(scene.place, scene.programs.watcher).start()
    opened = scene.place.stand_in("xdg-open")
    scene.tray.start("--hidden")
    wait_for("the daemon", scene.sidecar.answers)
    scene.wait_for_icon()

    scene.item.click("Open log")
    # The file is there before the line in it.
    said = wait_for("the log to be opened", lambda: opened.exists() and opened.read_text().strip())
    assert said.endswith("/.local/state/weave-sidecar/daemon.log"), said

    question = "Quit Weave Sidecar"
    wait_for("the entry that will ask", lambda: scene.item.entry("Quit…"))
    scene.item.click("Quit…")
    scene.tray.wait_for_window(question)
    scene.item.click("Quit…")  # which shows the same question, and no second one
    scene.place.press("Escape")
    scene.tray.wait_for_no_window(question)
    assert scene.tray.is_running() and scene.sidecar.answers()

    scene.item.click("Quit…")
    scene.tray.wait_for_window(question)
    scene.place.press("alt+s")
    wait_for("the tray to end", lambda: not scene.tray.is_running())
    wait_for("the daemon to end", lambda: not scene.sidecar.answers())


def says_what_it_cannot_do(scene: Scene) -> None:
    """With no window open, what did not work becomes a notification."""
    scene.sidecar.start()
    Watcher(scene.place, scene.programs.watcher).start()
    scene.tray.start("--hidden")
    scene.wait_for_icon()
    scene.item.click("Open log")  # this daemon's goes to wherever the test has sent it
    _is_told(scene, "There is no log to open: ")
    scene.item.click("Pause delivery")
    wait_for("the daemon to pause", lambda: scene.sidecar.status()["backend"]["paused_by"] == "user")
    scene.sidecar.send(2)
    scene.item.click("Flush now")
    _is_told(scene, "Not all calls could be delivered: ")


def says_all_of_a_long_reason(scene: Scene) -> None:
    """What does not fit into the window's last line is said in a box."""
    _settings_are_made(scene)
    settings = scene.place.home / ".config/weave-sidecar/config.toml"
    missing = scene.place.home / ("certificates-" * 12)
    settings.write_text(settings.read_text() + f'ca-file = "{missing}"\n')
    scene.tray.start()  # which starts a daemon, in vain
    wait_for("the box beside the window", lambda: scene.tray.titles() == 2 * [WINDOW])


def _is_told(scene: Scene, beginning: str) -> None:
    wait_for("the notification", lambda: f"notification {beginning}" in scene.place.log("watcher"))


SCENARIOS = (
    is_one,
    starts_the_daemon,
    asks_what_becomes_of_its_daemon,
    says_what_it_cannot_do,
    says_all_of_a_long_reason,
)
