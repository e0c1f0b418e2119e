"""The figures that a service really shows, and which of them a PromQL expression asks for."""

from collections.abc import Iterator
from typing import Any

import promql_parser as promql
from prometheus_client.parser import text_string_to_metric_families

from crm_chassis.lag import PlaceLag, ReaderLag
from crm_chassis.web.metrics import Metrics

# What Prometheus itself puts beside a figure.
FROM_OUTSIDE = frozenset({"instance", "job"})


def shown() -> dict[str, frozenset[str]]:
    """Name of every figure at /metrics -> its labels."""
    metrics = Metrics("support")
    metrics.answered("GET", "/cases", 200, 0.1)
    with metrics.appending():
        pass
    place = PlaceLag("history", 1, "crm.sales.v1", 3, events=1, seconds=1.0, checkpoint_age=1.0)
    text = metrics.text([ReaderLag("relay", events=1), ReaderLag("history", events=1, places=(place,))]).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: frozenset(sample.labels) | FROM_OUTSIDE for sample in samples}


def unknown(expression: str) -> list[str]:
    """List figures and labels that an expression asks for and no service shows; raise when it is not PromQL."""
    known = shown()
    parsed = promql.parse(expression)
    selectors = [each for each in nodes(parsed) if isinstance(each, promql.VectorSelector)]
    found = [f"{each.name} is shown by nobody" for each in selectors if each.name not in known]
    of_all = frozenset().union(*(known.get(str(each.name), frozenset()) for each in selectors))
    for each in selectors:
        labels = {matcher.name for matcher in each.matchers.matchers}
        found += [f"{each.name} has no label {label}" for label in sorted(labels - known.get(str(each.name), labels))]
    grouped = {label for each in nodes(parsed) for label in grouped_by(each)}
    return found + [f"nothing is labelled {label}" for label in sorted(grouped - of_all)]


def nodes(expression: Any) -> Iterator[Any]:
    """Return the expression and every expression in it."""
    found: list[Any] = []
    promql.walk(expression, pre_visit=lambda node: bool(found.append(node)) or True)
    return iter(found)


def grouped_by(expression: Any) -> list[str]:
    """Return the labels by which an aggregation keeps its results apart."""
    modifier = getattr(expression, "modifier", None) if isinstance(expression, promql.AggregateExpr) else None
    return list(modifier.labels) if modifier is not None else []
