"""The wheel's own models check every body, the wheel's own store keeps what they let through."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import placeholders

placeholders.install()

from pydantic import BaseModel, ValidationError  # noqa: E402
from weave.trace_server import trace_server_interface as tsi  # noqa: E402
from weave.trace_server.errors import InvalidRequest, NotFoundError, ObjectDeletedError  # noqa: E402
from weave.trace_server.external_to_internal_trace_server_adapter import (  # noqa: E402
    ExternalTraceServer,
    IdConverter,
)
from weave.trace_server.in_memory_trace_server import InMemoryTraceServer  # noqa: E402

from ledger import Ledger  # noqa: E402

# A project of such a name has been written by /v2 before: upserts are refused.
COMPLETE_MARK = "complete-"


class Answer(NamedTuple):
    status: int
    body: bytes
    kind: str = "application/json"


class _Ids(IdConverter):
    """The store wants ids of its own for projects; these are the names in other letters."""

    def ext_to_int_project_id(self, project_id: str) -> str:
        return base64.urlsafe_b64encode(project_id.encode()).decode()

    def int_to_ext_project_id(self, project_id: str) -> str | None:
        try:
            return base64.urlsafe_b64decode(project_id).decode()
        except ValueError:
            return None

    def ext_to_int_run_id(self, run_id: str) -> str:
        return run_id

    def int_to_ext_run_id(self, run_id: str) -> str:
        return run_id

    def ext_to_int_user_id(self, user_id: str) -> str:
        return user_id

    def int_to_ext_user_id(self, user_id: str) -> str:
        return user_id


class Route(NamedTuple):
    method: str
    model: type[BaseModel]


def _routes() -> dict[str, Route]:
    named = {
        "/call/start": ("call_start", "CallStartReq"),
        "/call/end": ("call_end", "CallEndReq"),
        "/call/upsert_batch": ("call_start_batch", "CallCreateBatchReq"),
        "/call/read": ("call_read", "CallReadReq"),
        "/call/update": ("call_update", "CallUpdateReq"),
        "/calls/stream_query": ("calls_query_stream", "CallsQueryReq"),
        "/calls/query_stats": ("calls_query_stats", "CallsQueryStatsReq"),
        "/obj/create": ("obj_create", "ObjCreateReq"),
        "/obj/read": ("obj_read", "ObjReadReq"),
        "/objs/query": ("objs_query", "ObjQueryReq"),
        "/refs/read_batch": ("refs_read_batch", "RefsReadBatchReq"),
        "/table/create": ("table_create", "TableCreateReq"),
        "/table/create_from_digests": ("table_create_from_digests", "TableCreateFromDigestsReq"),
        "/table/update": ("table_update", "TableUpdateReq"),
        "/table/query": ("table_query", "TableQueryReq"),
        "/table/query_stats": ("table_query_stats", "TableQueryStatsReq"),
        "/table/query_stats_batch": ("table_query_stats_batch", "TableQueryStatsBatchReq"),
        "/file/create": ("file_create", "FileCreateReq"),
        "/files/create": ("file_create", "FileCreateReq"),
        "/file/content": ("file_content_read", "FileContentReadReq"),
        "/feedback/create": ("feedback_create", "FeedbackCreateReq"),
        "/feedback/batch/create": ("feedback_create_batch", "FeedbackCreateBatchReq"),
        "/feedback/query": ("feedback_query", "FeedbackQueryReq"),
        "/cost/query": ("cost_query", "CostQueryReq"),
        "v2/calls/complete": ("calls_complete", "CallsUpsertCompleteReq"),
        "v2/call/start": ("call_start_v2", "CallStartV2Req"),
        "v2/call/end": ("call_end_v2", "CallEndV2Req"),
    }
    return {path: Route(method, getattr(tsi, model)) for path, (method, model) in named.items()}


ROUTES = _routes()
_V2 = re.compile(r"/v2/([^/]+)/([^/]+)/(calls/complete|call/start|call/end)")
_OLD_WRITES = ("/call/start", "/call/end", "/call/upsert_batch")
_NEW_WRITES = ("v2/calls/complete", "v2/call/start", "v2/call/end")


def route_of(path: str) -> tuple[str, str]:
    """The route's name, and the project that the path names, if any."""
    found = _V2.fullmatch(path)
    return (f"v2/{found[3]}", f"{found[1]}/{found[2]}") if found else (path, "")


class Store:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._server = ExternalTraceServer(InMemoryTraceServer(), _Ids())
        self._lock = threading.Lock()
        # What the first write of a project's calls has made of it, as the real server does.
        self._is_complete: dict[str, bool] = {}

    def handle(self, path: str, body: bytes | BaseModel) -> Answer:
        name, path_project = route_of(path)
        route = ROUTES[name]
        try:
            request = body if isinstance(body, BaseModel) else route.model.model_validate_json(body)
        except ValidationError as error:
            self._ledger.problem(f"{path}: {error}")
            detail = error.errors(include_url=False, include_input=False, include_context=False)
            return Answer(422, json.dumps({"detail": detail}).encode())
        parts = list(_parts(name, request))
        strangers = {project for project, _ in parts if path_project and project != path_project}
        if strangers:
            self._ledger.problem(f"{path}: holds calls of {sorted(strangers)}")
        _sign(request)
        with self._lock:
            refusal = self._refusal(name, parts)
            if refusal:
                return refusal
            answer = self._keep(path, route, request)
        if answer.status == 200:
            for project, part in parts:
                self._ledger.stored(project, [part])
        return answer

    def _refusal(self, name: str, parts: list[tuple[str, str]]) -> Answer | None:
        projects = {project for project, _ in parts}
        if name in _NEW_WRITES:
            for project in projects:
                self._is_complete.setdefault(project, True)
        if name not in _OLD_WRITES:
            return None
        for project in projects:
            is_marked = project.partition("/")[2].startswith(COMPLETE_MARK)
            if self._is_complete.setdefault(project, is_marked):
                return _complete_required(project)
        return None

    def _keep(self, path: str, route: Route, request: BaseModel) -> Answer:
        try:
            result = getattr(self._server, route.method)(request)
            if isinstance(result, tsi.FileContentReadRes):
                return Answer(200, result.content, "application/octet-stream")
            if isinstance(result, Iterator):
                lines = b"".join(row.model_dump_json().encode() + b"\n" for row in result)
                return Answer(200, lines, "application/jsonl")
            return Answer(200, result.model_dump_json().encode())
        except (NotFoundError, ObjectDeletedError) as error:
            return Answer(404, _reason(error))
        except (InvalidRequest, ValueError) as error:
            self._ledger.problem(f"{path}: refused: {error}")
            return Answer(400, _reason(error))


def _sign(request: Any) -> None:
    """The real server says who wrote feedback; the store wants to know."""
    for item in [request, *getattr(request, "batch", [])]:
        if isinstance(item, tsi.FeedbackCreateReq):
            item.wb_user_id = "tester"


def _reason(error: Exception) -> bytes:
    return json.dumps({"reason": str(error)}).encode()


def _complete_required(project: str) -> Answer:
    reason = (
        f"The project '{project}' has been created in the more performant 'complete' mode. "
        "Please upgrade your SDK to at least: 0.52.26 to write to this project."
    )
    body = {"reason": reason, "error_code": "CALLS_COMPLETE_MODE_REQUIRED"}
    return Answer(400, json.dumps(body).encode())


def _parts(name: str, request: Any) -> Iterator[tuple[str, str]]:
    """(project, id and half) of everything that a write of calls holds."""
    if name in ("/call/start", "v2/call/start"):
        yield request.start.project_id, f"{request.start.id} start"
    elif name in ("/call/end", "v2/call/end"):
        yield request.end.project_id, f"{request.end.id} end"
    elif name == "v2/calls/complete":
        for call in request.batch:
            yield call.project_id, f"{call.id} start"
            yield call.project_id, f"{call.id} end"
    elif name == "/call/upsert_batch":
        for item in request.batch:
            yield from _parts(f"/call/{item.mode}", item.req)
