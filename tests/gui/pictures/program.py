"""A program whose calls are traced, for the pictures: many questions are answered at a time.

    program.py SOCKET PROJECT ANSWERS SECONDS PERIOD

Answers up to ANSWERS questions at a time, more and fewer in waves of PERIOD seconds; after SECONDS
one at a time until it is ended. Calls start and end when they would, with the contents of
tests/demo/demo.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import math
import pathlib
import random
import sys
import time
from datetime import datetime, timezone
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "demo"))
from demo import Call, agent_trace, lines  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Plan:
    project: str
    answers: int
    seconds: float
    period: float

    def share(self, since: float) -> float:
        """How much of its usual work the program has at the time."""
        if since > self.seconds:
            return 1 / self.answers
        return 0.7 + 0.3 * math.sin(2 * math.pi * since / self.period)


class Connection:
    """One to the daemon for all; replies come in the order of the lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, line: dict[str, Any]) -> None:
        self._writer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    async def read_replies(self) -> None:
        while await self._reader.readline():
            pass


async def run_call(connection: Connection, project: str, call: Call, children: list[Call]) -> None:
    start, _ = lines(call, datetime.now(timezone.utc), project)
    began = datetime.now(timezone.utc)
    connection.send(start)
    for child in children:
        await run_call(connection, project, child, [])
    if not children:
        await asyncio.sleep(call.milliseconds / 1000)
    call.milliseconds = int((datetime.now(timezone.utc) - began).total_seconds() * 1000)
    _, end = lines(call, began, project)
    connection.send(end)


async def answer_questions(connection: Connection, plan: Plan, number: int, rng: random.Random) -> None:
    begin = time.monotonic()
    await asyncio.sleep(rng.random() * 2)
    while True:
        if number >= plan.share(time.monotonic() - begin) * plan.answers:
            await asyncio.sleep(0.5)
            continue
        question, *steps = agent_trace(rng)
        await run_call(connection, plan.project, question, steps)
        await asyncio.sleep(rng.random() * 0.5)


async def main() -> None:
    path, project, answers, seconds, period = sys.argv[1:]
    plan = Plan(project, int(answers), float(seconds), float(period))
    connection = Connection(*await asyncio.open_unix_connection(path, limit=1 << 20))
    await asyncio.gather(
        connection.read_replies(),
        *(
            answer_questions(connection, plan, number, random.Random(f"{project} {number}"))
            for number in range(plan.answers)
        ),
    )


if __name__ == "__main__":
    asyncio.run(main())
