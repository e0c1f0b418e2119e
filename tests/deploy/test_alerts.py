"""The alert rules ask for figures that services really show, and each leads to a page that helps."""

import re
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from crm_chassis.settings import ServiceSettings
from tests.architecture.sources import ROOT, SERVICES
from tests.deploy.figures import shown, unknown
from tests.deploy.promtool import promtool
from tests.deploy.tools import DEPLOY, run

FILE = DEPLOY / "prometheus" / "alerts.yaml"
TRIAL = Path(__file__).parent / "alerts_trial.yaml"
Rule = dict[str, Any]


def rules() -> list[Rule]:
    return [rule for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


def breaches(rule: Rule) -> list[str]:
    """List the faults of a rule."""
    words = " ".join(rule.get("annotations", {}).values())
    asked = set(re.findall(r"\$labels\.(\w+)", words))
    runbook = rule.get("annotations", {}).get("runbook")
    promises = {
        "has a name of ours": rule.get("alert", "").startswith("Crm"),
        "has a known severity": rule.get("labels", {}).get("severity") in {"warning", "critical"},
        "says what is the matter and what it means": {"summary", "description"} <= rule.get("annotations", {}).keys(),
        "waits for a while": promql.parse_duration(rule.get("for", "0s")) >= timedelta(minutes=1),
        "names labels that the result has": all(label in rule["expr"] for label in asked),
        "leads to a page that is there": runbook is None or (ROOT / runbook).is_file(),
    }
    return unknown(rule["expr"]) + [promise for promise, kept in promises.items() if not kept]


def a_rule() -> Rule:
    [rule] = [each for each in rules() if each["alert"] == "CrmPartitionStopped"]
    return deepcopy(rule)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_what_is_shown_and_says_what_to_do(rule: Rule) -> None:
    assert breaches(rule) == []


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"expr": "max by (service, reader) (crm_reader_lost) > 0"}, "crm_reader_lost is shown by nobody"),
        ({"expr": 'crm_reader_still_seconds{topic="x"} > 1'}, "crm_reader_still_seconds has no label topic"),
        ({"expr": "sum by (partition) (crm_reader_lag_events) > 1"}, "nothing is labelled partition"),
        ({"labels": {}}, "has a known severity"),
        ({"annotations": {"summary": "x"}}, "says what is the matter and what it means"),
        ({"for": "5s"}, "waits for a while"),
        ({"annotations": {"summary": "{{ $labels.topic }}", "description": "x"}}, "names labels that the result has"),
        ({"annotations": {"runbook": "docs/runbooks/pray.md"}}, "leads to a page that is there"),
    ],
)
def test_a_rule_that_helps_nobody_is_caught(change: Rule, breach: str) -> None:
    offender = a_rule() | change

    assert breach in breaches(offender)


def test_an_expression_that_is_no_promql_is_caught() -> None:
    with pytest.raises(ValueError, match="parenthesis"):
        unknown("max by (service (crm_reader_lag_events")


def test_every_figure_about_readers_is_watched() -> None:
    watched = " ".join(f"{rule['expr']} {rule['annotations']['description']}" for rule in rules())

    assert [name for name in shown() if name.startswith("crm_reader_") and name not in watched] == []


def test_the_silence_of_any_service_is_noticed() -> None:
    [rule] = [each for each in rules() if each["alert"] == "CrmServiceIsSilent"]

    assert set(re.findall(r'service="(\w+)"', rule["expr"])) == set(SERVICES)


def test_an_alert_comes_when_readiness_says_no() -> None:
    limits = {name: ServiceSettings.model_fields[name].default for name in ("ready_lag_events", "ready_still_seconds")}
    expressions = {rule["alert"]: rule["expr"] for rule in rules()}

    assert expressions["CrmRelayIsBehind"].endswith(f"> {limits['ready_lag_events']}")
    assert expressions["CrmReaderIsBehind"].endswith(f"> {limits['ready_lag_events']}")
    assert expressions["CrmRelayStandsStill"].endswith(f"> {limits['ready_still_seconds']}")
    assert expressions["CrmReaderStandsStill"].endswith(f"> {limits['ready_still_seconds']}")


def test_prometheus_itself_agrees() -> None:
    checked, tried = run(promtool(), "check", "rules", str(FILE)), run(promtool(), "test", "rules", str(TRIAL))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_prometheus_itself_refuses_a_rule_that_is_none(tmp_path: Path) -> None:
    spoilt = tmp_path / "alerts.yaml"
    spoilt.write_text(FILE.read_text("utf-8").replace("> 60", "> > 60", 1))

    checked = run(promtool(), "check", "rules", str(spoilt))

    assert checked.returncode == 1
    assert "parse" in checked.stderr


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_promtool_ci_fails_and_others_are_told_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    # Both are waited for: a skip where a failure was due would skip this test, and nobody would see it.
    with pytest.raises((pytest.fail.Exception, pytest.skip.Exception), match=r"no promtool: .* here: apt-get") as told:
        promtool.__wrapped__()

    assert told.type is outcome


def test_every_alert_is_tried() -> None:
    tried = TRIAL.read_text("utf-8")

    assert [rule["alert"] for rule in rules() if rule["alert"] not in tried] == []
