"""The alerts and the dashboard ask only for what a running daemon has, and say what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import documented
import queries
from page import Metric, Page
from rig import BusyDaemon

PROGRAM = Path(os.environ["WEAVE_SIDECAR_BINARY"])
PROMTOOL = os.environ.get("WEAVE_PROMTOOL", "")
RULES = documented.ROOT / "packaging/prometheus/weave-sidecar.rules.yml"
DASHBOARD = documented.ROOT / "packaging/grafana/weave-sidecar.json"
RULES_TEST = Path(__file__).resolve().parent / "weave-sidecar.rules.test.yml"
# Prometheus' own; the job's name is the user's.
OWN_SERIES = {"up": {"job"}}
GRID_WIDTH = 24

try:
    import yaml
except ImportError:
    yaml = None


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def dashboard_queries(dashboard: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Where it stands, the expression, and how its series are named."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"], target["legendFormat"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"], annotation["titleFormat"]


def with_variables(expression: str) -> str:
    """As Grafana sends it."""
    expression = expression.replace("$__rate_interval", "5m")
    return expression.replace("$job", ".*").replace("$instance", ".*")


class PackagingTest(unittest.TestCase):
    series: dict[str, Metric]
    documented_values: dict[str, set[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.documented_values = documented.label_values()
        busy = BusyDaemon(PROGRAM)
        try:
            cls.series = Page(busy.get("/metrics")).series()
        finally:
            busy.close()

    def check(self, expression: str) -> queries.Query:
        """Every name is a series, every label is one of its, and has the values that are named."""
        query = queries.read(expression)
        asked = query.names | {name for name, *_ in query.matchers}
        self.assertTrue(asked, f"asks for nothing: {expression}")
        labels = set(queries.ADDED_LABELS)
        for name in asked:
            if name in OWN_SERIES:
                continue
            self.assertIn(name, self.series, f"no such series: {expression}")
            labels.add(self.series[name].label)
        for name, label, operator, value in query.matchers:
            if label in queries.ADDED_LABELS:
                continue
            metric = self.series[name]
            self.assertEqual(label, metric.label, f"{name} has no such label: {expression}")
            known = metric.values() | self.documented_values.get(metric.name, set())
            for alternative in queries.alternatives(operator, value):
                self.assertIn(alternative, known, f"{label} never has this value: {expression}")
        self.assertLessEqual(query.grouped, labels, f"groups by what is not there: {expression}")
        return query

    def rules(self) -> list[dict[str, Any]]:
        if yaml is None:
            self.skipTest("Python's yaml is not here")
        groups = yaml.safe_load(RULES.read_text())["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def test_rules_ask_for_what_there_is(self) -> None:
        for rule in self.rules():
            with self.subTest(alert=rule["alert"]):
                self.check(rule["expr"])

    def test_rules_say_what_to_do(self) -> None:
        rules = self.rules()
        self.assertGreaterEqual(len(rules), 7)
        names = [rule["alert"] for rule in rules]
        self.assertEqual(len(names), len(set(names)))
        for rule in rules:
            with self.subTest(alert=rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning"))
                summary = rule["annotations"]["summary"]
                self.assertIn("weave-sidecar", summary)
                # What has happened, and what to do: two sentences at least.
                self.assertGreaterEqual(len(re.findall(r"[.!](?: |$)", summary)), 2)
                does = r"`weave-sidecar (?:status|doctor|resume|spool \w+)`|--[a-z-]+|Start it"
                self.assertRegex(summary, does)
                query = queries.read(rule["expr"])
                for label in re.findall(r"\$labels\.(\w+)", summary):
                    labels = {self.series[name].label for name in self.asked(query)}
                    self.assertIn(label, labels | queries.ADDED_LABELS)

    def test_rule_of_a_refused_key_knows_the_services_key(self) -> None:
        """It is read when the service starts, and by no reload."""
        [rule] = [rule for rule in self.rules() if rule["alert"] == "WeaveSidecarBackendRefuses"]
        self.assertIn("`systemctl restart weave-sidecar`", rule["annotations"]["summary"])

    def asked(self, query: queries.Query) -> set[str]:
        return (query.names | {name for name, *_ in query.matchers}) - set(OWN_SERIES)

    def test_rules_name_commands_and_flags_that_there_are(self) -> None:
        done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=30)
        for rule in self.rules():
            summary = rule["annotations"]["summary"]
            for words in re.findall(r"`(weave-sidecar [\w ]+)`|(--[a-z-]+)", summary):
                name = "".join(words)
                self.assertTrue(name in done.stdout, f"{name} is not in --help")

    def test_dashboard_asks_for_what_there_is(self) -> None:
        dashboard = json.loads(DASHBOARD.read_text())
        found = list(dashboard_queries(dashboard))
        self.assertGreater(len(found), 20)
        for title, expression, legend in found:
            with self.subTest(panel=title, query=expression):
                query = self.check(with_variables(expression))
                labels = {self.series[name].label for name in self.asked(query)}
                for label in re.findall(r"\{\{\s*(\w+)\s*\}\}", legend):
                    self.assertIn(label, labels | queries.ADDED_LABELS)
                    if re.search(r"\bsum\s*(by\b|\()", expression):
                        self.assertIn(label, query.grouped, "summed away")
                    elif "without" in expression:
                        self.assertNotIn(label, query.grouped, "summed away")
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                name = re.match(r"label_values\((\w+)", variable["definition"])
                assert name
                self.assertIn(name[1], self.series)

    def test_dashboard_fits_together(self) -> None:
        dashboard = json.loads(DASHBOARD.read_text())
        all_panels = list(panels(dashboard))
        ids = [panel["id"] for panel in all_panels]
        self.assertEqual(len(ids), len(set(ids)))
        taken: set[tuple[int, int]] = set()
        for panel in all_panels:
            with self.subTest(panel=panel["title"]):
                at = panel["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], GRID_WIDTH)
                columns = range(at["x"], at["x"] + at["w"])
                cells = {(x, y) for x in columns for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(cells & taken, "lies on another panel")
                taken |= cells
                if panel["type"] == "row":
                    continue
                self.assertTrue(panel["description"])
                for target in panel["targets"]:
                    self.assertEqual(target["datasource"]["uid"], "${datasource}")
        variables = [variable["name"] for variable in dashboard["templating"]["list"]]
        self.assertEqual(variables, ["datasource", "job", "instance"])
        used = set(re.findall(r"\$\{?(\w+)", json.dumps(dashboard)))
        self.assertLessEqual(used, {*variables, "__rate_interval"})

    def test_checks_can_fail(self) -> None:
        for wrong in (
            "weave_sidecar_nothing_total",
            'weave_sidecar_calls_refused_total{colour="red"}',
            'weave_sidecar_calls_refused_total{reason="spool_ful"}',
            'weave_sidecar_calls_refused_total{reason=~"spool_full|gone"}',
            "sum by (reason) (weave_sidecar_calls_pending)",
            "weave_sidecar_request_seconds",  # only its buckets are series
            "1 + 1",
        ):
            with self.subTest(query=wrong), self.assertRaises(AssertionError):
                self.check(wrong)
        self.check('sum by (reason) (rate(weave_sidecar_calls_refused_total{job="a"}[5m])) > 0')

    def promtool(self, *arguments: str) -> None:
        done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(PROMTOOL, "promtool is not here")
    def test_rules_by_promtool(self) -> None:
        self.promtool("check", "rules", str(RULES))
        self.promtool("test", "rules", str(RULES_TEST))

    @unittest.skipUnless(PROMTOOL, "promtool is not here")
    def test_every_alert_has_a_test(self) -> None:
        tests = RULES_TEST.read_text()
        for rule in self.rules():
            self.assertIn(rule["alert"], tests)

    @unittest.skipUnless(PROMTOOL, "promtool is not here")
    def test_dashboard_by_promtool(self) -> None:
        """Its expressions as recording rules: Prometheus' own parser reads them."""
        found = dashboard_queries(json.loads(DASHBOARD.read_text()))
        rules = [
            {"record": f"query:{number}", "expr": with_variables(expression)}
            for number, (_, expression, _) in enumerate(found)
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            self.promtool("check", "rules", file.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
