"""Generators, plain and asynchronous: read to the end, left early, failing half way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import weave


def gather(seen: list[int] | None, value: int) -> list[int]:
    """Without such a thing the SDK records no output of a generator."""
    return [*(seen or []), value]


@weave.op(accumulator=gather)
def gathered(n: int) -> Iterator[int]:
    yield from range(n)


@weave.op
def count(n: int) -> Iterator[int]:
    for i in range(n):
        yield i


@weave.op
def stumble(n: int) -> Iterator[int]:
    yield n
    raise ValueError("half way")


@weave.op
async def tick(n: int) -> AsyncIterator[str]:
    for i in range(n):
        await asyncio.sleep(0)
        yield f"tick {i}"


@weave.op
def total(n: int) -> int:
    return sum(count(n))


async def run() -> None:
    assert [word async for word in tick(3)] == ["tick 0", "tick 1", "tick 2"]


def main() -> None:
    assert list(count(4)) == [0, 1, 2, 3]
    assert list(gathered(3)) == [0, 1, 2]
    total(3)
    try:
        list(stumble(5))
    except ValueError:
        pass
    early = count(10)
    next(early)
    early.close()
    asyncio.run(run())
