"""Eight threads at a time, each with trees of its own, and a pool that hands the parent on."""

from __future__ import annotations

import threading

import weave

THREADS = 8
CALLS = 25
POOLED = 20


@weave.op
def inner(thread: int, n: int) -> int:
    return thread * 1000 + n


@weave.op
def outer(thread: int, n: int) -> int:
    return inner(thread, n) + inner(thread, n + 1)


@weave.op
def pooled(count: int) -> int:
    with weave.ThreadPoolExecutor(max_workers=4) as pool:
        return sum(pool.map(lambda n: inner(-1, n), range(count)))


def work(thread: int) -> None:
    for n in range(CALLS):
        outer(thread, n)


def main() -> None:
    threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pooled(POOLED)
