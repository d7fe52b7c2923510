"""An evaluation without a network: its calls are eager, the SDK sends their starts at once."""

from __future__ import annotations

import asyncio

import weave


@weave.op
def model(question: str) -> str:
    return question.upper()


@weave.op
def exact(expected: str, output: str) -> dict[str, bool]:
    return {"correct": expected == output}


@weave.op
def length(output: str) -> int:
    return len(output)


def main() -> None:
    rows = [{"question": word, "expected": word.upper()} for word in ("one", "two", "three")]
    rows.append({"question": "four", "expected": "five"})
    evaluation = weave.Evaluation(name="words", dataset=rows, scorers=[exact, length])
    asyncio.run(evaluation.evaluate(model, __weave={"display_name": "the evaluation"}))
