"""The dashboard shows figures that exist, each in a place of its own."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest

from tests.deploy.figures import shown, unknown
from tests.deploy.tools import DEPLOY

WIDTH = 24
Dashboard = dict[str, Any]


@pytest.fixture
def the_dashboard() -> Dashboard:
    return dict(json.loads((DEPLOY / "grafana" / "dashboard.json").read_text("utf-8")))


def breaches(dashboard: Dashboard) -> list[str]:
    """List what Grafana would not show, or show wrongly."""
    panels = dashboard["panels"]
    found = [f"{panel['title']}: {each}" for panel in panels for each in amiss_in(panel)]
    found += [
        f"{one['title']} lies over {other['title']}" for one, other in combinations(panels, 2) if overlap(one, other)
    ]
    ids = [panel["id"] for panel in panels]
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(panels)))
    found += [f"the variable {name} is unknown" for name in sorted(used - variables)]
    return found + (["two panels have one id"] if len(set(ids)) < len(ids) else [])


def amiss_in(panel: Dashboard) -> Iterator[str]:
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", "5m").replace("$service", "sales")
        yield from unknown(expression)
        asked = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        yield from (f"no result is labelled {label}" for label in sorted(asked - set(grouping(expression))))
    if not panel["description"]:
        yield "nobody is told what it shows"
    if panel["gridPos"]["x"] + panel["gridPos"]["w"] > WIDTH:
        yield "it reaches over the edge"


def grouping(expression: str) -> list[str]:
    return re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", expression)))


def overlap(one: Dashboard, other: Dashboard) -> bool:
    a, b = one["gridPos"], other["gridPos"]
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "w"), ("y", "h")))


def test_every_panel_shows_what_is_there(the_dashboard: Dashboard) -> None:
    assert breaches(the_dashboard) == []


def test_every_figure_is_to_be_seen(the_dashboard: Dashboard) -> None:
    asked = json.dumps(the_dashboard)
    figures = {re.sub(r"_(bucket|sum|count|created|total)$", "", name) for name in shown()}

    assert [name for name in sorted(figures) if name not in asked] == []


@pytest.mark.parametrize(
    ("panel", "change", "breach"),
    [
        (
            0,
            {"targets": [{"expr": "crm_lost", "legendFormat": ""}]},
            "Stopped partitions: crm_lost is shown by nobody",
        ),
        (1, {"gridPos": {"x": 0, "y": 0, "w": 6, "h": 5}}, "Stopped partitions lies over Not told yet"),
        (1, {"gridPos": {"x": 20, "y": 90, "w": 6, "h": 5}}, "Not told yet: it reaches over the edge"),
        (1, {"id": 1}, "two panels have one id"),
        (1, {"description": "of $shop"}, "the variable shop is unknown"),
        (1, {"description": ""}, "Not told yet: nobody is told what it shows"),
    ],
)
def test_a_panel_that_misleads_is_caught(the_dashboard: Dashboard, panel: int, change: Dashboard, breach: str) -> None:
    offender = deepcopy(the_dashboard)
    offender["panels"][panel] |= change

    assert breach in breaches(offender)


def test_a_legend_without_its_label_is_caught(the_dashboard: Dashboard) -> None:
    the_dashboard["panels"][1]["targets"][0]["legendFormat"] = "{{partition}}"

    assert breaches(the_dashboard) == ["Not told yet: no result is labelled partition"]
