"""What a traced call costs: measured.py PROJECT OPS RATE, in calls a second; 0: as fast as it goes.

Prints a line of JSON and then ends as any program does; who started it sees how long that takes.
"""

from __future__ import annotations

import json
import sys
import time

import weave

WARM_UPS = 10


@weave.op
def double(x: int) -> int:
    return x * 2


def run(ops: int, rate: float) -> list[float]:
    """Seconds of each call; pauses between them do not count."""
    costs = []
    began = time.monotonic()
    for x in range(ops):
        if rate:
            time.sleep(max(0.0, began + x / rate - time.monotonic()))
        before = time.perf_counter()
        double(x)
        costs.append(time.perf_counter() - before)
    return costs


def main() -> None:
    project, ops, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    weave.init(project)
    for x in range(WARM_UPS):
        double(x)
    cpu, own, wall = time.process_time(), time.thread_time(), time.monotonic()
    costs = sorted(run(ops, rate))
    last = time.monotonic()
    result = {
        "wall_s": last - wall,
        "p50_s": costs[len(costs) // 2],
        "p99_s": costs[len(costs) * 99 // 100],
        "mean_s": sum(costs) / len(costs),
        "loop_cpu_s": time.process_time() - cpu,
        "caller_cpu_s": time.thread_time() - own,  # of the thread that calls
        "cpu_before_s": cpu,  # all that the process needed until the first measured call
        "last": last,
    }
    print("RESULT " + json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
