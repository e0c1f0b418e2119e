"""The service as a whole: the names an operator finds, one partition per customer, private facts, and fuzzing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import NOON, PARTITIONS, Client, help_of, owed
from crm_chassis.testing.fuzzing import fuzz
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_contacts.consents import Consent
from crm_contacts.customers import CUSTOMERS, Customer
from crm_contacts.service import SERVICE
from crm_contacts.touches import Touch
from crm_contacts.units import UNITS, Unit
from crm_contacts.vocabulary import ImportanceListing
from crm_eventlog.projection import ReadModel
from crm_kernel import ConsentChannel
from services.contacts.tests.published import published
from services.contacts.tests.requests import CHEN, CONSENT, HQ, MR_WU, MS_CHEN, STORE, TOUCH, asked, refused, shown
from services.contacts.tests.world import World

READ_MODELS = ["units", "customer_card", "customer_search", "customer_history"]
PRIVATE = {"Consent.Opened"}


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    output = help_of("crm_contacts")

    assert output.startswith("usage: python -m crm_contacts [-h] WHAT")
    assert "  CRM_CONTACTS_PAGE_SIZE [50]  " in output
    assert SERVICE.about in " ".join(output.split())


def test_contacts_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_CONTACTS_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "8")

    assert SERVICE.settings().page_size == 7


def test_the_read_models_an_operator_rebuilds_are_found_by_name() -> None:
    assert [model.name for model in SERVICE.read_models] == READ_MODELS
    assert SERVICE.name == "contacts"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("record-touch", TOUCH),
        ("give-consent", CONSENT),
        ("withdraw-consent", {"customer_id": MS_CHEN, "channel": "email", "reason": "Too many"}),
        ("list-importance", {"customer_id": MS_CHEN, "listing": "red", "reason": "Buys much"}),
        ("correct-details", {"customer_id": MS_CHEN, "reason": "Moved"}),
    ],
)
def test_nothing_is_recorded_about_somebody_who_is_not_registered(
    contacts: Client, name: str, body: dict[str, Any]
) -> None:
    assert refused(contacts, name, body) == (404, "not-found", "customer_id")


def test_a_customer_s_facts_and_touches_and_consents_lie_in_one_partition(with_chen: Client) -> None:
    asked(with_chen, "record-touch", TOUCH)
    asked(with_chen, "give-consent", CONSENT)

    stored = [fact for part in range(PARTITIONS) for fact in with_chen.store.read(part, 0, 100)]

    assert {fact.partition_key for fact in stored} == {UUID(MS_CHEN)}
    assert len({fact.part for fact in stored}) == 1


def test_the_history_of_a_customer_is_kept_here_too(with_chen: Client) -> None:
    asked(with_chen, "record-touch", TOUCH)

    history = shown(with_chen, f"/customers/{MS_CHEN}/history")

    assert [item["kind"] for item in history["items"]] == ["touch", "customer"]


def test_whatever_is_sent_contacts_answers_as_documented(with_chen: Client) -> None:
    labels = fuzz(
        with_chen.app,
        examples=6,
        without=[route.path for router in CUSTOMER_HISTORY.routers for route in router.routes],
    )

    assert "POST /commands/register-customers" in labels
    assert "GET /customers" in labels


def test_only_the_facts_listed_here_stay_private(
    ms_chen: Customer, a_touch: Touch, a_ledger_with_mail: Consent, the_headquarters: Unit
) -> None:
    ms_chen.correct(replace(ms_chen.details, name="陈莉"), reason="Misheard", at=NOON)
    ms_chen.list_as(ImportanceListing.RED, reason="Buys for a school")
    a_ledger_with_mail.withdraw(ConsentChannel.EMAIL, reason="Too many")

    published_facts = published(ms_chen, a_touch, a_ledger_with_mail, the_headquarters)

    assert owed.facts_of(SERVICE) - set(published_facts) == PRIVATE


def test_every_error_has_a_message_and_a_hint_in_both_languages() -> None:
    assert len(owed.errors_of(SERVICE)) > 5
    assert owed.errors_without_words(SERVICE) == []


def test_the_help_names_every_variable() -> None:
    assert owed.missing_from_help(SERVICE) == []


def test_the_help_names_every_variable_and_the_document_every_command(contacts: Client) -> None:
    assert owed.missing_from_help(SERVICE) == []
    assert owed.undocumented(SERVICE, contacts) == []


def test_a_command_that_comes_again_under_its_key_is_answered_as_the_first_time(contacts: Client) -> None:
    listing = {"customer_id": MS_CHEN, "listing": "red", "reason": "Buys for a school"}
    requests = [
        ("register-customer", CHEN),
        ("register-customer", CHEN),
        ("register-customers", {"customers": [{"customer_id": MR_WU, "name": "吴刚"}]}),
        ("correct-details", {"customer_id": MS_CHEN, "reason": "Moved", "name": "陈莉"}),
        ("correct-details", {"customer_id": MS_CHEN, "reason": "Moved", "name": "陈莉"}),
        ("list-importance", listing),
        ("list-importance", listing),
        ("record-touch", TOUCH),
        ("give-consent", CONSENT),
        ("give-consent", CONSENT),
        ("withdraw-consent", {"customer_id": MS_CHEN, "channel": "email", "reason": "Too many"}),
        ("open-unit", HQ),
        ("open-unit", STORE),
        ("open-unit", STORE),
    ]

    assert owed.answered_differently(contacts, requests) == []


@pytest.mark.parametrize("model", [*UNITS.read_models, *CUSTOMERS.read_models], ids=lambda model: model.name)
@settings(max_examples=20)
@given(data=st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(
    world: World, model: ReadModel, data: st.DataObject
) -> None:
    events = world.published()

    assert rows_after(model, data.draw(interleavings(events))) == rows_after(model, [events])
