"""Processes that come from others: fork, multiprocessing, prefork servers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from backend import Backend
from conftest import Run, complete
from fake_daemon import FakeDaemon

Runner = Callable[..., Run]

BEGIN = """
    import os, sys, threading, time
    import weave

    @weave.op
    def f(x):
        return x

    def reap(pid):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                assert status == 0, status
                return
            time.sleep(0.01)
        os.kill(pid, 9)
        raise SystemExit("a child hangs")
"""


def xs(calls: dict[str, Any]) -> list[Any]:
    return sorted(seen.data["inputs"]["x"] for seen in calls.values() if "inputs" in seen.data)


def by(calls: dict[str, Any]) -> set[str]:
    return {way for seen in calls.values() for way in seen.ways}


FORKS = (
    BEGIN
    + """
    client = weave.init("ent/proj")
    f(0)
    pid = os.fork()
    if pid == 0:
        f(1)
        sys.exit(0)                 # without a flush
    reap(pid)
    pid = os.fork()
    if pid == 0:
        f(2)
        client.flush()
        os._exit(0)                 # as prefork servers do
    f(3)
    reap(pid)
    """
)


def test_calls_of_forked_children(daemon: Any, backend: Backend, run: Runner) -> None:
    done = run(FORKS).ok()
    calls = complete(backend, 4)
    assert xs(calls) == [0, 1, 2, 3]
    assert by(calls) == {"sidecar"}
    assert not done.warnings


def test_calls_of_forked_children_without_a_daemon(backend: Backend, run: Runner) -> None:
    done = run(FORKS).ok()
    calls = complete(backend, 4)
    assert xs(calls) == [0, 1, 2, 3]
    assert by(calls) == {"direct"}
    assert all(len(seen.starts) == 1 for seen in calls.values())
    assert 1 <= done.warnings <= 3  # one a process; a child inherits that it was said


def test_a_child_may_end_what_its_parent_began(fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    run(
        BEGIN
        + """
    client = weave.init("ent/proj")
    begun = client.create_call("begun", {"x": 1})
    client.flush()
    pid = os.fork()
    if pid == 0:
        client.finish_call(begun, 2)
        sys.exit(0)
    reap(pid)
    """
    ).ok()
    (seen,) = complete(backend, 1).values()
    assert seen.starts == seen.ends == ["sidecar"]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(method: str, daemon: Any, backend: Backend, run: Runner) -> None:
    done = run(
        f"""
        import multiprocessing
        import weave

        @weave.op
        def f(x):
            return x

        def child(x):
            weave.init("ent/proj")
            f(x)

        if __name__ == "__main__":
            context = multiprocessing.get_context("{method}")
            if "{method}" == "fork":
                weave.init("ent/proj")
                f(0)
            processes = [context.Process(target=child, args=(x,)) for x in (1, 2)]
            for process in processes: process.start()
            for process in processes: process.join()
            assert not any(process.exitcode for process in processes)
        """
    ).ok()
    calls = complete(backend, 3 if method == "fork" else 2)
    assert xs(calls)[-2:] == [1, 2]
    assert by(calls) == {"sidecar"}
    assert not done.warnings


@pytest.mark.parametrize("flushes", [True, False])
@pytest.mark.parametrize("which", ["earlier", "current"])
def test_a_child_may_use_any_of_its_parents_clients(
    which: str, flushes: bool, daemon: Any, backend: Backend, run: Runner
) -> None:
    done = run(
        f"""
        import multiprocessing
        import weave

        def child(client):
            call = client.create_call("op", {{"x": 1}})
            client.finish_call(call, 2)
            if {flushes}:
                client.flush()

        earlier = weave.init("ent/a")
        current = weave.init("ent/b")
        for client in (earlier, current):
            client.finish_call(client.create_call("op", {{"x": 0}}), 0)
        process = multiprocessing.get_context("fork").Process(target=child, args=({which},))
        process.start()
        process.join(30)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode == 0, process.exitcode
        """
    ).ok()
    calls = complete(backend, 3)
    assert xs(calls) == [0, 0, 1]
    assert by(calls) == {"sidecar"}
    assert not done.warnings


def test_a_child_may_use_all_clients_without_a_daemon(backend: Backend, run: Runner) -> None:
    run(
        """
        import multiprocessing
        import weave

        def trace(x):
            for client in clients:
                client.finish_call(client.create_call("op", {"x": x}), 0)

        clients = [weave.init("ent/a"), weave.init("ent/b"), weave.init("ent/c")]
        trace(0)
        process = multiprocessing.get_context("fork").Process(target=trace, args=(1,))
        process.start()
        process.join(30)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode == 0, process.exitcode
        """
    ).ok()
    calls = complete(backend, 6)
    assert xs(calls) == [0, 0, 0, 1, 1, 1]
    assert by(calls) == {"direct"}


@pytest.mark.parametrize("busy", ["earlier", "current"])
def test_a_fork_waits_for_every_client(busy: str, fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    run(
        BEGIN
        + f"""
    earlier = weave.init("ent/a")
    current = weave.init("ent/b")
    done = {busy}.future_executor.defer(time.sleep, 0.5)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if done.done() and done.exception() is None else 1)
    reap(pid)
    """
    ).ok()


def test_a_client_that_is_gone_is_held_by_nobody(fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    run(
        BEGIN
        + """
    import gc, weakref
    earlier = weakref.ref(weave.init("ent/a"))
    current = weave.init("ent/b")
    gc.collect()
    assert earlier() is None
    pid = os.fork()
    if pid == 0:
        f(1)
        sys.exit(0)
    reap(pid)
    """
    ).ok()
    assert xs(complete(backend, 1)) == [1]


@pytest.mark.parametrize("inherited", [True, False])
def test_billiard_children(inherited: bool, daemon: Any, backend: Backend, run: Runner) -> None:
    """Celery's prefork workers are such."""
    pytest.importorskip("billiard")
    run(
        f"""
        import billiard, weave

        @weave.op
        def f(x):
            return x

        def child(x):
            weave.init("ent/proj")
            f(x)

        if {inherited}:
            weave.init("ent/proj")
            f(0)
        processes = [billiard.Process(target=child, args=(x,)) for x in (1, 2)]
        for process in processes: process.start()
        for process in processes: process.join()
        """
    ).ok()
    calls = complete(backend, 3 if inherited else 2)
    assert xs(calls)[-2:] == [1, 2]
    assert by(calls) == {"sidecar"}


def test_multiprocessing_children_without_a_daemon(backend: Backend, run: Runner) -> None:
    run(
        """
        import multiprocessing
        import weave
        weave.init("ent/proj")
        @weave.op
        def f(x): return x
        context = multiprocessing.get_context("fork")
        with context.Pool(2) as pool:
            pool.map(f, range(4))
            pool.close()
            pool.join()
        """
    ).ok()
    calls = complete(backend, 4)
    assert xs(calls) == [0, 1, 2, 3]
    assert by(calls) == {"direct"}


@pytest.mark.parametrize("with_daemon", [True, False])
def test_forks_while_threads_trace(
    with_daemon: bool, fake: FakeDaemon, backend: Backend, run: Runner
) -> None:
    if with_daemon:
        fake.start()
    children = 12 if with_daemon else 3  # a direct flush takes the SDK a second
    run(
        BEGIN
        + f"    CHILDREN = {children}\n"
        + """
    client = weave.init("ent/proj")
    f(-1)
    client.flush()
    stop = threading.Event()
    def busy(n):
        for i in range(60):
            f(n * 1000 + i)
            time.sleep(0.002)
    threads = [threading.Thread(target=busy, args=(n,)) for n in range(1, 9)]
    for thread in threads: thread.start()
    for n in range(CHILDREN):
        pid = os.fork()
        if pid == 0:
            f(100_000 + n)
            client.flush()
            os._exit(0)
        reap(pid)
    for thread in threads: thread.join()
    """
    ).ok()
    calls = complete(backend, 1 + 8 * 60 + children)
    assert len(set(xs(calls))) == len(calls)
    assert by(calls) == ({"sidecar"} if with_daemon else {"direct"})
    assert all(len(seen.starts) == len(seen.ends) == 1 for seen in calls.values())
