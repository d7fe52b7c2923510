#!/usr/bin/env python3
"""Makes sure that the judge sees what is wrong: each test breaks one thing in a good run."""

from __future__ import annotations

import copy
import unittest
from typing import Any

from cases import COMPLETE, FRESH, Case, Cell
from doors import DIRECT, HTTP, SOCKET
from judge import Outcome, judge

_CASE = Case("failing", ("failing",))
_FORKED = Case("forked", ("forked",))


def _call(number: int, parent: int | None, op: str, inputs: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "trace_id": "t",
        "parent_id": None if parent is None else str(parent),
        "op": f"weave:///acme/failing/op/{op}:Digest",
        "display_name": None,
        "inputs": inputs,
        "output": None,
        "exception": None,
        "attributes": {"weave": {"source": "python-sdk"}},
        "summary": {"weave": {"status": "success", "latency_ms": number}},
        "thread_id": None,
        "turn_id": None,
        "started_at": "2026-01-01T00:00:00",
        "ended_at": "2026-01-01T00:00:01",
    } | more


def _answer() -> dict[str, Any]:
    """What programs/failing.py leaves behind."""
    value, own = (
        {"exception": f'{{"type": "{kind}", "message": "{text} żółć"}}'}
        for kind, text in (("ValueError", "value"), ("OwnError", "own"))
    )
    calls = [
        _call(0, None, "fail", {"kind": "value"}, **value),
        _call(1, None, "survive", {"kind": "value"}, output="ValueError"),
        _call(2, 1, "fail", {"kind": "value"}, **value),
        _call(3, None, "fail", {"kind": "own"}, **own),
        _call(4, None, "survive", {"kind": "own"}, output="OwnError"),
        _call(5, 4, "fail", {"kind": "own"}, **own),
    ]
    for levels in (3, 2, 1, 0):
        number = len(calls)
        parent = None if levels == 3 else number - 1
        calls.append(_call(number, parent, "pass_on", {"levels": levels}, **own))
    calls.append(_call(10, 9, "fail", {"kind": "own"}, **own))
    return {"calls": calls, "feedback": []}


def _status() -> dict[str, Any]:
    counts = {"received": 22, "recovered": 0, "delivered": 22, "pending": 0, "dead_lettered": 0}
    return {"calls": counts | {"refused": {"malformed": 0}}}


def _outcome(cell: Cell, answer: dict[str, Any]) -> Outcome:
    outcome = Outcome(cell, exit_code=0)
    writer = "WeaveTrace/Python" if cell.door == DIRECT else "weave-sidecar/0"
    report = {"repeated": {cell.project: 0}, "writers": {cell.project: {writer: 1}}}
    outcome.take(answer, report)
    if cell.door != DIRECT:
        outcome.status, outcome.daemon_exit = _status(), 0
    return outcome


class Judge(unittest.TestCase):
    def setUp(self) -> None:
        self.direct = _outcome(Cell(_CASE, DIRECT, FRESH), _answer())
        judge(self.direct, self.direct)
        self.assertEqual(self.direct.problems, [])
        self.answer = copy.deepcopy(_answer())
        self.cell = Cell(_CASE, SOCKET, FRESH)

    def _judged(self) -> Outcome:
        return self._judge(_outcome(self.cell, self.answer))

    def _judge(self, outcome: Outcome) -> Outcome:
        judge(outcome, self.direct)
        return outcome

    def _assert_seen(self, text: str) -> None:
        self.assertIn(text, "\n".join(self._judged().problems))

    def test_the_same_calls_are_fine(self) -> None:
        self.assertEqual(self._judged().problems, [])

    def test_lost(self) -> None:
        del self.answer["calls"][4]
        self._assert_seen("missing")

    def test_one_too_many(self) -> None:
        self.answer["calls"].append(self.answer["calls"][0] | {"id": "other"})
        self._assert_seen("extra")

    def test_another_output(self) -> None:
        self.answer["calls"][1]["output"] = "TypeError"
        self._assert_seen("TypeError")

    def test_integer_for_float(self) -> None:
        self.answer["calls"][0]["inputs"] = {"kind": {"float": "1.0"}}
        self._assert_seen("float")

    def test_another_parent(self) -> None:
        self.answer["calls"][2]["parent_id"] = "4"
        self._assert_seen("missing")

    def test_another_trace(self) -> None:
        self.answer["calls"][2]["trace_id"] = "u"
        self._assert_seen('"is_in_trace": false')

    def test_not_ended(self) -> None:
        self.answer["calls"][0]["ended_at"] = None
        self._assert_seen('"is_ended": false')

    def test_another_summary(self) -> None:
        self.answer["calls"][0]["summary"]["weave"]["status"] = "running"
        self._assert_seen("not as direct")

    def test_feedback_lost(self) -> None:
        given = {"type": "note", "payload": {}, "on": "weave:///acme/failing/call/1"}
        answer = _answer() | {"feedback": [given]}
        self.direct = _outcome(Cell(_CASE, DIRECT, FRESH), answer)
        self._assert_seen("not as direct")

    def test_repeated(self) -> None:
        outcome = _outcome(self.cell, self.answer)
        outcome.repeated = 1
        self.assertTrue(self._judge(outcome).problems)

    def test_past_the_daemon(self) -> None:
        outcome = _outcome(self.cell, self.answer)
        outcome.writers = {"WeaveTrace/Python"}
        self.assertTrue(self._judge(outcome).problems)

    def test_numbers_do_not_add_up(self) -> None:
        outcome = _outcome(self.cell, self.answer)
        assert outcome.status
        outcome.status["calls"]["received"] = 23
        self.assertTrue(self._judge(outcome).problems)

    def test_dead_letters(self) -> None:
        outcome = _outcome(self.cell, self.answer)
        assert outcome.status
        outcome.status["calls"] |= {"delivered": 21, "dead_lettered": 1}
        self.assertTrue(self._judge(outcome).problems)

    def test_a_failed_program(self) -> None:
        outcome = _outcome(self.cell, self.answer)
        outcome.exit_code = 1
        self.assertTrue(self._judge(outcome).problems)

    def test_only_what_the_sdk_loses_by_itself_is_excused(self) -> None:
        self.direct = _outcome(Cell(_FORKED, DIRECT, FRESH), {"calls": [], "feedback": []})
        nothing: dict[str, Any] = {"calls": [], "feedback": []}
        for door, mode, is_excused in (
            (DIRECT, FRESH, True),
            (HTTP, FRESH, True),
            (SOCKET, FRESH, False),
        ):
            self.cell, self.answer = Cell(_FORKED, door, mode), nothing
            problems = "\n".join(self._judged().problems)
            self.assertEqual("missing" not in problems, is_excused, door)
        for door, is_excused in ((DIRECT, True), (SOCKET, False), (HTTP, False)):
            self.cell, self.answer = Cell(_CASE, door, COMPLETE), nothing
            self.assertEqual(not self._judged().problems, is_excused, door)


if __name__ == "__main__":
    unittest.main()
