"""Whether calls are delivered as fast as they are accepted."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack, closing

from loads import load_named
from processes import Load, Setup, loadgen, plain_backend, report_of, start_sidecar, start_sink
from readings import SinkReader
from rows import Row, check_runs

# Four requests of 2,000 calls on their way and a batch that fills make 10,000 calls, which a
# healthy daemon may hold: a tenth of a second at 100,000/s, and less on a host that is faster.
MOST_LEFT_MS = 100.0
# Those four requests are 2 % of the calls by which the second run is longer.
MOST_GROWTH_PERCENT = 2.0


def queue(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """What is undelivered when the last reply comes, and how much of it a longer run adds."""
    once = load_named("1k-8x64").scaled(setup.scale)
    twice = dataclasses.replace(once, messages=2 * once.messages)
    left_ms = []
    growth_percent = []
    for _ in range(check_runs(setup)):
        left_once, _ = _left_behind(setup, once)
        left_twice, rate = _left_behind(setup, twice)
        left_ms.append(left_twice / rate * 1000)
        growth_percent.append((left_twice - left_once) / once.messages * 100)
    name = once.name
    return [
        Row("queue", f"undelivered at the last reply of {name}", "ms", MOST_LEFT_MS, left_ms),
        Row("queue", "its growth in a run twice as long", "%", MOST_GROWTH_PERCENT, growth_percent),
    ]


def _left_behind(setup: Setup, load: Load) -> tuple[int, float]:
    """Calls that the sink has not seen when the last reply has come, and replies a second."""
    with ExitStack() as stack:
        port, _ = start_sink(stack, setup)
        _, socket_path = start_sidecar(stack, setup, plain_backend(port))
        sink = stack.enter_context(closing(SinkReader(port)))
        sink.stats()  # connects, so that the reading that counts does not have to
        with loadgen(setup, socket_path, load) as process:
            report = report_of(process)
            delivered = sink.calls()
    accepted = int(report["messages"] - report["failed"])
    return accepted - delivered, report["messages_per_second"]
