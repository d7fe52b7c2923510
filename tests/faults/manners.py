"""How the sink answers, and what a request asked of it."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Container
from urllib.parse import unquote

from bodies import Invalid, Reading, read_complete, read_single, read_upsert
from payloads import project_name, start_of

UPSERT, COMPLETE, START, END = "upsert", "complete", "start", "end"
_V2_ENDS = {"calls/complete": COMPLETE, "call/start": START, "call/end": END}


@dataclasses.dataclass(frozen=True)
class Answer:
    """ok and status answer in full; close, cut, cut-head and hang leave the daemon in the dark."""

    kind: str = "ok"
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    after_s: float = 0.0
    # A server that fails to answer may have kept the calls all the same.
    keeps: bool = True

    @property
    def is_confirmation(self) -> bool:
        return self.kind == "ok"

    @property
    def stores(self) -> bool:
        return self.kind != "status" and self.keeps


OK = Answer()


def refusal(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("status", status, body, named)


TOO_LARGE = refusal(413, b'{"reason":"too large for this server"}')
_POISONED = refusal(400, b'{"reason":"op_name is \\"poisoned\\""}')
# The framework's own answer to a path that no route has.
_NO_ROUTE = refusal(404, b'{"detail":"Not Found"}')
_NO_START = refusal(404, b'{"reason":"no start found"}')


def _mode_required(project: str) -> Answer:
    reason = (
        f"The project '{project}' has been created in the more performant 'complete' mode. "
        "Please upgrade your SDK to at least: 0.52.26 to write to this project."
    )
    answer = {"reason": reason, "error_code": "CALLS_COMPLETE_MODE_REQUIRED"}
    return refusal(400, json.dumps(answer).encode())


@dataclasses.dataclass
class Request:
    route: str
    length: int
    reading: Reading
    # What a server that checks its schema says, or nothing.
    problem: str = ""


def route_of(path: str) -> tuple[str, str]:
    """The route and the project in the path, if it has one."""
    if path == "/call/upsert_batch":
        return UPSERT, ""
    parts = path.split("/", 4)
    if len(parts) == 5 and parts[:2] == ["", "v2"] and parts[4] in _V2_ENDS:
        return _V2_ENDS[parts[4]], f"{unquote(parts[2])}/{unquote(parts[3])}"
    raise ValueError(path)


def read_request(path: str, body: bytes) -> Request:
    route, project = route_of(path)
    request = Request(route, len(body), Reading([]))
    try:
        if route == UPSERT:
            request.reading = read_upsert(body)
        elif route == COMPLETE:
            request.reading = read_complete(body)
        else:
            request.reading = read_single(body, route)
        if project and request.reading.projects != {project}:
            raise Invalid(f"{sorted(request.reading.projects)} came under {path}")
    except Invalid as error:
        request.problem = f"{route}: {error}"
    return request


@dataclasses.dataclass(frozen=True)
class Manner:
    """How the sink answers from now on; answers are drawn by weight, repeatably."""

    answers: tuple[tuple[float, Answer], ...] = ((1.0, OK),)
    poison: frozenset[str] = frozenset()
    poisoned: Answer = _POISONED
    most_bytes: int = 1 << 40
    # 413 as soon as the length is known, and the end of the connection; the body is not read.
    is_hasty: bool = False
    # By project number, before all else.
    projects: tuple[tuple[int, Answer], ...] = ()
    # Project numbers whose upserts are refused, as of one that was first written complete.
    complete: frozenset[int] = frozenset()
    has_v2: bool = True

    def choose(self, chance: random.Random, request: Request, stored: Container[str]) -> Answer:
        """stored: the names that are there already."""
        names = request.reading.projects
        for project, answer in self.projects:
            if project_name(project) in names:
                return answer
        if request.length > self.most_bytes:
            return TOO_LARGE
        if refused := self._choose_by_route(request, stored):
            return refused
        if request.reading.names & self.poison:
            return self.poisoned
        weights = [weight for weight, _ in self.answers]
        return chance.choices(self.answers, weights)[0][1]

    def _choose_by_route(self, request: Request, stored: Container[str]) -> Answer | None:
        if request.route != UPSERT and not self.has_v2:
            return _NO_ROUTE
        if request.problem:
            return refusal(422, json.dumps({"detail": [{"msg": request.problem}]}).encode())
        if request.route == UPSERT:
            for number in self.complete:
                if project_name(number) in request.reading.projects:
                    return _mode_required(project_name(number))
        if request.route == END:
            starts = {start_of(name) for name in request.reading.names}
            if not all(start in stored for start in starts):
                return _NO_START
        return None


def always(answer: Answer) -> Manner:
    return Manner(((1.0, answer),))
