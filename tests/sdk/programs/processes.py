"""multiprocessing: forked workers go on with the parent's client, a spawned one calls init."""

from __future__ import annotations

import multiprocessing
import os
import sys

import weave

FORKED = 2
CALLS = 10


@weave.op
def job(kind: str, n: int) -> int:
    return n + 100


def forked(worker: int) -> None:
    for n in range(CALLS):
        job("forked", worker * CALLS + n)


def spawned(project: str) -> None:
    weave.init(project)
    for n in range(CALLS):
        job("spawned", n)
    weave.finish()


def main() -> None:
    job("parent", 0)
    project = sys.argv[1]
    fork, spawn = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
    workers: list[multiprocessing.process.BaseProcess] = []
    workers += [fork.Process(target=forked, args=(i,)) for i in range(FORKED)]
    workers.append(spawn.Process(target=spawned, args=(project,)))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode != 0:
            os._exit(3)
    job("parent", 1)
