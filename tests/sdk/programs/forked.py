"""os.fork after the first calls: children trace, flush and leave by os._exit, as in a web server.

Without the flush nobody could keep their calls: the SDK gives every call to a thread of its own.
"""

from __future__ import annotations

import os
import signal
import threading

import weave

CHILDREN = 3
CALLS = 5
HUNG_S = 6
FLUSH_TIMEOUT_S = 2.0  # the SDK's own flush may wait for threads that no fork takes along


@weave.op
def work(who: str, n: int) -> str:
    return f"{who} {n}"


def flush_for_a_while() -> None:
    client = weave.get_client()
    assert client
    flusher = threading.Thread(target=client.flush, daemon=True)
    flusher.start()
    flusher.join(FLUSH_TIMEOUT_S)


def main() -> None:
    work("before", 0)
    children = []
    for child in range(CHILDREN):
        pid = os.fork()
        if pid == 0:
            # Forked while one of the SDK's threads holds a lock, a child waits for it for ever.
            signal.alarm(HUNG_S)
            for n in range(CALLS):
                work(f"child {child}", n)
            flush_for_a_while()
            os._exit(0)
        children.append(pid)
        work("between", child)
    for pid in children:
        os.waitpid(pid, 0)
    work("after", 0)
