"""The imports outside of the slices: the table of the shared distributions, and no service of another."""

import sys
from collections.abc import Mapping

import pytest

from tests.architecture.sources import SERVICE_PACKAGES, Module, modules, shipped, suites, within

LIBRARIES_OF_EVENTLOG = (
    *("crm_eventlog", "crm_kernel", "eventsourcing", "sqlalchemy", "psycopg", "psycopg_pool", "aiokafka", "faststream"),
    *("structlog", "msgspec", "orjson", "alembic", "filelock", "cryptography"),
)
# What the shared distributions may import; the first name that fits a module counts.
SHARED: Mapping[str, tuple[str, ...]] = {
    "crm_kernel": ("crm_kernel",),
    "crm_events": ("crm_events", "crm_kernel", "pydantic", "pydantic_core"),
    "crm_eventlog.command": (*LIBRARIES_OF_EVENTLOG, "pydantic"),
    "crm_eventlog": LIBRARIES_OF_EVENTLOG,
}
OURS_OF: Mapping[str, tuple[str, ...]] = {
    "crm_history": ("crm_history", "crm_events", "crm_eventlog", "crm_kernel"),
    "crm_chassis": ("crm_chassis", "crm_history", "crm_events", "crm_eventlog", "crm_kernel"),
    "crm_local": ("crm_local",),
}


def breaches_of_the_shared(module: Module) -> list[str]:
    """List the imports of the platform and the contracts that their table does not allow."""
    allowed = next((allowed for name, allowed in SHARED.items() if within(module.name, name)), None)
    if allowed is not None:
        return _foreign(module, *allowed)
    if module.package in OURS_OF:
        return [line for line in _foreign(module, *OURS_OF[module.package]) if " imports crm_" in line]
    return []


def breaches_between_services(module: Module) -> list[str]:
    """List the imports by which a service, or a package that all share, reaches another service."""
    others = SERVICE_PACKAGES - {module.package}
    return [f"{module.name} imports {name}" for name in sorted(module.imports()) if within(name, *others)]


def _foreign(module: Module, *allowed: str) -> list[str]:
    def home(name: str) -> bool:
        return name.partition(".")[0] in sys.stdlib_module_names or within(name, *allowed)

    return [f"{module.name} imports {name}" for name in sorted(module.imports()) if not home(name)]


def test_the_shared_distributions_import_what_the_table_allows() -> None:
    found = modules("shared/*/src/**/*.py", "deploy/local/src/**/*.py")

    assert [breach for module in found for breach in breaches_of_the_shared(module)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crm_kernel.money", "import pydantic"),
        ("crm_kernel.money", "from crm_eventlog.aggregate import Aggregate"),
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
