"""Scenarios with trayer: no session bus at all, and nothing but mouse and keyboard."""

from __future__ import annotations

import time

from hosts import Trayer
from scene import Scene
from waiting import wait_for

PATIENCE_S = 6.0  # with a click


def _start(scene: Scene) -> Trayer:
    trayer = Trayer(scene.place)
    trayer.start()
    scene.sidecar.start()
    scene.tray.start("--hidden")
    wait_for("the icon", lambda: trayer.has_icon(scene.tray.pid))
    return trayer


def _click(scene: Scene, trayer: Trayer, button: int = 1) -> None:
    """Until a window or the menu opens. On a busy machine the icon may be moved late, or not listen
    yet: then again."""
    clicked = None
    clicked_at = 0.0

    def has_opened() -> bool:
        nonlocal clicked, clicked_at
        if scene.tray.windows():
            return True
        icon = trayer.icon(scene.tray.pid)
        if icon != clicked or time.monotonic() - clicked_at > PATIENCE_S:
            clicked, clicked_at = icon, time.monotonic()
            scene.place.click(icon, button)
        return bool(scene.tray.windows())

    wait_for("what a click on the icon opens", has_opened)


def is_used_by_mouse_and_keyboard(scene: Scene) -> None:
    """A click opens the window; a right click and keys choose from the menu."""
    trayer = _start(scene)
    place, tray, sidecar = scene.place, scene.tray, scene.sidecar

    _click(scene, trayer)
    tray.wait_for_window()
    place.press("ctrl+w")
    tray.wait_for_no_window()

    def choose(*keys: str) -> None:
        assert not tray.windows()
        _click(scene, trayer, button=3)
        place.press(*keys)
        wait_for("the menu to close", lambda: not tray.windows())

    choose("Down", "Down", "Down", "Return")  # the line, Open, Pause
    wait_for("the daemon to pause", lambda: sidecar.status()["backend"]["paused_by"] == "user")
    wait_for("the icon to say so", lambda: trayer.look(tray.pid) == "paused")
    choose("d")  # the mnemonic of Resume delivery
    wait_for("the daemon to go on", lambda: not sidecar.status()["backend"]["paused_by"])
    wait_for("the icon to say so", lambda: trayer.look(tray.pid) == "idle")
    choose("Up", "Return")  # the last one
    wait_for("the tray to end", lambda: not tray.is_running())
    assert sidecar.answers(), "the daemon ended with the tray"


def shows_the_daemons_state(scene: Scene) -> None:
    trayer = _start(scene)

    def shows(look: str) -> None:
        wait_for(f"the icon {look!r}", lambda: trayer.look(scene.tray.pid) == look)

    shows("idle")
    scene.backend.down()
    scene.sidecar.send(3)
    shows("trouble")
    scene.backend.up()
    scene.sidecar.ask("retry")
    shows("idle")
    assert scene.sidecar.status()["calls"]["delivered"] == 3
    scene.sidecar.kill()
    shows("trouble")
    scene.sidecar.start()
    shows("idle")


def finds_a_late_host(scene: Scene) -> None:
    """The tray is there first, and its host is started anew."""
    scene.sidecar.start()
    scene.tray.start("--hidden")
    wait_for("the tray to be connected", lambda: scene.sidecar.status()["connections"]["open"] > 0)
    trayer = Trayer(scene.place)
    trayer.start()
    wait_for("the icon", lambda: trayer.place(scene.tray.pid))
    trayer.stop()
    wait_for("the icon to go", lambda: not trayer.place(scene.tray.pid))
    trayer.start()
    wait_for("the icon again", lambda: trayer.has_icon(scene.tray.pid))
    _click(scene, trayer)
    scene.tray.wait_for_window()


def shows_the_window_without_a_host(scene: Scene) -> None:
    """As on GNOME: no icon can be shown, so the window is, and closing it ends the program."""
    scene.sidecar.start()
    scene.tray.start("--hidden")
    scene.tray.wait_for_window()
    scene.place.press("ctrl+w")
    wait_for("the tray to end", lambda: not scene.tray.is_running())
    assert scene.sidecar.answers()


SCENARIOS = (
    is_used_by_mouse_and_keyboard,
    shows_the_daemons_state,
    finds_a_late_host,
    shows_the_window_without_a_host,
)
