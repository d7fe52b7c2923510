"""Which processors the measured program has, and what a second one does for the daemon."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from loads import load_named, measure
from processes import Setup, plain_backend, start_sidecar, start_sink
from readings import SinkReader
from rows import Row, check_runs

NAMES = ("1k-8x64", "8k-8x64")
# Sending is a fifth of the work on calls of 1 KiB, so with processors to spare a load takes less
# time. Of two, clients and sink want the other one whole: there a second thread must cost nothing
# but what programs that change their places do.
MOST_TIME = 0.9
MOST_TIME_OF_TWO = 1.1


def set_apart() -> frozenset[int]:
    """Keeps this process, and those that it starts, off the processor of what is measured.

    Where the scheduler puts a program that is woken for each message changes what a message costs
    by several times, from run to run.
    """
    if not hasattr(os, "sched_setaffinity"):
        return frozenset()
    allowed = os.sched_getaffinity(0)
    if len(allowed) < 2:
        return frozenset()
    own = max(allowed)
    os.sched_setaffinity(0, allowed - {own})
    return frozenset({own})


def second(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """The time that a load takes when everybody may use every processor, by that set apart."""
    return [_compare(setup, name) for name in NAMES] if setup.processors else []


def _compare(setup: Setup, name: str) -> Row:
    ratios = []
    for _ in range(check_runs(setup)):
        apart = _rate(setup, name)
        with everywhere(setup) as together:
            ratios.append(apart / _rate(together, name))
    what = f"time with all processors by that with one, {name}"
    most = MOST_TIME_OF_TWO if os.cpu_count() == 2 else MOST_TIME
    return Row("processors", what, "x", most, ratios)


@contextmanager
def everywhere(setup: Setup) -> Iterator[Setup]:
    """Undoes set_apart() for a while."""
    others = os.sched_getaffinity(0)
    os.sched_setaffinity(0, others | setup.processors)
    try:
        yield dataclasses.replace(setup, processors=frozenset())
    finally:
        os.sched_setaffinity(0, others)


def _rate(setup: Setup, name: str) -> float:
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup)
        pid, socket_path = start_sidecar(stack, setup, plain_backend(port))
        sink = stack.enter_context(closing(SinkReader(port)))
        load = load_named(name).scaled(setup.scale)
        return measure(setup, pid, socket_path, load, sink).messages_per_second
