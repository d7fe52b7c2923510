"""What the tray costs while 10,000 calls a second pass, and whether it keeps up."""

from __future__ import annotations

import dataclasses
import threading
import time

from hosts import Watcher
from scene import Scene
from waiting import wait_for

_RATE = 10_000
_SECONDS = 5


@dataclasses.dataclass(frozen=True)
class _Costs:
    processor: float  # of one, 1 is all of it
    megabytes: float
    answers: list[float]  # seconds that the program took to answer a question, sorted

    @property
    def usual_answer(self) -> float:
        return self.answers[len(self.answers) * 9 // 10]

    def __str__(self) -> str:
        return (
            f"{self.processor:.1%} of a processor, {self.megabytes:.0f} MB, answers within "
            f"{self.usual_answer * 1000:.0f} ms (9 of 10), {self.answers[-1] * 1000:.0f} ms (all)"
        )


def _measure(scene: Scene, what: str) -> _Costs:
    """While the calls pass, the program is asked for its tooltip, which its main thread answers."""
    answers: list[float] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            begin = time.monotonic()
            assert scene.item.line()
            answers.append(time.monotonic() - begin)

    asking = threading.Thread(target=ask)
    before = scene.tray.cpu_seconds()
    asking.start()
    sent = scene.sidecar.send_steadily(_RATE, _SECONDS)
    used = (scene.tray.cpu_seconds() - before) / _SECONDS
    is_over.set()
    asking.join()
    assert len(answers) >= 10, "the questions were not answered"
    costs = _Costs(used, scene.tray.resident_megabytes(), sorted(answers))
    print(f"   {what}, {sent / _SECONDS:,.0f} calls/s: {costs}", flush=True)
    return costs


def _start(scene: Scene, *flags: str) -> None:
    scene.sidecar.backend = f"file:{scene.place.folder}/calls.ndjson"
    scene.sidecar.start()
    Watcher(scene.place, scene.programs.watcher).start()
    scene.tray.start(*flags)
    scene.wait_for_icon()
    wait_for("the connection", lambda: scene.item.line().startswith("Connected"))


def costs_little_hidden(scene: Scene) -> None:
    """The window is hidden: 80 MB and 1 % of a processor at most."""
    _start(scene, "--hidden")
    before = scene.tray.cpu_seconds()
    sent = scene.sidecar.send_steadily(_RATE, _SECONDS)
    used = (scene.tray.cpu_seconds() - before) / _SECONDS
    memory = scene.tray.resident_megabytes()
    print(f"   hidden, {sent / _SECONDS:,.0f} calls/s: {used:.1%} of a processor, {memory:.0f} MB")
    assert used <= 0.01, f"the tray uses {used:.1%}"
    assert memory <= 80, f"the tray takes {memory:.0f} MB"


def stays_smooth_open(scene: Scene) -> None:
    """With the plots open, and with calls passing on the page of live calls, it answers at once."""
    _start(scene)
    scene.tray.wait_for_window()
    for page, processor in (("overview", 0.10), ("live calls", 0.25)):
        scene.place.press("ctrl+1" if page == "overview" else "ctrl+5")
        costs = _measure(scene, page)
        assert costs.processor <= processor, costs
        assert costs.usual_answer <= 0.25, costs


SCENARIOS = (costs_little_hidden, stays_smooth_open)
