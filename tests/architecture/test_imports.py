"""Who may import whom: the table of the house's plan, and the decisions that widened it."""

import ast
import sys
from collections.abc import Mapping

import pytest

from tests.architecture.house import SERVICE_PACKAGES, Module, modules, shipped, suites, within

# What each part of a service may import; {me} is its package. Parts that are not named are bound by the other rules.
PARTS: Mapping[str, tuple[str, ...]] = {
    "domain": ("{me}.domain", "crm_eventlog.aggregate"),
    "policies": ("crm_events", "{me}.commands", "crm_eventlog.reactions"),
    "publishing": ("{me}.domain", "crm_events", "crm_eventlog", "pydantic"),
    "application": ("{me}.domain", "{me}.commands", "crm_eventlog"),
    "subscribers": ("{me}.read_models", "crm_history", "crm_eventlog"),
    "api": (
        *("{me}.api", "{me}.commands", "{me}.application", "{me}.read_models", "{me}.wording", "{me}.amounts"),
        *("crm_chassis", "crm_eventlog", "crm_history", "crm_events", "fastapi", "pydantic", "sqlalchemy"),
    ),
    "read_models": (
        *("crm_events", "crm_eventlog.projection", "crm_eventlog.envelope", "crm_eventlog.columns", "sqlalchemy"),
        *("{me}.amounts", "phonenumbers", "pypinyin"),
    ),
}
LIBRARIES_OF_EVENTLOG = (
    *("crm_eventlog", "eventsourcing", "sqlalchemy", "psycopg", "psycopg_pool", "aiokafka", "faststream"),
    *("structlog", "msgspec", "orjson", "alembic", "filelock", "cryptography"),
)
# What the shared distributions may import; the first name that fits a module counts.
SHARED: Mapping[str, tuple[str, ...]] = {
    "crm_events": ("crm_events", "pydantic", "pydantic_core"),
    "crm_eventlog.command": (*LIBRARIES_OF_EVENTLOG, "pydantic"),
    "crm_eventlog": LIBRARIES_OF_EVENTLOG,
}
HOUSE_OF: Mapping[str, tuple[str, ...]] = {
    "crm_history": ("crm_history", "crm_events", "crm_eventlog"),
    "crm_chassis": ("crm_chassis", "crm_history", "crm_events", "crm_eventlog"),
    "crm_local": ("crm_local",),
}
# A decision comes out the same on every replay: what would make it differ is no part of the domain.
UNSTEADY = ("asyncio", "os", "random", "secrets", "socket", "subprocess", "threading", "time")
UNSTEADY_CALLS = frozenset({"now", "today", "utcnow", "uuid1", "uuid4"})


def breaches_of_a_part(module: Module) -> list[str]:
    """What a part of a service imports beyond its due."""
    if module.package not in SERVICE_PACKAGES or module.part not in PARTS:
        return []
    allowed = [prefix.format(me=module.package) for prefix in PARTS[module.part]]
    if module.part == "read_models":
        # A read model that is a package may import itself, never another one; column types stand above all of them.
        allowed.append(".".join(module.name.split(".")[:3]))
        shared_types = [name for name in module.imports() if name.rpartition(".")[2][:1].isupper()]
        allowed += [name for name in shared_types if name.rpartition(".")[0] == f"{module.package}.read_models"]
    return _foreign(module, *allowed)


def breaches_of_the_shared(module: Module) -> list[str]:
    """What the platform and the contracts import beyond their due."""
    allowed = next((allowed for name, allowed in SHARED.items() if within(module.name, name)), None)
    if allowed is not None:
        return _foreign(module, *allowed)
    if module.package in HOUSE_OF:
        return [line for line in _foreign(module, *HOUSE_OF[module.package]) if " imports crm_" in line]
    return []


def breaches_between_services(module: Module) -> list[str]:
    """Where one service, or what all of them share, imports another service."""
    others = SERVICE_PACKAGES - {module.package}
    return [f"{module.name} imports {name}" for name in sorted(module.imports()) if within(name, *others)]


def breaches_of_steadiness(module: Module) -> list[str]:
    """Where the domain would ask a clock, dice or the machine."""
    imported = [name for name in sorted(module.imports()) if within(name, *UNSTEADY) or name == "uuid.uuid4"]
    called = [node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    return [f"{module.name} uses {name}" for name in (*imported, *called) if name in imported or name in UNSTEADY_CALLS]


def _foreign(module: Module, *allowed: str) -> list[str]:
    def home(name: str) -> bool:
        return name.partition(".")[0] in sys.stdlib_module_names or within(name, *allowed)

    return [f"{module.name} imports {name}" for name in sorted(module.imports()) if not home(name)]


def test_the_parts_of_a_service_import_what_the_table_allows() -> None:
    breaches = [breach for module in modules("services/*/src/**/*.py") for breach in breaches_of_a_part(module)]

    assert breaches == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crm_support.domain.case", "from pydantic import BaseModel"),
        ("crm_support.domain.case", "from crm_eventlog.store import engine"),
        ("crm_support.domain.case", "from crm_support import commands"),
        ("crm_support.domain.case", "def later():\n    import sqlalchemy"),
        ("crm_support.policies", "from crm_support.domain.case import Case"),
        ("crm_support.publishing", "from crm_support.read_models import open_cases"),
        ("crm_support.application", "from crm_events.sales import OrderPlaced"),
        ("crm_support.read_models.open_cases", "from crm_support.read_models import visits_due"),
        ("crm_support.read_models.open_cases", "from crm_support.domain.case import Case"),
        ("crm_support.api", "from crm_support.domain.case import Case"),
        ("crm_support.subscribers", "import aiokafka"),
    ],
)
def test_a_part_that_reaches_too_far_is_caught(name: str, source: str) -> None:
    offender = Module(name, source)

    assert len(breaches_of_a_part(offender)) == 1


def test_a_part_that_keeps_to_the_table_passes() -> None:
    model = Module("crm_support.read_models.search.names", "from crm_support.read_models.search import finding")
    policies = Module("crm_support.policies", "import uuid\nfrom crm_eventlog.reactions import Policy")

    assert breaches_of_a_part(model) == breaches_of_a_part(policies) == []


def test_the_shared_distributions_import_what_the_table_allows() -> None:
    found = modules("shared/*/src/**/*.py", "deploy/local/src/**/*.py")

    assert [breach for module in found for breach in breaches_of_the_shared(module)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crm_events.support", "import sqlalchemy"),
        ("crm_events.support", "from crm_eventlog.aggregate import Text"),
        ("crm_eventlog.relay", "from crm_events.catalog import parse"),
        ("crm_eventlog.relay", "import pydantic"),
        ("crm_history.router", "from crm_chassis.web import Page"),
        ("crm_local.kafka", "import crm_eventlog"),
    ],
)
def test_a_shared_distribution_that_reaches_too_far_is_caught(name: str, source: str) -> None:
    offender = Module(name, source)

    assert len(breaches_of_the_shared(offender)) == 1


def test_no_service_knows_another() -> None:
    everything = [module for module in (*shipped(), *suites()) if module.path.parts[0] in {"services", "shared"}]
    owned = [Module(f"crm_{module.path.parts[1]}", module.source, module.path) for module in everything]

    assert [breach for module in owned for breach in breaches_between_services(module)] == []


@pytest.mark.parametrize("source", ["import crm_sales", "from crm_sales.domain.order import Order"])
@pytest.mark.parametrize("package", ["crm_support", "crm_chassis", "crm_history"])
def test_whoever_knows_a_service_of_others_is_caught(package: str, source: str) -> None:
    offender = Module(f"{package}.api", source)

    assert len(breaches_between_services(offender)) == 1


def test_the_domain_asks_no_clock_and_throws_no_dice() -> None:
    found = modules("services/*/src/*/domain/*.py")

    assert [breach for module in found for breach in breaches_of_steadiness(module)] == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import time",
        "from uuid import uuid4",
        "from datetime import datetime, UTC\nopened_at = datetime.now(UTC)",
        "import datetime\ntoday = datetime.date.today()",
    ],
)
def test_a_domain_that_asks_a_clock_or_throws_dice_is_caught(source: str) -> None:
    offender = Module("crm_support.domain.case", source)

    assert len(breaches_of_steadiness(offender)) == 1
