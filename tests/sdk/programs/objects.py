"""Published objects, a dataset, a call that takes one, feedback: what travels beside the calls."""

from __future__ import annotations

import weave


class Rule(weave.Object):
    name: str
    factor: int


@weave.op
def apply(rule: Rule, n: int) -> int:
    return rule.factor * n


def main() -> None:
    weave.publish({"k": [1, 2, 3]}, name="settings")
    rule = Rule(name="double", factor=2)
    reference = weave.publish(rule)
    rows = [{"n": i, "text": f"row {i}"} for i in range(20)]
    weave.publish(weave.Dataset(name="numbers", rows=weave.Table(rows)))
    assert reference.get().factor == 2
    _, call = apply.call(rule, 21)
    call.feedback.add_note("a note")
    call.feedback.add("grade", {"value": 5})
