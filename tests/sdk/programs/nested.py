"""A tree of calls, four levels deep, and a long chain."""

from __future__ import annotations

import weave


@weave.op
def tree(depth: int, branch: int) -> int:
    if depth == 0:
        return branch
    return sum(tree(depth - 1, branch * 3 + i) for i in range(3))


@weave.op
def chain(n: int) -> int:
    return 0 if n == 0 else 1 + chain(n - 1)


def main() -> None:
    tree(3, 0)
    chain(25)
