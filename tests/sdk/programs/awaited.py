"""Coroutines: awaited one after another and many at a time, nested, failing, cancelled."""

from __future__ import annotations

import asyncio

import weave


@weave.op
async def leaf(n: int) -> int:
    await asyncio.sleep(0.001 * (n % 3))
    return n * n


@weave.op
async def fan(count: int) -> list[int]:
    return list(await asyncio.gather(*(leaf(n) for n in range(count))))


@weave.op
async def broken(n: int) -> int:
    await asyncio.sleep(0)
    raise LookupError(f"no {n}")


async def run() -> None:
    await leaf(7)
    await asyncio.gather(fan(3), fan(5))
    await asyncio.gather(broken(1), broken(2), return_exceptions=True)


def main() -> None:
    asyncio.run(run())
