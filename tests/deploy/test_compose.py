"""The five services on one machine, as Docker Compose itself understands the file."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import SERVICES
from tests.deploy.tools import DEPLOY, PARTS, run, tool, variables_of

FILE = DEPLOY / "compose.yaml"
SECRETS = ("POSTGRES_PASSWORD", *(f"CRM_{service.upper()}_PASSWORD" for service in SERVICES))
SURROUNDINGS = {
    **{name: f"secret-of-{name.lower()}" for name in SECRETS},
    "CRM_USER": "1000:1000",
    "CRM_TLS_FOLDER": "/somewhere/tls",
}
Model = dict[str, Any]


def understood(file: Path, surroundings: Mapping[str, str]) -> tuple[Model, str]:
    """Return the model that Compose makes of a file, or its reason for making none."""
    done = run(tool("docker-compose"), "--file", str(file), "config", "--format", "json", environment=surroundings)
    return (json.loads(done.stdout) if done.returncode == 0 else {}), done.stderr


@pytest.fixture(scope="module")
def the_model() -> Model:
    model, trouble = understood(FILE, SURROUNDINGS)
    assert trouble == ""
    return model


@pytest.fixture
def a_spoilt_model(the_model: Model) -> Model:
    return deepcopy(the_model)


def breaches(model: Model) -> list[str]:
    """List what the model has and may not have."""
    found = []
    for name, service in model["services"].items():
        found += [f"{name} {rule}" for rule in rules_broken(service)]
        found += [f"{name} sets {variable}, which nobody reads" for variable in unread(name, service)]
    return found + [rule for service in SERVICES for rule in missing(service, model["services"])]


def rules_broken(service: Model) -> list[str]:
    image = service["image"]
    ours = image.startswith(("crm-", "nginxinc/"))
    rules = {
        "publishes a port beyond this machine": any(
            port.get("host_ip") != "127.0.0.1" for port in service.get("ports", [])
        ),
        "may do more than it must": bool(service.get("privileged") or service.get("cap_add")),
        "may write into its image": ours and not service.get("read_only"),
        "keeps capabilities": ours and service.get("cap_drop") != ["ALL"],
        "has no version": not re.search(r":\d+\.\d+", image),
    }
    return [rule for rule, broken in rules.items() if broken]


def unread(name: str, service: Model) -> set[str]:
    """List variables that one of our processes is given and that its settings do not know."""
    owner = name.partition("-")[0]
    given = {variable for variable in service.get("environment", {}) if variable.startswith("CRM_")}
    return given - variables_of(owner) if owner in SERVICES else set()


def missing(service: str, services: Model) -> list[str]:
    """List what one of the five lacks of its processes, of its proxy and of its own role."""
    serve = services.get(f"{service}-serve", {})
    url = serve.get("environment", {}).get(f"CRM_{service.upper()}_DATABASE_URL", "")
    secret = SURROUNDINGS[f"CRM_{service.upper()}_PASSWORD"]
    own = f"postgresql://crm_{service}:{secret}@postgres:5432/crm_{service}"
    commands = {part: services.get(f"{service}-{part}", {}).get("command") for part in (*PARTS, "migrate")}
    rules = {
        "has no process of each kind": commands != {part: [part] for part in commands},
        "cannot be reached through its proxy": serve.get("network_mode") != f"service:{service}-proxy",
        "has not its own database and role": url != own,
        "starts before its migration": any(
            services.get(f"{service}-{part}", {}).get("depends_on", {}).get(f"{service}-migrate", {}).get("condition")
            != "service_completed_successfully"
            for part in PARTS
        ),
    }
    return [f"{service} {rule}" for rule, broken in rules.items() if broken]


def test_the_file_keeps_every_rule(the_model: Model) -> None:
    assert breaches(the_model) == []


def test_each_service_has_a_port_of_its_own(the_model: Model) -> None:
    published = [port["published"] for service in the_model["services"].values() for port in service.get("ports", [])]

    assert len(set(published)) == len(published) == len(SERVICES)


def test_only_those_who_need_it_reach_the_outside(the_model: Model) -> None:
    outside = {name for name, service in the_model["services"].items() if "outside" in (service.get("networks") or {})}

    assert the_model["networks"]["default"]["internal"] is True
    assert outside == {*(f"{service}-proxy" for service in SERVICES), "marketing-work"}


@pytest.mark.parametrize("secret", [*SECRETS, "CRM_USER", "CRM_TLS_FOLDER"])
def test_a_secret_that_was_not_given_is_named(secret: str) -> None:
    _, trouble = understood(FILE, {name: value for name, value in SURROUNDINGS.items() if name != secret})

    assert f"required variable {secret} is missing" in trouble


def test_no_secret_stands_in_the_file() -> None:
    given = re.findall(r"(?:PASSWORD|_URL): (.+)$", FILE.read_text("utf-8"), re.MULTILINE)

    assert given
    assert [value for value in given if "$" not in value and not value.startswith("kafka://")] == []


def test_what_is_mounted_from_the_house_is_there(the_model: Model) -> None:
    mounts = [mount for service in the_model["services"].values() for mount in service.get("volumes", [])]
    ours = {
        Path(mount["source"]) for mount in mounts if mount["type"] == "bind" and mount["source"] != "/somewhere/tls"
    }

    assert ours
    assert [path for path in ours if not path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "change", "breach"),
    [
        (
            "sales-proxy",
            {"ports": [{"target": 8443, "published": "1"}]},
            "sales-proxy publishes a port beyond this machine",
        ),
        ("sales-work", {"privileged": True}, "sales-work may do more than it must"),
        ("sales-work", {"read_only": False}, "sales-work may write into its image"),
        ("sales-work", {"cap_drop": []}, "sales-work keeps capabilities"),
        ("kafka", {"image": "apache/kafka:latest"}, "kafka has no version"),
        ("sales-serve", {"network_mode": "host"}, "sales cannot be reached through its proxy"),
        ("sales-relay", {"command": ["run"]}, "sales has no process of each kind"),
        ("sales-relay", {"depends_on": {}}, "sales starts before its migration"),
        ("sales-serve", {"environment": {}}, "sales has not its own database and role"),
        (
            "sales-serve",
            {"environment": {"CRM_SALES_HOSTS": "x"}},
            "sales-serve sets CRM_SALES_HOSTS, which nobody reads",
        ),
    ],
)
def test_a_model_that_breaks_a_rule_is_caught(a_spoilt_model: Model, name: str, change: Model, breach: str) -> None:
    a_spoilt_model["services"][name] |= change

    assert breach in breaches(a_spoilt_model)


def test_a_file_that_compose_does_not_understand_is_caught(tmp_path: Path) -> None:
    offender = tmp_path / "compose.yaml"
    offender.write_text("services: {sales: {image: 'crm-sales:1.0', comand: [serve]}}\n")

    model, trouble = understood(offender, SURROUNDINGS)

    assert model == {}
    assert "comand" in trouble
