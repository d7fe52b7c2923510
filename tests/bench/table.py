"""The two tables, for people and for machines."""

from __future__ import annotations

import dataclasses
from typing import Any

from loads import Comparison, Figures
from rows import Row

HEADINGS = ["load", "program", "messages/s", "CPU µs", "ratio", "target", ""]
HEADINGS += ["p50 µs", "p99 µs", "peak MiB", "target", "", "delivered", "failed", "stolen"]
CHECK_HEADINGS = ["other targets", "", "figure", "target", "", "runs", "floor", "stolen", ""]


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _figure_cells(figures: Figures) -> dict[str, str]:
    return {
        "rate": f"{figures.messages_per_second:,.0f}",
        "cpu": f"{figures.cpu_us_per_message:.2f}",
        "p50": f"{figures.reply_us_p50:,.0f}",
        "p99": f"{figures.reply_us_p99:,.0f}",
        "peak": f"{figures.peak_mib:.1f}",
        "delivered": f"{figures.delivered:,}",
        "failed": f"{figures.failed:,}",
    }


def _floor_row(comparison: Comparison) -> list[str]:
    cells = _figure_cells(comparison.floor)
    row = [comparison.target.load.name, "floor", cells["rate"], cells["cpu"], "1.00", "", ""]
    row += [cells["p50"], cells["p99"], cells["peak"], "", ""]
    return row + [cells["delivered"], cells["failed"], ""]


def _sidecar_row(comparison: Comparison) -> list[str]:
    cells = _figure_cells(comparison.sidecar)
    target = comparison.target
    row = ["", "sidecar", cells["rate"], cells["cpu"], f"{comparison.ratio:.2f}"]
    row += [f"≤ {target.most_ratio:.1f}", verdict(comparison.is_ratio_met)]
    row += [cells["p50"], cells["p99"], cells["peak"]]
    row += [f"≤ {target.most_peak_mib:.0f}", verdict(comparison.is_peak_met)]
    loss = "" if comparison.is_complete else f" of {target.load.messages:,}"
    return row + [cells["delivered"] + loss, cells["failed"], _stolen(comparison.stolen_percent)]


def _stolen(percent: float) -> str:
    return f"{percent:.1f} %"


def _check_row(row: Row) -> list[str]:
    unit = f" {row.unit}" if row.unit else ""
    spread = f"{min(row.runs):.{row.digits}f} to {max(row.runs):.{row.digits}f}"
    floor = "" if row.floor is None else f"{row.floor:.{row.digits}f}"
    rest = [spread if len(row.runs) > 1 else "", floor, _stolen(row.stolen_percent), row.problem]
    figure = f"{row.figure:.{row.digits}f}{unit}"
    target = f"≤ {row.most:g}{unit}"
    return [row.check, row.what, figure, target, verdict(row.is_met), *rest]


def _format(rows: list[list[str]], left_columns: set[int]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in left_columns else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def load_table(comparisons: list[Comparison]) -> str:
    rows = [row for item in comparisons for row in (_floor_row(item), _sidecar_row(item))]
    return _format([HEADINGS, *rows], {0, 1})


def check_table(rows: list[Row]) -> str:
    cells = [_check_row(row) for row in rows]
    return _format([CHECK_HEADINGS, *cells], {0, 1, 5, 8})


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    return dataclasses.asdict(comparison) | {
        "ratio": round(comparison.ratio, 3),
        "is_ratio_met": comparison.is_ratio_met,
        "is_peak_met": comparison.is_peak_met,
        "is_complete": comparison.is_complete,
    }


def row_json(row: Row) -> dict[str, Any]:
    return dataclasses.asdict(row) | {"figure": row.figure, "is_met": row.is_met}
