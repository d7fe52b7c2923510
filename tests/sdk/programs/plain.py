"""Synchronous functions: values of every kind, names, attributes, threads of talk."""

from __future__ import annotations

from typing import Any

import weave

VALUES: list[Any] = [
    0,
    -1.5,
    1.0,
    -0.0,
    1e300,
    2**60,
    True,
    None,
    "",
    "plain",
    'żółć \u2028 \U0001f9f5 \x00 \\ "',
    [],
    {},
    [[1, [2, [3]]], {"a": {"b": [None, False]}}],
    {"z": 1, "a": 2, "": 3, "with.dot": {"$x": 4}},
]


@weave.op
def echo(value: Any) -> Any:
    return value


@weave.op(name="renamed", call_display_name="shown as this")
def add(a: int, b: int = 2, *rest: int, **named: int) -> int:
    return a + b + sum(rest) + sum(named.values())


@weave.op
def nothing() -> None:
    return None


def main() -> None:
    for value in VALUES:
        echo(value)
    add(1)
    add(1, 2, 3, 4, c=5)
    nothing()
    with weave.attributes({"stage": "test", "deep": {"level": 2}}):
        echo("with attributes")
    with weave.thread("thread-1"):
        echo("in a thread of talk")
