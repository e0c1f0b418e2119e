"""Names that an operator finds: the program, its variables and its read models under the names they were given."""

import pytest

from crm_chassis.testing import help_of, owed
from crm_loyalty.service import SERVICE

READ_MODELS = ["members", "cards", "balance", "explanation", "customer_history"]


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    said = help_of("crm_loyalty")

    assert said.startswith("usage: python -m crm_loyalty [-h] WHAT")
    assert "  CRM_LOYALTY_PAGE_SIZE [50]  " in said
    assert SERVICE.about in " ".join(said.split())


def test_loyalty_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_LOYALTY_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "8")

    assert SERVICE.settings().page_size == 7


def test_the_read_models_an_operator_rebuilds_are_found_by_name() -> None:
    assert [model.name for model in SERVICE.read_models] == READ_MODELS
    assert SERVICE.name == "loyalty"


def test_every_error_has_a_message_and_a_hint_in_both_languages() -> None:
    assert len(owed.errors_of(SERVICE)) > 5
    assert owed.errors_without_words(SERVICE) == []


def test_the_help_names_every_variable() -> None:
    assert owed.missing_from_help(SERVICE) == []


def test_only_the_opening_of_an_account_is_private() -> None:
    # Whoever adds a fact that others do not hear of names it here.
    assert owed.private_facts(SERVICE) == {"PointsAccount.Opened"}
