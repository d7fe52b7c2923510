"""Exceptions: at the root, in a child whose parent survives, through all levels."""

from __future__ import annotations

import weave


class OwnError(Exception):
    pass


@weave.op
def fail(kind: str) -> None:
    kinds = {"value": ValueError, "own": OwnError, "stop": KeyboardInterrupt}
    raise kinds[kind](f"{kind} żółć")


@weave.op
def survive(kind: str) -> str:
    try:
        fail(kind)
    except Exception as error:
        return type(error).__name__
    return "none"


@weave.op
def pass_on(levels: int) -> None:
    if levels == 0:
        fail("own")
    pass_on(levels - 1)


def main() -> None:
    for kind in ("value", "own"):
        try:
            fail(kind)
        except (ValueError, OwnError):
            pass
        survive(kind)
    try:
        pass_on(3)
    except OwnError:
        pass
