"""The manifests as kustomize renders them: valid for the cluster, true to the services, and tight."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import SERVICES
from tests.deploy.clusters import CLUSTERS, Resource, invalid, pods
from tests.deploy.tools import DEPLOY, manifests, named, of_kind, run, tool, variables_of

HEALTH = ["python", "-I", "/usr/local/lib/crm/health.py"]
# (replicas, strategy, what readiness asks)
SHAPES = {
    "serve": (2, None, "live"),
    "relay": (1, "Recreate", "ready"),
    "project": (3, None, "ready"),
    "work": (1, None, "ready"),
}


def containers(pod: Resource) -> list[Resource]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def loose(resources: list[Resource]) -> list[str]:
    """List the processes that may do more than the strictest of Kubernetes' pod standards allows."""
    return [f"{name} {rule}" for name, pod in pods(resources) for rule in rules_broken(pod)]


def rules_broken(pod: Resource) -> list[str]:
    around, each = pod["spec"].get("securityContext", {}), containers(pod)
    own = [container.get("securityContext", {}) for container in each]
    rules = {
        "may be root": around.get("runAsNonRoot") is not True or not around.get("runAsUser", 0),
        "has no seccomp profile": around.get("seccompProfile") != {"type": "RuntimeDefault"},
        "has a token of the cluster": pod["spec"].get("automountServiceAccountToken") is not False,
        "may write into its image": not all(context.get("readOnlyRootFilesystem") for context in own),
        "may rise": any(context.get("allowPrivilegeEscalation") is not False for context in own),
        "keeps capabilities": any(context.get("capabilities") != {"drop": ["ALL"]} for context in own),
        "takes what it likes": not all(
            {"requests", "limits"} <= container.get("resources", {}).keys() for container in each
        ),
        "has no version": not all(re.search(r":\d+\.\d+", container["image"]) for container in each),
    }
    return [rule for rule, broken in rules.items() if broken]


def dangling(resources: list[Resource]) -> list[str]:
    """List references to nothing, and selectors that select nothing or somebody else's pods."""
    maps = {each["metadata"]["name"] for each in of_kind(resources, "ConfigMap")}
    found = [f"{name} wants {wanted}" for name, pod in pods(resources) for wanted in maps_of(pod) - maps]
    labels = {name: pod["metadata"]["labels"] for name, pod in pods(resources)}
    for each in of_kind(resources, "Service", "PodDisruptionBudget", "NetworkPolicy", "Deployment"):
        name = each["metadata"]["name"]
        selected = [pod for pod, own in labels.items() if selector(each).items() <= own.items()]
        strangers = [pod for pod in selected if pod.partition("-")[0] != name.partition("-")[0]]
        if strangers or not selected:
            found.append(f"{each['kind']} {name} selects {strangers or 'nothing'}")
    return found


def maps_of(pod: Resource) -> set[str]:
    volumes = [volume["configMap"]["name"] for volume in pod["spec"].get("volumes", []) if "configMap" in volume]
    settings = [source["configMapRef"]["name"] for source in sources(pod) if "configMapRef" in source]
    return {*volumes, *settings}


def secrets_of(pod: Resource) -> set[str]:
    volumes = [volume["secret"]["secretName"] for volume in pod["spec"].get("volumes", []) if "secret" in volume]
    return {*volumes, *(source["secretRef"]["name"] for source in sources(pod) if "secretRef" in source)}


def sources(pod: Resource) -> list[Resource]:
    """List the sources of the variables of the service's container."""
    return list(pod["spec"]["containers"][0].get("envFrom", []))


def selector(resource: Resource) -> dict[str, str]:
    spec = resource["spec"]
    found: Any = spec.get("podSelector", spec.get("selector"))
    return dict(found.get("matchLabels", {}) if "matchLabels" in found or "podSelector" in spec else found)


def untrue(resources: list[Resource], service: str) -> list[str]:
    """List the statements of the manifests about a service that its code does not bear out."""
    maps = {each["metadata"]["name"]: each["data"] for each in of_kind(resources, "ConfigMap")}
    found = []
    for name, pod in pods(resources):
        if not name.startswith(f"{service}-"):
            continue
        [settings] = [source for source in sources(pod) if "configMapRef" in source]
        given = {f"{settings['prefix']}{key}" for key in maps[settings["configMapRef"]["name"]]}
        found += [f"{name} sets {variable}, which nobody reads" for variable in given - variables_of(service)]
        if {source["prefix"] for source in sources(pod)} != {f"CRM_{service.upper()}_"}:
            found.append(f"{name} reads variables of another service")
        if f"{service}-store" not in [source.get("secretRef", {}).get("name") for source in sources(pod)]:
            found.append(f"{name} has not its own database")
        if pod["spec"]["containers"][0]["image"].partition(":")[0] != f"crm-{service}":
            found.append(f"{name} runs the image of another service")
    return found


def shape(resources: list[Resource], service: str, part: str) -> tuple[int, str | None, str]:
    deployment = named(resources, "Deployment", f"{service}-{part}")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container["args"] == [part]
    probes = [container[f"{kind}Probe"]["exec"]["command"] for kind in ("startup", "liveness", "readiness")]
    assert [probe[:-1] for probe in probes] == [HEALTH] * 3
    strategy = deployment["spec"].get("strategy", {}).get("type")
    return deployment["spec"]["replicas"], strategy, probes[-1][-1]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_cluster_knows_every_field(cluster: str) -> None:
    assert invalid(manifests(), cluster) == []


def test_a_field_that_the_cluster_does_not_know_is_caught() -> None:
    resources = manifests()
    named(resources, "Deployment", "sales-relay")["spec"]["replica"] = 1
    named(resources, "Deployment", "sales-work")["spec"]["replicas"] = "one"

    found = invalid(resources, CLUSTERS[-1])

    assert [message.partition(":")[0] for message in found] == ["Deployment sales-relay", "Deployment sales-work"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_processes_and_its_migration(service: str) -> None:
    resources = manifests()

    assert {part: shape(resources, service, part) for part in SHAPES} == SHAPES
    assert containers(named(resources, "Job", f"{service}-migrate")["spec"]["template"])[0]["args"] == ["migrate"]
    assert {each["metadata"]["name"] for each in of_kind(resources, "PodDisruptionBudget")} >= {
        f"{service}-serve",
        f"{service}-project",
    }


def test_every_process_is_held_tight() -> None:
    assert loose(manifests()) == []


@pytest.mark.parametrize(
    ("spoil", "breach"),
    [
        (lambda pod: pod.pop("securityContext"), "may be root"),
        (lambda pod: pod["securityContext"].pop("seccompProfile"), "has no seccomp profile"),
        (lambda pod: pod.pop("automountServiceAccountToken"), "has a token of the cluster"),
        (
            lambda pod: pod["initContainers"][0]["securityContext"].pop("readOnlyRootFilesystem"),
            "may write into its image",
        ),
        (lambda pod: pod["containers"][0]["securityContext"].pop("allowPrivilegeEscalation"), "may rise"),
        (lambda pod: pod["containers"][0].pop("securityContext"), "keeps capabilities"),
        (lambda pod: pod["containers"][0].pop("resources"), "takes what it likes"),
        (lambda pod: pod["containers"][0].update(image="crm-sales:latest"), "has no version"),
    ],
)
def test_a_process_that_may_too_much_is_caught(spoil: Callable[[Resource], object], breach: str) -> None:
    resources = manifests()
    spoil(named(resources, "Deployment", "sales-work")["spec"]["template"]["spec"])

    assert f"sales-work {breach}" in loose(resources)


def test_everything_that_is_referred_to_is_there() -> None:
    assert dangling(manifests()) == []


def test_references_into_the_void_and_to_strangers_are_caught() -> None:
    resources = manifests()
    named(resources, "Service", "sales-serve")["spec"]["selector"].pop("app.kubernetes.io/name")
    named(resources, "PodDisruptionBudget", "sales-serve")["spec"]["selector"]["matchLabels"]["x"] = "y"
    sources(named(resources, "Deployment", "sales-work")["spec"]["template"])[0]["configMapRef"]["name"] = "settings"

    found = dangling(resources)

    assert "sales-work wants settings" in found
    assert "PodDisruptionBudget sales-serve selects nothing" in found
    assert [each for each in found if each.startswith("Service sales-serve selects ['contacts-serve'")] != []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_said_of_a_service_is_true(service: str) -> None:
    assert untrue(manifests(), service) == []


def test_a_service_under_the_name_of_another_is_caught() -> None:
    resources = manifests()
    pod = named(resources, "Deployment", "sales-work")["spec"]["template"]
    sources(pod)[1].update(prefix="CRM_SUPPORT_", secretRef={"name": "support-store"})
    pod["spec"]["containers"][0]["image"] = "crm-support:0.1.0"
    settings = named(resources, "ConfigMap", sources(pod)[0]["configMapRef"]["name"])
    settings["data"]["PORTS"] = "1"

    assert {
        "sales-work reads variables of another service",
        "sales-work has not its own database",
        "sales-work runs the image of another service",
        "sales-work sets CRM_SALES_PORTS, which nobody reads",
    } <= set(untrue(resources, "sales"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_reached_through_its_proxy_only(service: str) -> None:
    resources = manifests()
    [port] = named(resources, "Service", f"{service}-serve")["spec"]["ports"]
    policy = named(resources, "NetworkPolicy", f"{service}-serve")["spec"]
    deployment = named(resources, "Deployment", f"{service}-serve")
    [proxy] = deployment["spec"]["template"]["spec"]["initContainers"]

    assert port["targetPort"] == 8443
    assert [rule["ports"] for rule in policy["ingress"]] == [[{"port": 8443}]]
    assert {opened["containerPort"] for opened in proxy["ports"]} == {8443, 9102}
    assert "ports" not in deployment["spec"]["template"]["spec"]["containers"][0]


def test_the_proxy_outlives_the_service_and_asks_where_it_listens() -> None:
    resources = manifests()
    templates = [each["spec"]["template"]["spec"] for each in of_kind(resources, "Deployment")]
    settings = [each["data"] for each in of_kind(resources, "ConfigMap") if "PORT" in each["data"]]
    files = [each["data"]["nginx.conf"] for each in of_kind(resources, "ConfigMap") if "nginx.conf" in each["data"]]

    assert [spec["initContainers"][0]["restartPolicy"] for spec in templates] == ["Always"] * 20
    assert {each["PORT"] for each in settings} == {"8000"}
    assert len(files) == 5
    assert all("server 127.0.0.1:8000;" in file for file in files)


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_hears_or_says_more_than_is_needed(service: str) -> None:
    policy = named(manifests(), "NetworkPolicy", f"{service}-every")["spec"]

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert [port["port"] for rule in policy["ingress"] for port in rule["ports"]] == [9102]
    assert sorted(port["port"] for rule in policy["egress"] for port in rule["ports"]) == [53, 53, 5432, 9092]
    assert all(rule.get("from") or rule.get("to") for rule in (*policy["ingress"], *policy["egress"]))


def test_no_secret_is_rendered_and_the_readme_names_each_that_is_needed() -> None:
    resources = manifests()
    wanted = {name for _, pod in pods(resources) for name in secrets_of(pod)}
    told = (DEPLOY / "README.md").read_text("utf-8")

    assert of_kind(resources, "Secret") == []
    assert {name.partition("-")[2] for name in wanted} == {"store", "tls", "mail"}
    assert all(f"`SERVICE-{kind}`" in told or f"`marketing-{kind}`" in told for kind in ("store", "tls", "mail"))


def test_a_kustomization_that_refers_to_nothing_is_caught(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [absent.yaml]\n")

    done = run(tool("kubectl"), "kustomize", str(tmp_path))

    assert done.returncode != 0
    assert "absent.yaml" in done.stderr
