"""What each program must leave behind, worked out here and not by any SDK.

None: what the SDK makes of it is its own business, and can only be compared with direct delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calls import Want

# The same as in programs/plain.py, where they are written for the SDK.
_VALUES: list[Any] = [
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


def _echo(value: Any, **more: Any) -> Want:
    return Want("echo", {"value": value}, value, **more)


def _plain() -> list[Want]:
    shown = "shown as this"
    return [
        *(_echo(value) for value in _VALUES),
        Want("renamed", {"a": 1, "b": 2, "rest": [], "named": {}}, 3, display_name=shown),
        Want(
            "renamed", {"a": 1, "b": 2, "rest": [3, 4], "named": {"c": 5}}, 15, display_name=shown
        ),
        Want("nothing", {}),
        _echo("with attributes", attributes={"stage": "test", "deep": {"level": 2}}),
        _echo("in a thread of talk", thread="thread-1"),
    ]


def _awaited() -> list[Want]:
    def leaf(n: int) -> Want:
        return Want("leaf", {"n": n}, n * n)

    def fan(count: int) -> Want:
        squares = [n * n for n in range(count)]
        return Want("fan", {"count": count}, squares, children=[leaf(n) for n in range(count)])

    broken = [Want("broken", {"n": n}, error=f"LookupError: no {n}") for n in (1, 2)]
    return [leaf(7), fan(3), fan(5), *broken]


def _generated() -> list[Want]:
    return [
        Want("count", {"n": 4}),
        Want("gathered", {"n": 3}, [0, 1, 2]),
        Want("total", {"n": 3}, 3, children=[Want("count", {"n": 3})]),
        Want("stumble", {"n": 5}, error="ValueError: half way"),
        Want("count", {"n": 10}),
        Want("tick", {"n": 3}),
    ]


def _tree(depth: int, branch: int, names: tuple[str, str]) -> Want:
    children = [_tree(depth - 1, branch * 3 + i, names) for i in range(3)] if depth else []
    output = sum(child.output for child in children) if depth else branch
    return Want("tree", dict(zip(names, (depth, branch), strict=True)), output, children=children)


def _nested() -> list[Want]:
    chain = Want("chain", {"n": 0}, 0)
    for n in range(1, 26):
        chain = Want("chain", {"n": n}, n, children=[chain])
    return [_tree(3, 0, ("depth", "branch")), chain]


def _failing() -> list[Want]:
    errors = {"value": "ValueError: value żółć", "own": "OwnError: own żółć"}
    trees = []
    for kind, error in errors.items():
        fail = Want("fail", {"kind": kind}, error=error)
        name = error.partition(":")[0]
        trees += [fail, Want("survive", {"kind": kind}, name, children=[fail])]
    level = Want("fail", {"kind": "own"}, error=errors["own"])
    for levels in range(4):
        level = Want("pass_on", {"levels": levels}, error=errors["own"], children=[level])
    return [*trees, level]


def _threaded() -> list[Want]:
    def inner(thread: int, n: int) -> Want:
        return Want("inner", {"thread": thread, "n": n}, thread * 1000 + n)

    trees = []
    for thread in range(8):
        for n in range(25):
            children = [inner(thread, n), inner(thread, n + 1)]
            output = sum(child.output for child in children)
            trees.append(Want("outer", {"thread": thread, "n": n}, output, children=children))
    children = [inner(-1, n) for n in range(20)]
    total = sum(child.output for child in children)
    return [*trees, Want("pooled", {"count": 20}, total, children=children)]


def _forked() -> list[Want]:
    def work(who: str, n: int) -> Want:
        return Want("work", {"who": who, "n": n}, f"{who} {n}")

    parent = [work("before", 0), *(work("between", n) for n in range(3)), work("after", 0)]
    return parent + [work(f"child {child}", n) for child in range(3) for n in range(5)]


def _processes() -> list[Want]:
    def job(kind: str, n: int) -> Want:
        return Want("job", {"kind": kind, "n": n}, n + 100)

    forked = [job("forked", n) for n in range(20)]
    spawned = [job("spawned", n) for n in range(10)]
    return [job("parent", 0), job("parent", 1), *forked, *spawned]


def _many() -> list[Want]:
    return [Want("double", {"x": x}, x * 2) for x in range(1500)]


# npm weave names arguments arg0, arg1… unless it is told their names.
_NODE_VALUES: list[Any] = [
    0,
    -1.5,
    True,
    None,
    "",
    'żółć \u2028 \U0001f9f5 \\ "',
    [],
    {},
    [[1, [2]]],
    {"z": 1, "a": {"b": [None]}},
]


def _nodeplain() -> list[Want]:
    def echo(value: Any, **more: Any) -> Want:
        return Want("echo", {"arg0": value}, value, **more)

    return [
        *(echo(value) for value in _NODE_VALUES),
        Want("later", {"arg0": 3}, 9, display_name="later 3"),
        Want("renamed", {"a": 1, "b": 2}, 3),
        echo("with attributes", attributes={"stage": "test"}),
    ]


def _nodenested() -> list[Want]:
    def fan(count: int) -> Want:
        leaves = [Want("leaf", {"arg0": n}, n + 1) for n in range(count)]
        return Want("fan", {"arg0": count}, [leaf.output for leaf in leaves], children=leaves)

    return [_tree(2, 0, ("arg0", "arg1")), fan(3), fan(20)]


def _nodefailing() -> list[Want]:
    def fail(kind: str) -> Want:
        return Want("fail", {"arg0": kind}, error=f"{kind} żółć")

    survive = Want("survive", {"arg0": "child"}, "TypeError", children=[fail("child")])
    return [fail("root"), survive]


def _nodestreamed() -> list[Want]:
    return [Want("tick", {"arg0": 3}, ["tick 0", "tick 1", "tick 2"])]


def _nodemany() -> list[Want]:
    return [Want("double", {"arg0": x}, x * 2) for x in range(1000)]


EXPECTED: dict[str, Callable[[], list[Want]] | None] = {
    "plain": _plain,
    "awaited": _awaited,
    "generated": _generated,
    "nested": _nested,
    "failing": _failing,
    "threaded": _threaded,
    "forked": _forked,
    "processes": _processes,
    "objects": None,
    "evaluated": None,
    "many": _many,
    "nodeplain": _nodeplain,
    "nodenested": _nodenested,
    "nodefailing": _nodefailing,
    "nodestreamed": _nodestreamed,
    "nodemany": _nodemany,
}
