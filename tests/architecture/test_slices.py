"""Slices keep to their files, to the table of imports and to the order of their dependence."""

import pytest

from tests.architecture.slices import breaches, breaches_of_steadiness, breaches_of_the_listing, domain_of, slices_of
from tests.architecture.sources import SERVICES, Module, modules

every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_a_slice_imports_what_the_table_allows_and_of_earlier_slices_what_they_offer(service: str) -> None:
    order = slices_of(service)

    assert order, service
    assert [each for module in modules(f"services/{service}/src/**/*.py") for each in breaches(module, order)] == []


@every_service
def test_a_service_holds_its_slices_and_little_beside(service: str) -> None:
    assert breaches_of_the_listing(service) == []


@every_service
def test_a_slice_has_its_aggregate_its_commands_and_its_handlers(service: str) -> None:
    for name in slices_of(service):
        files = {module.path.stem for module in modules(f"services/{service}/src/crm_{service}/{name}/*.py")}
        assert "handlers" not in files or {"commands", "handlers", "__init__"} < files, name


@every_service
def test_the_domain_asks_no_clock_and_throws_no_dice(service: str) -> None:
    found = domain_of(service)

    assert found
    assert [breach for module in found for breach in breaches_of_steadiness(module)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crm_support.cases.case", "from pydantic import BaseModel"),
        ("crm_support.cases.case", "from crm_eventlog.store import engine"),
        ("crm_support.cases.case", "from crm_support.cases import commands"),
        ("crm_support.cases.case", "def later():\n    import sqlalchemy"),
        ("crm_support.cases.commands", "from crm_support.cases.case import Case"),
        ("crm_support.cases.policies", "from crm_support.cases.case import Case"),
        ("crm_support.cases.publishing", "from crm_support.cases.read_models import cases"),
        ("crm_support.cases.handlers", "from crm_events.sales import OrderPlaced"),
        ("crm_support.cases.read_models.cases", "from crm_support.cases.read_models import other"),
        ("crm_support.cases.read_models.cases", "from crm_support.cases.case import Case"),
        ("crm_support.cases.api", "from crm_support.cases.case import Case"),
        ("crm_support.cases", "import aiokafka"),
        # Of slices: never a later one, and of an earlier one only what its `__init__` offers.
        ("crm_support.cases.handlers", "from crm_support.ratings import RATINGS"),
        ("crm_support.ratings.handlers", "from crm_support.cases.case import Case"),
        ("crm_support.ratings.handlers", "from crm_support.cases import handlers"),
        ("crm_support.ratings.read_models.ratings", "from crm_support.cases import Case"),
    ],
)
def test_a_slice_that_reaches_too_far_is_caught(name: str, source: str) -> None:
    assert len(breaches(Module(name, source), slices_of("support"))) == 1


def test_a_slice_may_use_what_an_earlier_one_offers() -> None:
    order = slices_of("support")

    assert order.index("cases") < order.index("ratings")
    assert breaches(Module("crm_support.ratings.handlers", "from crm_support.cases import Case"), order) == []


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
    assert len(breaches_of_steadiness(Module("crm_support.cases.case", source))) == 1
