"""The tables of docs/metrics.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Row:
    name: str
    type: str
    unit: str
    label: str
    meaning: str
    place: str


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" |")]


def metric_rows() -> list[Row]:
    rows = []
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        if re.match(r"\| `(weave_sidecar|process)_", line):
            name, kind, unit, label, meaning, place = cells(line)
            rows.append(Row(name.strip("`"), kind, unit, label.strip("`"), meaning, place.strip("`")))
    return rows


def label_values() -> dict[str, set[str]]:
    """By metric, those that the page lists; others may come when the cell says so."""
    values = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        if match := re.match(r"\| `\w+` of `(\w+)` \|", line):
            values[match[1]] = set(re.findall(r"`(\w+)`", line.split("|")[2]))
    return values
