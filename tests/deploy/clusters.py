"""Kubernetes resources as the clusters that we know judge them."""

from collections.abc import Iterator
from typing import Any

import kubernetes_validate

from tests.deploy.tools import of_kind

# The oldest cluster that knows `preStop: sleep`, and the newest whose schemas we have.
CLUSTERS = ("1.30", "1.37")
Resource = dict[str, Any]


def invalid(resources: list[Resource], cluster: str) -> list[str]:
    """Name what the schemas of this cluster say against the resources, unknown fields included."""
    found = []
    for each in resources:
        try:
            kubernetes_validate.validate(each, cluster, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{each['kind']} {each['metadata']['name']}: {error.message}")
    return found


def pods(resources: list[Resource]) -> Iterator[tuple[str, Resource]]:
    """Yield the name and the pod template of everything that runs."""
    for each in of_kind(resources, "Deployment", "Job"):
        yield each["metadata"]["name"], each["spec"]["template"]
