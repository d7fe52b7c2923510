"""A page in Prometheus' text format 0.0.4, read strictly by the grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HELP = re.compile(r"# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*\S)")
_TYPE = re.compile(r"# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|summary|histogram)")
_SAMPLE = re.compile(
    r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\})? (\S+)'
)
_SUFFIXES = {"summary": ("_sum", "_count"), "histogram": ("_bucket", "_sum", "_count")}


@dataclass
class Metric:
    name: str
    type: str
    help: str
    label: str = ""
    # By suffix and the label's value, "" for none.
    samples: dict[tuple[str, str], float] = field(default_factory=dict)

    def values(self) -> set[str]:
        return {value for _, value in self.samples if value}


class Page:
    def __init__(self, text: str) -> None:
        self.metrics: dict[str, Metric] = {}
        self._helps: dict[str, str] = {}
        assert text.endswith("\n"), "no newline at the end"
        current = ""
        for line in text.splitlines():
            if match := _HELP.fullmatch(line):
                current = match[1]
                assert current not in self._helps, f"a second HELP: {line}"
                self._helps[current] = match[2]
            elif match := _TYPE.fullmatch(line):
                assert match[1] == current, f"TYPE is not behind its HELP: {line}"
                assert current not in self.metrics, f"a second TYPE: {line}"
                self.metrics[current] = Metric(current, match[2], self._helps[current])
            else:
                self._read_sample(line, current)

    def _read_sample(self, line: str, current: str) -> None:
        match = _SAMPLE.fullmatch(line)
        assert match, f"not a line of the format: {line}"
        metric = self.metrics[current]
        suffix = match[1].removeprefix(metric.name)
        allowed = ("", *_SUFFIXES.get(metric.type, ()))
        assert match[1].startswith(metric.name) and suffix in allowed, f"out of place: {line}"
        label, value = match[2] or "", match[3] or ""
        if label:
            assert metric.label in ("", label), f"two labels: {line}"
            metric.label = label
        assert (suffix, value) not in metric.samples, f"twice: {line}"
        metric.samples[suffix, value] = float(match[4])

    def series(self) -> dict[str, Metric]:
        """The names that a query can ask for."""
        names: dict[str, Metric] = {}
        for metric in self.metrics.values():
            for suffix, _ in metric.samples:
                names[metric.name + suffix] = metric
        return names
