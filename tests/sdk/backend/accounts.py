"""What `weave.init` asks the W&B API: who am I, and is there such a project?"""

from __future__ import annotations

import json
from typing import Any


def answer(body: bytes) -> dict[str, Any]:
    request = json.loads(body)
    query, variables = request["query"], request.get("variables") or {}
    project = {"name": variables.get("name", "")}
    if "upsertModel" in query:
        return {"data": {"upsertModel": {"model": project | {"description": None}}}}
    if "viewer" in query:
        return {"data": {"viewer": {"username": "tester", "defaultEntity": {"name": "acme"}}}}
    if "project(" in query:
        return {"data": {"project": project}}
    if "serverInfo" in query:
        return {"data": {"serverInfo": {"frontendHost": None}}}
    return {"errors": [{"message": "the stub does not know this query"}]}
