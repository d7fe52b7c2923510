"""Sends a few hundred realistic calls through a sidecar and shows what was delivered.

Starts a daemon of its own on a temporary socket, with a file as its backend, and stops it at the
end. Needs nothing but Python's standard library.

    python3 tests/demo/demo.py --bin build/release/bin/weave-sidecar
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

PROJECT = "acme/support-bot"
QUESTIONS = [
    "My order 10442 arrived with a cracked lid – can I get a new one?",
    "Where is my invoice for October?",
    "How do I change the delivery address?",
    "The app shows “out of stock” but the shop has it?",
]


@dataclass
class Call:
    """One traced call: what a start and an end line are made from."""

    op: str
    inputs: dict[str, Any]
    output: Any
    milliseconds: int
    parent: Call | None = None
    exception: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def trace_id(self) -> str:
        return self.parent.trace_id if self.parent else self.id


def chat(parent: Call | None, question: str, rng: random.Random) -> Call:
    model = rng.choice(["gpt-4o-mini", "claude-sonnet"])
    tokens = rng.randint(20, 400)
    return Call(
        op="openai.chat.completions.create",
        inputs={
            "model": model,
            "temperature": 0.2,
            "messages": [
                {"role": "system", "content": "You are a support agent. Answer in two sentences."},
                {"role": "user", "content": question},
            ],
        },
        output={"choices": [{"message": {"role": "assistant", "content": "It is on its way. " * 6}}]},
        milliseconds=rng.randint(300, 2500),
        parent=parent,
        usage={model: {"requests": 1, "prompt_tokens": 57, "completion_tokens": tokens}},
    )


def agent_trace(rng: random.Random) -> list[Call]:
    """A question answered by an agent: retrieval, a tool and two model calls beneath it."""
    question = rng.choice(QUESTIONS)
    answer = Call("answer_customer", {"question": question}, "It is on its way.", 4200)
    retrieve = Call(
        "retrieve_passages",
        {"query": question, "k": 5},
        [{"text": "Returns are free within 30 days. " * 20, "score": 0.83} for _ in range(5)],
        90,
        parent=answer,
    )
    plan = chat(answer, question, rng)
    tool = Call("lookup_order", {"order_id": 10442}, {"status": "shipped"}, 35, parent=answer)
    if rng.random() < 0.15:
        tool.output = None
        tool.exception = "TimeoutError: the order service did not answer within 2 s"
    return [answer, retrieve, plan, tool, chat(answer, question, rng)]


def lines(call: Call, started: datetime, project: str = PROJECT) -> tuple[dict[str, Any], dict[str, Any]]:
    ended = started + timedelta(milliseconds=call.milliseconds)
    failed = call.exception is not None
    start = {
        "project_id": project,
        "id": call.id,
        "op_name": f"weave:///{project}/op/{call.op}:v1",
        "trace_id": call.trace_id,
        "parent_id": call.parent.id if call.parent else None,
        "started_at": started.isoformat(),
        "attributes": {"weave": {"source": "demo"}},
        "inputs": call.inputs,
    }
    end = {
        "project_id": project,
        "id": call.id,
        "ended_at": ended.isoformat(),
        "exception": call.exception,
        "output": call.output,
        "summary": {"usage": call.usage, "status_counts": {"success": int(not failed), "error": int(failed)}},
    }
    return (
        {"method": "call_start", "payload": {"start": start}},
        {"method": "call_end", "payload": {"end": end}},
    )


class Client:
    """Speaks the socket protocol as an SDK does: a line, then its reply."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(5)
        self.socket.connect(str(path))
        self.replies = self.socket.makefile("rb")

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        reply = json.loads(self.replies.readline())
        if not reply["success"]:
            sys.exit(f"demo: the sidecar refused a line: {reply['error']}")
        return reply


def wait_for(path: Path, daemon: subprocess.Popen[bytes]) -> Client:
    for _ in range(100):
        if daemon.poll() is not None:
            sys.exit("demo: the daemon did not start")
        try:
            return Client(path)
        except OSError:
            time.sleep(0.05)
    sys.exit("demo: the daemon does not listen")


def send_calls(client: Client, traces: list[list[Call]]) -> float:
    began = time.perf_counter()
    now = datetime.now(timezone.utc)
    for trace in traces:
        pairs = [lines(call, now) for call in trace]
        for start, _ in pairs:
            client.ask(start)
        for _, end in reversed(pairs):
            client.ask(end)
    return time.perf_counter() - began


def delivered(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        item = json.loads(line)
        yield item["req"][item["mode"]]


def show(path: Path) -> None:
    calls: dict[str, dict[str, Any]] = {}
    for part in delivered(path):
        calls.setdefault(part["id"], {}).update(part)
    print(f"\nDelivered to {path.name}: {len(calls)} calls, starts and ends joined\n")
    print(f"  {'operation':34}{'calls':>6}{'failed':>8}")
    by_op: dict[str, list[dict[str, Any]]] = {}
    for call in calls.values():
        by_op.setdefault(call["op_name"].split("/op/")[1].split(":")[0], []).append(call)
    for op, found in sorted(by_op.items()):
        print(f"  {op:34}{len(found):6}{sum(1 for call in found if call['exception']):8}")
    root = next(call for call in calls.values() if call["op_name"].endswith("answer_customer:v1"))
    print("\nOne trace:\n")
    for call in calls.values():
        if call["trace_id"] == root["id"]:
            op = call["op_name"].split("/op/")[1].split(":")[0]
            depth = 0 if call is root else 1
            print(f"  {'    ' * depth}{op}{'  FAILED: ' + call['exception'] if call['exception'] else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="the weave-sidecar program")
    parser.add_argument("--traces", type=int, default=60, help="how many questions are answered (default 60)")
    arguments = parser.parse_args()

    rng = random.Random(7)
    traces = [agent_trace(rng) for _ in range(arguments.traces)]
    traces += [[chat(None, rng.choice(QUESTIONS), rng)] for _ in range(arguments.traces // 2)]
    count = sum(len(trace) for trace in traces)
    with tempfile.TemporaryDirectory(prefix="weave-demo-") as folder:
        path = Path(folder) / "sidecar.sock"
        backend = Path(folder) / "weave-calls.ndjson"
        command = [arguments.bin, "--headless", "--socket", path, "--backend", f"file:{backend}"]
        command += ["--spool-dir", Path(folder) / "spool"]
        daemon = subprocess.Popen([str(part) for part in command])
        try:
            client = wait_for(path, daemon)
            seconds = send_calls(client, traces)
            micros = seconds / (2 * count) * 1e6
            print(f"\nSent {count} calls as {2 * count} lines; each was answered after {micros:.0f} µs on average")
            client.ask({"method": "flush", "payload": {}})
            show(backend)
            print("\nweave-sidecar status:\n", flush=True)
            subprocess.run([str(arguments.bin), "status", "--socket", str(path)], check=True)
            print()
        finally:
            daemon.terminate()
            daemon.wait(timeout=15)


if __name__ == "__main__":
    main()
