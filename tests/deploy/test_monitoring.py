#!/usr/bin/env python3
"""test_monitoring.py BINARY

The alert rules and the Grafana dashboard: Prometheus's own checker accepts every expression, the cases of alerts_test.yaml come
out as they say, and every metric and label in them exists in the text of /metrics of the running BINARY.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1))
ALERTS = ROOT / "deploy" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"

SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "info": ["_info"], "gauge": [""], "unknown": [""]}
# Labels that Prometheus adds to what it reads, and that histograms have.
GIVEN_LABELS = {"job", "instance", "le"}
# What Grafana replaces: variables by words, its own variables by times.
VARIABLES = {"$__rate_interval": "5m", "$job": "job", "$instance": ".*", "${datasource}": "uid"}
WORDS = {"and", "or", "unless", "bool", "offset"}


def promtool(*arguments):
    done = subprocess.run([ROOT / "scripts" / "promtool", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def metrics_of_program(binary):
    port, metrics_port = free_port(), free_port()
    environment = dict(os.environ, HOST="127.0.0.1", PORT=str(port), METRICS_PORT=str(metrics_port), DRAIN_DELAY="1ms")
    server = subprocess.Popen([binary.resolve()], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                # Labels appear with the first request that has them.
                for path in ["/readyz", "/prod/stats?numbers=5&numbers=6", "/prod/stats?numbers=six", "/nothing"]:
                    get(port, path)
                return get(metrics_port, "/metrics")
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    finally:
        server.terminate()
        server.wait(10)


def exposed(text):
    """The labels of each metric that Prometheus stores of a text of /metrics."""
    labels = {}
    for family in text_string_to_metric_families(text):
        for suffix in SUFFIXES[family.type]:
            labels[family.name + suffix] = set()
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def used(expression):
    """The metrics of an expression, and the labels that it names."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression)
    labels = set(re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*""', bare))
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    grouped = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)"
    for names in re.findall(grouped, bare):
        labels.update(name.strip() for name in names.split(",") if name.strip())
    bare = re.sub(grouped, " ", bare)
    metrics = set(re.findall(r"(?<![\w.:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])", bare))
    return metrics - WORDS, labels


def replaced(text):
    for name, value in VARIABLES.items():
        text = text.replace(name, value)
    return text


def rules():
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels():
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def dashboard_expressions():
    dashboard = json.loads(DASHBOARD.read_text())
    expressions = [target["expr"] for panel in panels() for target in panel["targets"]]
    expressions += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()
            expressions.append(f"count by ({label}) ({selector})")
    return [replaced(expression) for expression in expressions]


class Monitoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exposed = exposed(metrics_of_program(PROGRAM))
        cls.expressions = [rule["expr"] for rule in rules()] + dashboard_expressions()

    def test_prometheus_accepts_the_rules_and_their_cases_come_out(self):
        for arguments in [("check", "rules", ALERTS), ("test", "rules", HERE / "alerts_test.yaml")]:
            status, output = promtool(*arguments)
            self.assertEqual(status, 0, output)

    def test_prometheus_accepts_the_expressions_of_the_dashboard(self):
        named = [{"record": f"e{n}", "expr": expression} for n, expression in enumerate(dashboard_expressions())]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": [{"name": "dashboard", "rules": named}]}, file)
            file.flush()
            status, output = promtool("check", "rules", file.name)
        self.assertEqual(status, 0, output)
        self.assertIn(f"{len(named)} rules found", output)

    def test_every_metric_and_label_exists(self):
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        for expression in self.expressions:
            metrics, labels = used(expression)
            self.assertTrue(metrics, expression)
            self.assertLessEqual(metrics, self.exposed.keys() | recorded, expression)
            own = set().union(*(self.exposed.get(metric, set()) for metric in metrics))
            self.assertLessEqual(labels, own | GIVEN_LABELS, expression)

    def test_every_metric_is_shown(self):
        shown = set().union(*(used(expression)[0] for expression in dashboard_expressions()))
        families = {re.sub("_(bucket|count|sum)$", "", metric) for metric in self.exposed if metric.startswith(("describe_", "http_server_"))}
        self.assertEqual({family for family in families if not any(metric.startswith(family) for metric in shown)}, set())

    def test_no_alert_is_on_4xx(self):
        for rule in rules():
            self.assertNotRegex(rule["expr"], r'"[^"]*4|describe_errors_total(?!\{code="internal"\})')

    def test_every_alert_says_what_happened_and_how_urgent_it_is(self):
        alerts = [rule for rule in rules() if "alert" in rule]
        self.assertEqual(len({rule["alert"] for rule in alerts}), len(alerts))
        for rule in alerts:
            self.assertIn(rule["labels"]["severity"], {"page", "ticket"})
            self.assertTrue(rule["annotations"]["summary"] and rule["annotations"]["description"])

    def test_settings_that_are_named_exist(self):
        code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.rs"))
        settings = {"--" + name.replace("_", "-") for name in re.findall(r"^    pub (\w+):", code, re.MULTILINE)}
        settings |= {"--" + name for name in re.findall(r'long = "([a-z-]+)"', code)}
        named = set(re.findall(r"--[a-z][a-z-]+", ALERTS.read_text() + DASHBOARD.read_text()))
        # Alone between backquotes: those of other programs stand in a command.
        named |= set(re.findall(r"`(--[a-z][a-z-]+)`", (ROOT / "SECURITY.md").read_text()))
        self.assertEqual(named - settings, set())

    def test_panels_have_unique_ids_and_do_not_overlap(self):
        every = json.loads(DASHBOARD.read_text())["panels"]
        self.assertEqual(len({panel["id"] for panel in every}), len(every))
        cells = [(x, y) for at in (panel["gridPos"] for panel in every)
                 for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
        self.assertEqual(len(set(cells)), len(cells))
        self.assertTrue(all(x < 24 for x, _ in cells))


class Used(unittest.TestCase):
    """The check itself."""

    def test_metrics_and_labels_are_found(self):
        self.assertEqual(used('sum by (job, le) (rate(a_total{x=~"b{c}", y!="d"}[5m])) / on (z) group_left () e:f > 1e3 and g offset 5m'),
                         ({"a_total", "e:f", "g"}, {"job", "le", "x", "y", "z"}))

    def test_names_of_families_become_those_that_are_stored(self):
        self.assertEqual(exposed('# TYPE a counter\n# TYPE b histogram\n# TYPE c info\nc_info{v="1"} 1\n# EOF\n'),
                         {"a_total": set(), "b_bucket": set(), "b_count": set(), "b_sum": set(), "c_info": {"v"}})


if __name__ == "__main__":
    unittest.main()
