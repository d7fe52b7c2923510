"""Checks recorded bodies by the types that the newest SDK has for them: bodies.py FILE

They are TypedDicts, made for type checkers; pydantic checks by them as well. Those that are closed
let no other key through here.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, is_typeddict

import pydantic
import typing_extensions
from weave.vendor.weave_server_sdk.types import (
    call_end_params,
    call_start_params,
    call_upsert_batch_params,
    v2_call_complete_params,
)

_V2 = re.compile(r"/v2/([^/]+)/[^/]+/(calls/complete|call/start|call/end)")
_MOST_SHOWN = 10


def _checker(module: Any, name: str) -> pydantic.TypeAdapter[Any]:
    for _, kind in inspect.getmembers(module):
        is_dict = is_typeddict(kind) or typing_extensions.is_typeddict(kind)
        if is_dict and getattr(kind, "__extra_items__", object) is not object:
            kind.__pydantic_config__ = pydantic.ConfigDict(extra="forbid")
    return pydantic.TypeAdapter(getattr(module, name))


_START = _checker(call_start_params, "CallStartParams")
_END = _checker(call_end_params, "CallEndParams")
_CHECKERS = {
    "/call/upsert_batch": _checker(call_upsert_batch_params, "CallUpsertBatchParams"),
    "/call/start": _START,
    "/call/end": _END,
    "calls/complete": _checker(v2_call_complete_params, "V2CallCompleteParams"),
    "call/start": _START,
    "call/end": _END,
}


def _exhaust(value: Any) -> None:
    """An Iterable is checked as it is read."""
    if isinstance(value, dict):
        for item in value.values():
            _exhaust(item)
    elif isinstance(value, Iterator):
        for item in value:
            _exhaust(item)


def _check(path: str, text: str) -> str:
    """The route when it is one of ours."""
    body = json.loads(text)
    found = _V2.fullmatch(path)
    route = found[2] if found else path
    if route not in _CHECKERS:
        return ""
    for item in body.get("batch", []):
        # npm weave 0.11 says it once more at the end; servers pass over it.
        item.get("req", {}).get("end", {}).pop("display_name", None)
    if route == "calls/complete":
        assert found
        body["entity"] = found[1]  # which the type has beside the body
    _exhaust(_CHECKERS[route].validate_python(body))
    return route


def main() -> int:
    checked: Counter[str] = Counter()
    errors: list[str] = []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            try:
                checked[_check(entry["path"], entry["body"])] += 1
            except (pydantic.ValidationError, ValueError) as error:
                errors.append(f"{entry['path']}: {error}")
    del checked[""]
    counts = ", ".join(f"{count} of {route}" for route, count in sorted(checked.items()))
    print(f"bodies checked by the newest SDK's types: {counts}; wrong: {len(errors)}")
    for error in errors[:_MOST_SHOWN]:
        print(error[:1000], file=sys.stderr)
    return 1 if errors or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
