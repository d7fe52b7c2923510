"""status, /status, /metrics and docs/metrics.md say the same of a busy daemon, number by number."""

from __future__ import annotations

import json
import os
import re
import subprocess
import unittest
from pathlib import Path
from typing import Any

import documented
from page import Metric, Page
from rig import BusyDaemon

PROGRAM = Path(os.environ["WEAVE_SIDECAR_BINARY"])
PROMTOOL = os.environ.get("WEAVE_PROMTOOL", "")

# What goes on between two questions, and by how much at most.
MOVING = {
    "process.cpu_seconds": 5.0,
    "process.resident_memory_bytes": 50e6,
    "process.virtual_memory_bytes": 500e6,
    "process.open_fds": 10.0,
    "process.threads": 10.0,
    "uptime_seconds": 20.0,
    "calls.oldest_pending_seconds": 20.0,
    "backend.last_error_seconds_ago": 20.0,
    # Asking is a request, too.
    "connections.open": 1.0,
    "connections.accepted": 10.0,
    "metrics.connections_open": 2.0,
    "metrics.requests": 10.0,
    "http.connections_open": 2.0,
    "http.requests": 2.0,
}
QUANTILES = {"0.5": "p50", "0.99": "p99", "1": "max"}


def place(status: dict[str, Any], path: str) -> Any:
    value: Any = status
    for key in path.split("."):
        value = value[key]
    return value


def expected(row: documented.Row, suffix: str, label: str, found: Any) -> float:
    """What the JSON says of a sample."""
    if isinstance(found, dict):
        if suffix == "_bucket":
            return found["count"] if label == "+Inf" else found["buckets"][label]
        if suffix:
            return found[suffix.removeprefix("_")]
        return found[QUANTILES[label] if row.type == "summary" else label]
    if label:  # a word
        return float(found == label)
    return 0.0 if found is None else found


class MetricsTest(unittest.TestCase):
    busy: BusyDaemon
    page: Page
    text: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.busy = BusyDaemon(PROGRAM)
        cls.addClassCleanup(cls.busy.close)
        cls.text = cls.busy.get("/metrics")
        cls.page = Page(cls.text)

    def assert_same(self, page: Page, status: dict[str, Any]) -> int:
        compared = 0
        for row in documented.metric_rows():
            found = place(status, row.place)
            if row.place in ("backend.next_attempt_seconds",) and found is None:
                continue
            for (suffix, label), number in page.metrics[row.name].samples.items():
                wanted = expected(row, suffix, label, found)
                with self.subTest(metric=row.name, label=label, suffix=suffix):
                    self.assertAlmostEqual(number, wanted, delta=MOVING.get(row.place, 0.0))
                compared += 1
        return compared

    def test_busy(self) -> None:
        """The comparison is worth something: the numbers are not all zero."""
        metrics = self.page.metrics
        total = lambda name: sum(metrics["weave_sidecar_" + name].samples.values())  # noqa: E731
        self.assertEqual(total("calls_received_total"), 51)
        self.assertEqual(total("calls_delivered_total"), 41)
        self.assertEqual(total("calls_dead_lettered_total"), 3)
        self.assertEqual(total("calls_pending"), 7)
        self.assertEqual(total("calls_refused_total"), 2)
        self.assertGreater(total("requests_retried_total"), 0)
        self.assertGreater(total("batches_halved_total"), 0)
        failed = metrics["weave_sidecar_requests_failed_total"].samples
        self.assertGreaterEqual(failed["", "503"], 1)
        self.assertGreaterEqual(failed["", "400"], 3)
        self.assertEqual(metrics["weave_sidecar_backend_paused"].samples["", "user"], 1)
        self.assertEqual(total("connections_refused_total"), 1)
        for outcome in ("kept", "passed", "refused", "health"):
            self.assertEqual(metrics["weave_sidecar_http_requests_total"].samples["", outcome], 1)

    def test_status_by_command(self) -> None:
        self.assertGreater(self.assert_same(self.page, self.busy.daemon.status_by_command()), 80)

    def test_status_by_socket(self) -> None:
        self.assertGreater(self.assert_same(self.page, self.busy.daemon.status()), 80)

    def test_status_page(self) -> None:
        self.assertGreater(self.assert_same(self.page, json.loads(self.busy.get("/status"))), 80)

    def test_door(self) -> None:
        at_door = Page(self.busy.get("/metrics", self.busy.door))
        self.assertEqual(list(at_door.metrics), list(self.page.metrics))
        status = self.busy.daemon.status()
        self.assertGreater(self.assert_same(at_door, status), 80)

    def test_calls_add_up(self) -> None:
        def total(name: str) -> float:
            return sum(self.page.metrics[f"weave_sidecar_calls_{name}"].samples.values())

        self.assertEqual(
            total("received_total") + total("recovered_total"),
            total("delivered_total") + total("dead_lettered_total") + total("pending"),
        )

    def test_documented(self) -> None:
        rows = {row.name: row for row in documented.metric_rows()}
        self.assertEqual(list(rows), list(self.page.metrics))
        for name, metric in self.page.metrics.items():
            with self.subTest(metric=name):
                row = rows[name]
                self.assertEqual((row.type, row.meaning), (metric.type, metric.help))
                if metric.samples:
                    self.assertEqual(row.label, metric.label)

    def test_units(self) -> None:
        for row in documented.metric_rows():
            with self.subTest(metric=row.name):
                stem = row.name.removesuffix("_total")
                self.assertTrue(row.unit)
                self.assertEqual(row.unit == "seconds", stem.endswith("_seconds"))
                self.assertEqual(row.unit == "bytes", stem.endswith("_bytes"))
                self.assertEqual(row.type == "counter", row.name.endswith("_total"))

    def test_label_values(self) -> None:
        listed = documented.label_values()
        for name, metric in self.page.metrics.items():
            if metric.label in ("", "le", "quantile", "version"):
                continue
            with self.subTest(metric=name):
                values = {value for value in metric.values() if not re.fullmatch(r"\d{3}", value)}
                if name == "weave_sidecar_requests_failed_total":
                    self.assertLessEqual(values, listed[name])
                else:
                    self.assertEqual(values, listed[name])

    def test_histogram(self) -> None:
        metric = self.page.metrics["weave_sidecar_request_seconds"]
        buckets = [(key, n) for (suffix, key), n in metric.samples.items() if suffix == "_bucket"]
        self.assertEqual([key for key, _ in buckets][-1], "+Inf")
        edges = [float(key) for key, _ in buckets]
        self.assertEqual(edges, sorted(set(edges)))
        counts = [count for _, count in buckets]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(counts[-1], metric.samples["_count", ""])
        self.assertGreater(counts[-1], 3)

    def test_another_parser(self) -> None:
        """Prometheus' own reader for Python, where it is installed."""
        try:
            from prometheus_client.parser import text_string_to_metric_families as read
        except ImportError:
            self.skipTest("Python's prometheus_client is not here")
        families = list(read(self.text))
        self.assertEqual(len(families), len(self.page.metrics))
        ours: dict[str, Metric] = self.page.metrics
        for family in families:
            name = family.name + "_total" if family.type == "counter" else family.name
            metric = ours[name]
            self.assertEqual((family.type, family.documentation), (metric.type, metric.help))
            self.assertEqual(
                sorted(sample.value for sample in family.samples), sorted(metric.samples.values())
            )

    @unittest.skipUnless(PROMTOOL, "promtool is not here")
    def test_promtool(self) -> None:
        done = subprocess.run(
            [PROMTOOL, "check", "metrics"], input=self.text, capture_output=True, text=True, timeout=60
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
