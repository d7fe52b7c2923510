"""Programs which use the released weave, each in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from backend import Backend
from conftest import Program, Run, complete, finish
from fake_daemon import SILENCE, FakeDaemon, wait_for

Runner = Callable[..., Run]

KINDS = """
    import asyncio, threading
    import weave

    weave.init("ent/proj")

    @weave.op
    def leaf(x):
        return x + 1

    @weave.op
    def nested(x):
        return leaf(x) + leaf(x)

    @weave.op
    async def later(x):
        await asyncio.sleep(0.001)
        return leaf(x)

    @weave.op
    def items(n):
        for i in range(n):
            yield leaf(i)

    @weave.op
    def failing():
        raise ValueError("as planned")

    def everything():
        nested(1)                  # 3 calls
        list(items(2))             # 3
        asyncio.run(later(1))      # 2
        try:
            failing()              # 1
        except ValueError:
            pass
"""

THREADS = """
    threads = [threading.Thread(target=everything) for _ in range(16)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def ways(calls: dict[str, Any]) -> set[str]:
    return {way for seen in calls.values() for way in seen.ways}


def op_name(seen: Any) -> str:
    return str(seen.data["op_name"]).rpartition("/")[2].partition(":")[0]


def test_a_program_needs_no_line_of_code(daemon: Any, backend: Backend, run: Runner) -> None:
    """All kinds of ops, by 16 threads, and an exit without a flush."""
    done = run(KINDS + "    everything()\n" + THREADS).ok()
    calls = complete(backend, 17 * 9)
    assert ways(calls) == {"sidecar"}
    assert not done.warnings
    by_name: dict[str, int] = {}
    for seen in calls.values():
        by_name[op_name(seen)] = by_name.get(op_name(seen), 0) + 1
    assert by_name == {"nested": 17, "leaf": 17 * 5, "items": 17, "later": 17, "failing": 17}
    for seen in calls.values():
        if op_name(seen) == "failing":
            assert "as planned" in seen.data["exception"]
        parent = seen.data.get("parent_id")
        if op_name(seen) == "leaf":
            assert calls[parent].data["trace_id"] == seen.data["trace_id"]
        else:
            assert parent is None
    # What is not a call goes as ever.
    assert ("/obj/create", "direct") in backend.routes


@pytest.mark.parametrize("value", ["", "false", "0"])
def test_unset_changes_nothing(value: str, fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    done = run(
        """
        import json, sys
        before = sorted(sys.modules), len(sys.meta_path)
        import weave
        from weave.trace_server_bindings import remote_http_trace_server as remote
        from weave.trace_server_bindings import async_batch_processor as base
        client = weave.init("ent/proj")
        weave.op(lambda x: x)(1)
        print(json.dumps({
            "ours": [m for m in (*before[0], *sys.modules) if m.startswith("weave_sidecar")],
            "same": remote.AsyncBatchProcessor is base.AsyncBatchProcessor,
        }))
        """,
        WEAVE_USE_SIDECAR=value,
    ).ok()
    assert done.out == [{"ours": [], "same": True}]
    assert ways(complete(backend, 1)) == {"direct"}
    assert not fake.connections


@pytest.mark.parametrize("when", ["before the import", "after the import", "after init", "twice"])
def test_install_by_hand(when: str, fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    install = "import weave_sidecar; weave_sidecar.install()"
    run(
        f"""
        {install if when in ("before the import", "twice") else ""}
        import weave
        {install if when in ("after the import", "twice") else ""}
        op = weave.op(lambda x: x)
        client = weave.init("ent/proj")
        if {when == "after init"}:
            open_call = client.create_call("before", {{}})
            client.future_executor.flush()
        {install if when in ("after init", "twice") else ""}
        if {when == "after init"}:
            client.finish_call(open_call, 1)  # began directly
        op(1)
        client.flush()
        op(2)
        """,
        WEAVE_USE_SIDECAR="",
    ).ok()
    calls = complete(backend, 3 if when == "after init" else 2)
    for seen in calls.values():
        assert seen.ways == ({"direct"} if op_name(seen) == "before" else {"sidecar"})


def test_install_says_what_is_wrong(run: Runner) -> None:
    done = run(
        """
        import json, weave_sidecar
        weave_sidecar.install("/tmp/a")
        try:
            weave_sidecar.install("/tmp/b")
        except weave_sidecar.SidecarError as error:
            print(json.dumps([str(error)]))
        """,
        WEAVE_USE_SIDECAR="",
    ).ok()
    assert "/tmp/a" in done.out[0][0]
    assert "/tmp/b" in done.out[0][0]


def test_an_unknown_weave_costs_a_warning_only(directory: Any, run: Runner) -> None:
    package = directory / "weave" / "trace_server_bindings"
    package.mkdir(parents=True)
    for path in (package.parent / "__init__.py", package / "__init__.py"):
        path.write_text("")
    (package / "remote_http_trace_server.py").write_text("x = 1\n")
    done = run(
        """
        import json, sys
        import weave.trace_server_bindings.remote_http_trace_server as remote
        print(json.dumps([remote.x, any("weave_sidecar" in type(f).__module__ for f in sys.meta_path)]))
        """
    ).ok()
    assert done.out == [[1, False]]
    assert done.err.count("upgrade weave-sidecar") == 1


def test_the_hook_leaves_the_import_system_as_it_was(fake: FakeDaemon, run: Runner) -> None:
    fake.start()
    done = run(
        """
        import importlib, importlib.machinery, inspect, json, sys
        hooked = sum("weave_sidecar" in type(f).__module__ for f in sys.meta_path)
        import weave
        from weave.trace_server_bindings import remote_http_trace_server as remote
        from weave.trace_server_bindings import async_batch_processor as base
        if not hasattr(remote, "StainlessClient"):
            try:
                import weave.trace_server_bindings.stainless_remote_http_trace_server
            except ModuleNotFoundError:  # needs a package which that release does not bring
                pass
        left = sum("weave_sidecar" in type(f).__module__ for f in sys.meta_path)
        spec = remote.__spec__
        print(json.dumps({
            "hooked": hooked,
            "single": hasattr(remote, "StainlessClient"),
            "left": left,
            "patched": issubclass(remote.AsyncBatchProcessor, base.AsyncBatchProcessor)
                and remote.AsyncBatchProcessor is not base.AsyncBatchProcessor,
            "loader": type(spec.loader) is importlib.machinery.SourceFileLoader,
            "clean": "exec_module" not in vars(spec.loader),
            "origin": spec.origin == remote.__file__,
            "source": "class RemoteHTTPTraceServer" in inspect.getsource(remote),
            "reload": importlib.reload(remote) is remote,
        }))
        """
    ).ok()
    (seen,) = done.out
    assert seen.pop("hooked") == 1
    single = seen.pop("single")
    left = seen.pop("left")
    assert left == 0 or not single
    assert all(seen.values()), seen


def test_without_a_daemon_everything_goes_directly_with_one_warning(backend: Backend, run: Runner) -> None:
    done = run(KINDS + THREADS).ok()
    assert ways(complete(backend, 16 * 9)) == {"direct"}
    assert done.warnings == 1


def test_a_daemon_killed_and_started_again_loses_nothing(
    daemon: Any, backend: Backend, start: Program
) -> None:
    process = start(
        KINDS
        + """
    import sys, time
    @weave.op
    def open_for_long(x):
        print("{}", flush=True)
        sys.stdin.readline()       # killed now
        everything()
        print("{}", flush=True)
        sys.stdin.readline()       # back again

    everything()
    open_for_long(1)
    time.sleep(1.5)                # until it is tried again
    everything()
    weave.get_client().flush()
    """
    )
    assert process.stdin is not None
    assert process.stdout is not None
    while process.stdout.readline().strip() != "{}":
        pass
    time.sleep(0.3)
    daemon.stop()
    process.stdin.write("\n")
    process.stdin.flush()
    while process.stdout.readline().strip() != "{}":
        pass
    time.sleep(0.3)
    daemon.start()
    process.stdin.write("\n")
    process.stdin.flush()
    done = finish(process).ok()
    calls = complete(backend, 28)
    assert ways(calls) == {"sidecar", "direct"}
    assert done.warnings == 1
    (spanning,) = [seen for seen in calls.values() if op_name(seen) == "open_for_long"]
    assert spanning.ways == {"sidecar"}


def test_a_daemon_that_dies_for_good_leaves_both_halves(
    fake: FakeDaemon, backend: Backend, start: Program
) -> None:
    fake.start()
    process = start(
        """
        import sys, weave
        client = weave.init("ent/proj")
        @weave.op
        def f():
            client.future_executor.flush()
            print("{}", flush=True)
            sys.stdin.readline()
        f()
        """
    )
    wait_for(lambda: fake.ids("call_start"), 30)
    fake.stop()
    finish(process).ok()
    (seen,) = complete(backend, 1).values()
    assert "direct" in set(seen.starts) & set(seen.ends)


def test_a_flush_waits_for_the_delivery(daemon: Any, backend: Backend, run: Runner) -> None:
    done = run(
        KINDS
        + """
    import os, json, time
    everything()
    weave.get_client().flush()
    everything()
    weave.get_client().finish(use_progress_bar=False)
    everything()
    weave.finish()
    weave.init("ent/proj").flush()
    os._exit(0)                    # all that was flushed is safe
    """
    ).ok()
    # No waiting here: the flush has done that.
    complete(backend, 27, seconds=0.2 if not hasattr(daemon, "process") else 2.0)
    assert not done.warnings
    if isinstance(daemon, FakeDaemon):
        assert [method for method, _ in daemon.lines].count("flush") >= 2


def test_eager_starts_go_at_once_by_either_way(fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    """As evaluations do: their start is to be seen before they end."""
    program = """
        import sys, time, weave
        client = weave.init("ent/proj")
        @weave.op(eager_call_start=True)
        def eager():
            client.future_executor.flush()
            client.flush()
            print("{}", flush=True)
        eager()
        """
    first = run(program)
    if "unexpected keyword argument 'eager_call_start'" in first.err:
        pytest.skip("this weave knows no eager starts")
    first.ok()
    assert ways(complete(backend, 1)) == {"direct"}
    # One by one, as the SDK does for such calls, and not as a whole.
    routes = [path.rpartition("/proj/")[2] for path, _ in backend.routes]
    assert "call/start" in routes
    assert "call/end" in routes
    backend.calls.clear()
    fake.start()
    run(program).ok()
    assert ways(complete(backend, 1)) == {"sidecar"}


def test_an_event_loop_is_not_blocked_by_a_silent_daemon(
    fake: FakeDaemon, backend: Backend, run: Runner
) -> None:
    fake.start().on_line = lambda method, call: SILENCE
    done = run(
        """
        import asyncio, json, time, weave
        client = weave.init("ent/proj")
        @weave.op
        async def f(x):
            await asyncio.sleep(0)
        async def main():
            await f(0)  # publishes the op
            worst = 0.0
            for i in range(50):
                before = time.monotonic()
                await f(i)
                worst = max(worst, time.monotonic() - before)
                await asyncio.sleep(0.01)
            print(json.dumps([worst]))
        asyncio.run(main())
        """,
        WEAVE_CLIENT_PARALLELISM="0",
    ).ok()
    assert done.out[0][0] < 1.0
    complete(backend, 51)
    assert done.warnings == 1


def test_gevent_is_not_blocked_by_a_silent_daemon(fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    pytest.importorskip("gevent")
    fake.start().on_line = lambda method, call: SILENCE
    done = run(
        """
        from gevent import monkey, sleep, spawn
        monkey.patch_all()
        import json, time, weave
        client = weave.init("ent/proj")
        f = weave.op(lambda x: x)
        worst = 0.0
        def watch():
            global worst
            while True:
                before = time.monotonic()
                sleep(0.01)
                worst = max(worst, time.monotonic() - before)
        f(0)  # publishes the op
        spawn(watch)
        for greenlet in [spawn(f, i) for i in range(20)]: greenlet.join()
        client.flush()
        print(json.dumps([worst]))
        """
    ).ok()
    assert done.out[0][0] < 1.0
    complete(backend, 21)
    assert done.warnings == 1


def test_an_idle_exit_does_not_wait_for_the_sdks_threads(
    fake: FakeDaemon, backend: Backend, run: Runner
) -> None:
    fake.start()
    done = run(
        """
        import atexit, json, threading, time
        joined = []
        atexit.register(lambda: print(json.dumps(joined)))  # runs last
        import weave
        client = weave.init("ent/proj")
        weave.op(lambda x: x)(1)
        client.flush()
        count = threading.active_count()
        for _ in range(3): client.flush()
        joined.append(threading.active_count() - count)
        original = threading.Thread.join
        def join(self, timeout=None):
            joined.append(getattr(getattr(self, "_target", None), "__qualname__", ""))
            original(self, timeout)
        threading.Thread.join = join
        weave.op(lambda x: x)(2)
        """
    ).ok()
    assert done.out[0][0] == 0  # flushes start no threads
    assert not [name for name in done.out[0][1:] if "_process_batches" in name or "_health_check" in name]
    assert ways(complete(backend, 2)) == {"sidecar"}


def test_a_call_that_is_no_json_goes_as_ever(fake: FakeDaemon, backend: Backend, run: Runner) -> None:
    fake.start()
    run(
        """
        import weave
        weave.init("ent/proj")
        @weave.op
        def f(x): return x
        f(float("nan"))
        f("text " + chr(0x1F369))
        f(2 ** 80)
        f("x" * 3_000_000)
        """
    ).ok()
    calls = complete(backend, 4)
    assert ways(calls) == {"sidecar"}
    inputs = [seen.data["inputs"]["x"] for seen in calls.values()]
    assert None in inputs
    assert 2**80 in inputs or str(2**80) in map(str, inputs)
