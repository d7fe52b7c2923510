"""Reads the bodies that the trace server gets, and compares every byte with what was sent."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator

from payloads import (
    NAME,
    halves_of,
    is_start,
    name_from,
    payload_of,
    project_of,
    start_of,
)

_HEAD = re.compile(rb'\{"(start|end)":\{"project_id":"[^"]*","id":"([a-z0-9.]+)"')
_ITEM = re.compile(rb'\{"mode":"(?:start|end)","req":')
_ANY_ID = re.compile(rb'"id"\s*:\s*"([a-z]\.\d+\.\d+)"')
_SPACE = re.compile(r"[ \t\n\r]*")

# Of a complete call, with what their JSON text begins with.
_REQUIRED = {
    "id": '"',
    "trace_id": '"',
    "project_id": '"',
    "op_name": '"',
    "started_at": '"',
    "ended_at": '"',
    "attributes": "{",
    "inputs": "{",
    "summary": "{",
}
_OF_START = set("id trace_id project_id op_name started_at attributes inputs parent_id".split())
_OF_START |= set("display_name thread_id turn_id otel_dump wb_user_id wb_run_id".split())
_OF_START |= {"wb_run_step"}
_OF_END = {"ended_at", "summary", "exception", "output", "wb_run_step_end"}

Members = dict[str, str]


class Invalid(Exception):
    """What a server that checks its schema answers with 422."""


@dataclasses.dataclass
class Reading:
    # Names, each with whether all its bytes are as they should be. No name: nobody's.
    items: list[tuple[str | None, bool]]
    projects: set[str] = dataclasses.field(default_factory=set)
    # Of a single end: it does not say when its call started.
    is_bare_end: bool = False

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.items if name}


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match
    return match.end()


def _values(text: str, position: int, closing: str) -> Iterator[tuple[str, int, int]]:
    """The members of an object or the values of an array, each as key, begin and end."""
    position = _skip(text, position + 1)
    if text[position : position + 1] == closing:
        yield "", position + 1, -1
        return
    while True:
        key = ""
        if closing == "}":
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, position)
            if not isinstance(key, str) or text[position : position + 1] != ":":
                raise Invalid(f"no key at {position}")
            position = _skip(text, position + 1)
        _, end = _DECODER.raw_decode(text, position)
        yield key, position, end
        position = _skip(text, end)
        mark = text[position : position + 1]
        if mark == closing:
            yield "", position + 1, -1
            return
        if mark != ",":
            raise Invalid(f"no comma at {position}")
        position = _skip(text, position + 1)


def read_members(text: str) -> Members:
    """The members of the object that the text is, each as its JSON text."""
    members: Members = {}
    if not text.startswith("{"):
        raise Invalid("no object")
    try:
        for key, begin, end in _values(text, 0, "}"):
            if end < 0:
                if begin != len(text):
                    raise Invalid("something follows the object")
            elif key in members:
                raise Invalid(f"{key} stands twice")
            else:
                members[key] = text[begin:end]
    except ValueError as error:
        raise Invalid(str(error)) from error
    return members


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Invalid(str(error)) from error


def _only_member(text: str, key: str) -> str:
    members = read_members(text)
    if members.keys() != {key}:
        raise Invalid(f"{sorted(members)} instead of {key} alone")
    return members[key]


def _text(members: Members, key: str) -> str:
    value = json.loads(members.get(key, "null"))
    if not isinstance(value, str):
        raise Invalid(f"{key} is no string")
    return value


def members_of(name: str) -> Members:
    """What the producer wrote."""
    key = "start" if is_start(name) else "end"
    return read_members(_only_member(payload_of(name).decode(), key))


def read_complete(body: bytes) -> Reading:
    """POST /v2/…/calls/complete."""
    array = _only_member(_decode(body), "batch")
    if not array.startswith("["):
        raise Invalid("the batch is no array")
    reading = Reading([])
    for _, begin, end in _values(array, 0, "]"):
        if end >= 0:
            _read_complete_call(read_members(array[begin:end]), reading)
    if not reading.items:
        raise Invalid("the batch is empty")
    return reading


def _read_complete_call(members: Members, reading: Reading) -> None:
    if foreign := members.keys() - _OF_START - _OF_END:
        raise Invalid(f"unknown: {sorted(foreign)}")
    for key, beginning in _REQUIRED.items():
        if not members.get(key, "").startswith(beginning):
            raise Invalid(f"{key} is missing or of the wrong kind")
    identity = _text(members, "id")
    reading.projects.add(_text(members, "project_id"))
    names = halves_of(identity)
    if not all(NAME.fullmatch(name) for name in names):
        reading.items.append((None, False))
        return
    for name, known in zip(names, (_OF_START, _OF_END)):
        try:
            sent = members_of(name)
        except ValueError:
            reading.items.append((None, False))
            continue
        expected = {key: text for key, text in sent.items() if key in known}
        got = {key: text for key, text in members.items() if key in known}
        reading.items.append((name, got == expected))


def read_single(body: bytes, kind: str) -> Reading:
    """POST /v2/…/call/start and …/call/end."""
    text = _decode(body)
    members = read_members(_only_member(text, kind))
    reading = Reading([], {_text(members, "project_id")})
    name = name_from(_text(members, "id"), kind == "start")
    if not NAME.fullmatch(name) or is_start(name) != (kind == "start"):
        reading.items.append((None, False))
        return reading
    is_exact = body == payload_of(name)
    if kind == "end":
        time = members.pop("started_at", "null")
        reading.is_bare_end = time == "null"
        if not reading.is_bare_end:
            is_exact = members == members_of(name) and time == started_at_of(name)
    reading.items.append((name, is_exact))
    return reading


def started_at_of(name: str) -> str | None:
    """As JSON text; nothing for a call that has no start."""
    return members_of(start_of(name))["started_at"] if "+" in name else None


def read_upsert(body: bytes) -> Reading:
    items = list(read_batch(body))
    return Reading(items, {project_of(name) for name, _ in items if name})


def read_batch(body: bytes) -> Iterator[tuple[str | None, bool]]:
    """The names in the body of an upsert, each with whether all its bytes are right."""
    if not (body.startswith(b'{"batch":[') and body.endswith(b"]}")):
        yield None, False
        return
    position = len(b'{"batch":[')
    while position < len(body) - 2:
        name, end = _read_item(body, position)
        if end is None:
            yield from ((found.decode(), False) for found in _ANY_ID.findall(body, position))
            yield None, False
            return
        yield name, True
        position = end + (body[end : end + 1] == b",")


def _read_item(body: bytes, position: int) -> tuple[str | None, int | None]:
    item = _ITEM.match(body, position)
    head = _HEAD.match(body, item.end()) if item else None
    if not item or not head:
        return None, None
    name = name_from(head.group(2).decode(), head.group(1) == b"start")
    if not NAME.fullmatch(name):
        return None, None
    mode = b'{"mode":"start",' if is_start(name) else b'{"mode":"end",'
    expected = payload_of(name) + b"}"
    if not body.startswith(mode, position) or not body.startswith(expected, item.end()):
        return name, None
    end = item.end() + len(expected)
    return name, end if body[end : end + 1] in (b",", b"]") else None
