"""The service as a whole: the names an operator finds, its facts, its errors and its routes."""

import pytest

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import help_of, owed
from crm_chassis.testing.fuzzing import fuzz
from crm_marketing.service import SERVICE
from services.marketing.tests.running_service import PLAN, Marketing

READ_MODELS = [
    "messages_of_campaign",
    "campaigns",
    "sales_of_campaign",
    "audience",
    "open_cases_of_customers",
    "customer_history",
]


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    shown = help_of("crm_marketing")

    assert shown.startswith("usage: python -m crm_marketing [-h] WHAT")
    assert "  CRM_MARKETING_PAGE_SIZE [50]  " in shown
    assert SERVICE.about in " ".join(shown.split())


def test_marketing_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_MARKETING_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "8")

    assert SERVICE.settings().page_size == 7


def test_the_read_models_an_operator_rebuilds_are_found_by_name() -> None:
    assert [model.name for model in SERVICE.read_models] == READ_MODELS
    assert SERVICE.name == "marketing"


def test_no_fact_of_marketing_is_private() -> None:
    # Whoever adds a fact that others do not hear of names it here.
    assert owed.private_facts(SERVICE) == set()


def test_every_error_has_a_message_and_a_hint_in_both_languages() -> None:
    assert len(owed.errors_of(SERVICE)) > 5
    assert owed.errors_without_words(SERVICE) == []


def test_the_help_names_every_variable() -> None:
    assert owed.missing_from_help(SERVICE) == []


def test_no_request_meets_an_undocumented_answer(marketing: Marketing) -> None:
    marketing.ask("plan-campaign", **PLAN)
    marketing.turn()

    of_the_history = [route.path for router in CUSTOMER_HISTORY.routers for route in router.routes]

    operations = fuzz(marketing.web.app, examples=5, without=of_the_history)

    assert "POST /commands/launch-campaign" in operations
