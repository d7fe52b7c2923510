"""Reads calls back as a user would: a project on a line in, its calls as a line of JSON out."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import weave
from weave.trace.refs import ObjectRef


def _plain(value: Any) -> Any:
    """Without the SDK's wrappers; floats keep their kind, so 1.0 and 1 differ."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return {"float": repr(value)}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, ObjectRef):
        return value.uri
    reference = getattr(value, "ref", None)
    return reference.uri if reference else {"type": type(value).__name__}


def _call(call: Any) -> dict[str, Any]:
    return {
        "id": call.id,
        "trace_id": call.trace_id,
        "parent_id": call.parent_id,
        "op": call.op_name,
        "display_name": call.display_name,
        "inputs": _plain(call.inputs),
        "output": _plain(call.output),
        "exception": call.exception,
        "attributes": _plain(call.attributes),
        "summary": _plain(call.summary),
        "thread_id": call.thread_id,
        "turn_id": call.turn_id,
        "started_at": call.started_at.isoformat() if call.started_at else None,
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
    }


def _feedback(client: Any) -> list[dict[str, Any]]:
    return [
        {"type": item.feedback_type, "payload": _plain(dict(item.payload)), "on": item.weave_ref}
        for item in client.get_feedback()
    ]


def main() -> None:
    # What weave prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        client = weave.init(line.strip())
        answer = {
            "calls": [_call(call) for call in client.get_calls()],
            "feedback": _feedback(client),
        }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
