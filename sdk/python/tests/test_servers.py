"""Real prefork servers: gunicorn and Celery."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from backend import Backend
from conftest import complete, finish
from fake_daemon import wait_for
from test_fork import by, xs

Program = Callable[..., Popen[str]]

OP = """
import weave
{parent}

@weave.op
def f(x):
    return x
"""

WEB = (
    OP
    + """
def app(environ, respond):
    {worker}
    f(int(environ["PATH_INFO"][1:]))
    respond("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
"""
)

TASKS = (
    OP
    + """
import celery
app = celery.Celery("tasks", broker="filesystem://")
app.conf.broker_transport_options = {{
    "data_folder_in": "queue", "data_folder_out": "queue", "polling_interval": 0.05}}
app.conf.worker_hijack_root_logger = False

@app.task
def task(x):
    {worker}
    f(x)
    open(f"done-{{x}}", "w").close()
"""
)

INIT = {"parent": ["weave.init('ent/proj')", "pass"], "worker": ["", "weave.init('ent/proj')"]}


def where(place: str) -> dict[str, str]:
    code = INIT[place]
    return {"parent": code[0], "worker": code[1]}


def ask(path: Path, x: int) -> int:
    connection = http.client.HTTPConnection("localhost", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(30)
    connection.sock.connect(str(path))
    connection.request("GET", f"/{x}")
    return connection.getresponse().status


@pytest.mark.parametrize("place", ["parent", "worker"])
def test_gunicorn(place: str, daemon: Any, directory: Path, backend: Backend, start: Program) -> None:
    """Its workers are forked from the process that has loaded the application, or load it themselves."""
    pytest.importorskip("gunicorn")
    (directory / "web.py").write_text(WEB.format(**where(place)))
    process = start(
        """
        import sys
        from gunicorn.app.wsgiapp import run
        sys.argv = ["gunicorn", "web:app", "--preload", "--workers=2", "--bind=unix:web"]
        run()
        """,
        PYTHONPATH=str(directory),
    )
    wait_for((directory / "web").exists, 30)
    for x in range(6):
        assert ask(directory / "web", x) == 200
    process.send_signal(signal.SIGTERM)
    finish(process).ok()
    calls = complete(backend, 6)
    assert xs(calls) == list(range(6))
    assert by(calls) == {"sidecar"}


@pytest.mark.parametrize("place", ["parent", "worker"])
def test_celery(place: str, daemon: Any, directory: Path, backend: Backend, start: Program) -> None:
    pytest.importorskip("celery")
    (directory / "queue").mkdir()
    (directory / "tasks.py").write_text(TASKS.format(**where(place)))
    process = start(
        """
        from tasks import app, task
        for x in range(6): task.delay(x)
        app.worker_main(["worker", "--pool=prefork", "--concurrency=2", "--loglevel=warning",
                         "--without-mingle", "--without-gossip", "--without-heartbeat"])
        """,
        PYTHONPATH=str(directory),
        C_FORCE_ROOT="1",
    )
    wait_for(lambda: all((directory / f"done-{x}").exists() for x in range(6)), 60)
    os.kill(process.pid, signal.SIGTERM)
    assert finish(process).code == 0
    calls = complete(backend, 6)
    assert xs(calls) == list(range(6))
    assert by(calls) == {"sidecar"}
