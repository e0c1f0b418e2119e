"""Traces leave a cluster only where its overlay asks for them."""

import os
from pathlib import Path
from typing import Any

from tests.deploy.clusters import CLUSTERS, invalid, pods
from tests.deploy.tools import DEPLOY, manifests, of_kind


def collectors(resources: list[dict[str, Any]]) -> list[str]:
    """Return the address to which each process sends its traces."""
    environments = [pod["spec"]["containers"][0].get("env", []) for _, pod in pods(resources)]
    return [each["value"] for every in environments for each in every if each["name"] == "OTEL_EXPORTER_OTLP_ENDPOINT"]


def test_traces_are_sent_where_an_overlay_asks_for_them_and_nowhere_else(tmp_path: Path) -> None:
    example, traces = (
        os.path.relpath(DEPLOY / "kubernetes" / name, tmp_path) for name in ("overlays/example", "traces")
    )
    (tmp_path / "kustomization.yaml").write_text(f"resources: [{example}]\ncomponents: [{traces}]\n")

    traced = manifests(str(tmp_path))

    assert collectors(manifests()) == []
    assert collectors(traced) == ["http://collector.monitoring.svc:4318"] * 20
    [policy] = [each for each in of_kind(traced, "NetworkPolicy") if each["metadata"]["name"] == "traces"]
    assert [port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]] == [4318]
    assert invalid(traced, CLUSTERS[0]) == []
