"""Calls without what differs between two runs (ids, times, digests): sets that can be compared."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from typing import Any

_REFERENCE = re.compile(r"weave:///[^/]+/[^/]+/(\w+)/([^:]*)(?::\w+)?(.*)")
_OWN = ("weave", "_weave_eval_meta")  # attributes that the SDK adds by itself
# How long things took is part of what evaluations and summaries hold.
_TIMES = ("latency_ms", "model_latency")


@dataclasses.dataclass
class Want:
    """A call that a program makes; `error` is its exception in short."""

    op: str
    inputs: dict[str, Any]
    output: Any = None
    error: str | None = None
    children: list[Want] = dataclasses.field(default_factory=list)
    display_name: str | None = None
    attributes: dict[str, Any] = dataclasses.field(default_factory=dict)
    thread: str | None = None


def _key(**parts: Any) -> str:
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def _exact(value: Any) -> Any:
    """As the reader tells floats from integers."""
    if isinstance(value, dict):
        return {str(key): _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return {"float": repr(value)} if isinstance(value, float) else value


def wanted(trees: list[Want]) -> Counter[str]:
    found: Counter[str] = Counter()

    def walk(want: Want, path: list[str]) -> None:
        inputs = _exact(want.inputs)
        found[
            _key(
                op=want.op,
                inputs=inputs,
                output=_exact(want.output),
                error=want.error,
                display_name=want.display_name,
                attributes=_exact(want.attributes),
                thread=want.thread,
                is_ended=True,
                is_in_trace=True,
                path=path,
            )
        ] += 1
        here = [*path, f"{want.op} {json.dumps(inputs, sort_keys=True)}"]
        for child in want.children:
            walk(child, here)

    for tree in trees:
        walk(tree, [])
    return found


def _neutral(value: Any) -> Any:
    """References by name, times as null."""
    if isinstance(value, dict):
        return {key: None if key in _TIMES else _neutral(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_neutral(item) for item in value]
    if isinstance(value, str) and (found := _REFERENCE.fullmatch(value)):
        kind, name, rest = found.groups()
        return f"{kind}" if kind == "call" else f"{kind}/{name}{rest}"
    return value


def _op_name(call: dict[str, Any]) -> str:
    return str(_neutral(call["op"])).removeprefix("op/")


def _error(exception: str | None) -> str | None:
    """Python tells type, message and traceback as JSON, npm weave the message alone."""
    if not exception or not exception.startswith("{"):
        return exception
    told = json.loads(exception)
    return f"{told['type']}: {told['message']}"


class Calls:
    """What one project holds, read back."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._calls: list[dict[str, Any]] = answer["calls"]
        self._by_id = {call["id"]: call for call in self._calls}
        self.feedback = Counter(_key(**_neutral(item)) for item in answer["feedback"])

    def __len__(self) -> int:
        return len(self._calls)

    def brief(self) -> Counter[str]:
        """What a program's text says: to be compared with what is expected."""
        return Counter(_key(**self._brief(call)) for call in self._calls)

    def full(self) -> Counter[str]:
        """Everything the SDK added too: to be compared with another way of delivery."""
        return self.feedback + Counter(
            _key(
                **self._brief(call),
                summary=_neutral(call["summary"]),
                all_attributes=_neutral(call["attributes"]),
                has_turn=call["turn_id"] is not None,
            )
            for call in self._calls
        )

    def _brief(self, call: dict[str, Any]) -> dict[str, Any]:
        parent = self._by_id.get(call["parent_id"])
        attributes = {key: call["attributes"][key] for key in call["attributes"] if key not in _OWN}
        return {
            "op": _op_name(call),
            "inputs": _neutral(call["inputs"]),
            "output": _neutral(call["output"]),
            "error": _error(call["exception"]),
            "display_name": call["display_name"],
            "attributes": attributes,
            "thread": call["thread_id"],
            "is_ended": call["ended_at"] is not None and call["started_at"] <= call["ended_at"],
            "is_in_trace": parent is None or parent["trace_id"] == call["trace_id"],
            "path": self._path(call),
        }

    def _path(self, call: dict[str, Any]) -> list[str]:
        path: list[str] = []
        while call["parent_id"]:
            parent = self._by_id.get(call["parent_id"])
            if parent is None:
                return ["(parent not there)", *path]
            inputs = json.dumps(_neutral(parent["inputs"]), sort_keys=True)
            path.insert(0, f"{_op_name(parent)} {inputs}")
            call = parent
        return path


def differences(want: Counter[str], got: Counter[str], most: int = 3) -> list[str]:
    lines = [f"missing: {key}" for key in list((want - got).elements())[:most]]
    return lines + [f"extra:   {key}" for key in list((got - want).elements())[:most]]
