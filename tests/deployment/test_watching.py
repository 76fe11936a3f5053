"""The dashboard and the alarm rules ask for what Wayhome says, and say what to do."""

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types

from bot.metrics.metrics import Metrics
from tests.bot.health.labels import LABELS
from tests.bot.log_lines import actions
from tests.deployment.conftest import HOUSE

DASHBOARD = json.loads((HOUSE / "deploy/grafana/wayhome.json").read_text())
RULES = [
    rule
    for group in yaml.safe_load((HOUSE / "deploy/prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
PAGE = (HOUSE / "docs/operations.md").read_text()
SHOWN = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel.get("targets", [])
}
ASKED = {**{rule["alert"]: rule["expr"] for rule in RULES}, **SHOWN}
ENDINGS = {"counter": ["_total"], "histogram": ["_bucket"], "info": ["_info"], "gauge": [""]}


def metrics() -> set[str]:
    return {
        metric.name + ending
        for metric in Metrics().registry.collect()
        for ending in ENDINGS[metric.type]
    }


def named(text: str) -> set[str]:
    return set(re.findall(r"\bwayhome_\w+", text))


@pytest.mark.parametrize("expression", ASKED.values(), ids=ASKED)
def test_every_metric_and_label_that_is_asked_for_exists(expression: str) -> None:
    assert named(expression)
    assert named(expression) <= metrics()
    for label, _, value in re.findall(r'(\w+)(=~?|!=)"([^"]*)"', expression):
        assert set(value.split("|")) <= LABELS[label]


def test_every_metric_has_a_panel_and_a_line_on_the_operators_page() -> None:
    panels = named(" ".join(SHOWN.values()))
    listed = set(re.findall(r"^\| `(wayhome_\w+)", PAGE, re.MULTILINE))

    assert metrics() <= panels
    assert {name.removesuffix("_bucket") for name in metrics()} == listed


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do_and_where_to_read_more(rule: dict[str, Any]) -> None:
    notes = rule["annotations"]
    page, _, anchor = notes["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)

    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert notes["summary"].endswith(".")
    assert notes["do"].endswith(".")
    assert page == "docs/operations.md"
    assert anchor in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
    # Whoever is woken looks for the name that woke them.
    assert f"`{rule['alert']}`" in PAGE


def test_the_dashboard_asks_in_questions_and_takes_any_prometheus() -> None:
    panels = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]

    assert all(panel["title"].endswith("?") and panel["description"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert [each["type"] for each in DASHBOARD["templating"]["list"]] == ["datasource"]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_actions_that_alerts_wait_for_are_still_written() -> None:
    waited_for = re.findall(r'action=~?"([^"]+)"', " ".join(ASKED.values()))

    assert waited_for
    assert set("|".join(waited_for).split("|")) <= actions()


def test_p2_an_alert_that_fails_each_time_is_heard_of_outside() -> None:
    """One case's fault stops no tick, so nothing else tells before the deadline is long past."""
    waited_for = {
        action
        for rule in RULES
        for asked in re.findall(r'action=~?"([^"]+)"', rule["expr"])
        for action in asked.split("|")
    }

    assert {action for action in actions() if re.search(r"alerts[.-]failed", action)} <= waited_for
    assert {"complaints.failed", "erasure.failed"} <= waited_for
    for action in waited_for:
        assert (
            Metrics().registry.get_sample_value("wayhome_log_lines_total", {"action": action}) == 0
        ), action


def test_a_counter_that_an_alarm_waits_for_is_there_before_it_counts() -> None:
    """Prometheus takes what begins at one for no increase, and mostly there is only one."""
    rises = re.findall(r'increase\((wayhome_\w+)\{(\w+)="([^"]+)"', " ".join(ASKED.values()))

    assert rises
    for name, label, value in rises:
        assert Metrics().registry.get_sample_value(name, {label: value}) == 0, value
