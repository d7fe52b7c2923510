"""Many small calls as fast as they go; several batches on their way at a time."""

from __future__ import annotations

import weave

CALLS = 1500


@weave.op
def double(x: int) -> int:
    return x * 2


def main() -> None:
    for x in range(CALLS):
        double(x)
