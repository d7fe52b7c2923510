"""What the pictures show: a daemon, three programs, and a server that is not always well."""

from __future__ import annotations

import pathlib
import random
import subprocess
import sys
import time

from backend import Answer, Backend, Batch
from desktop import Desktop
from sidecar import Sidecar, pair

SECONDS = 72  # before the pictures
BUSY_SECONDS = SECONDS + 35  # then the programs come to rest
_AWAY = (22, 33)  # when the server answers nobody
_HICCUP = (67.5, 68.6)  # once more, shortly before the list of requests is photographed
_CLOSED = (39, 49)  # when it lets nobody write to one project
_BAD_OPERATION = "export_transcript"
_HOST = "trace.acme.example"
_PROJECTS = ("acme/support-bot", "acme/search", "acme/nightly-eval")
# File name, project, answers at a time, seconds from wave to wave.
_PROGRAMS = (
    ("support_bot.py", _PROJECTS[0], 48, 31),
    ("search_service.py", _PROJECTS[1], 18, 23),
    ("nightly_eval.py", _PROJECTS[2], 9, 41),
)


class Demo:
    """The daemon, its server and the programs."""

    def __init__(self, place: Desktop, daemon: str) -> None:
        self._place = place
        self._chance = random.Random(1)
        self._begin = time.monotonic()
        self._programs: list[subprocess.Popen[str]] = []
        self.backend = Backend()
        self.backend.rule = self._answer
        self.sidecar = Sidecar(place, daemon, f"http://{_HOST}")
        proxy = {"HTTP_PROXY": self.backend.url, "NO_PROXY": ""}
        self.sidecar.start("--allow-http", "--flush-interval", "1s", **proxy)
        programs = place.folder / "programs"
        programs.mkdir()
        for name, *arguments in _PROGRAMS:
            (programs / name).symlink_to(pathlib.Path(__file__).with_name("program.py"))
            project, answers, period = (str(each) for each in arguments)
            program = place.run(
                name, sys.executable, str(programs / name), str(self.sidecar.socket), project,
                answers, str(BUSY_SECONDS), period,
            )  # fmt: skip
            self._programs.append(program)

    def seconds(self) -> float:
        return time.monotonic() - self._begin

    def _answer(self, batch: Batch) -> Answer:
        now = self.seconds()
        # A server takes longer for more, and for reasons of its own.
        after_s = 0.05 + batch.calls * 0.0002 + self._chance.expovariate(40)
        if any(begin <= now < end for begin, end in (_AWAY, _HICCUP)):
            return Answer(503, "the database is restarted", after_s)
        if _CLOSED[0] <= now < _CLOSED[1] and _PROJECTS[2] in batch.projects:
            return Answer(403, "the key may not write to this project", after_s)
        if any(_BAD_OPERATION in operation for operation in batch.operations):
            return Answer(422, "inputs.format: not one of pdf, html", after_s)
        return Answer(after_s=after_s)

    def refuse_one(self) -> None:
        """A call that the server does not take, and its daemon gives up."""
        self.sidecar.hand_over(pair(f"bad-{self.seconds():.0f}", _BAD_OPERATION)[:1])

    def end_programs(self) -> None:
        for program in self._programs:
            self._place.stop(program)
