"""Promises of support as a whole: the names an operator and a caller find, its facts, and any request at all."""

from uuid import UUID

import pytest

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import help_of, owed
from crm_chassis.testing.fuzzing import fuzz
from crm_support.cases.read_models import cases
from crm_support.service import SERVICE
from crm_support.visits.read_models import visits_due
from services.support.tests.world import World

# Callers know these addresses.
USED_ONCE = {
    "/commands/ask-question",
    "/commands/file-complaint",
    "/commands/give-feedback",
    "/commands/assign-case",
    "/commands/answer-case",
    "/commands/resolve-case",
    "/commands/declare-case-unresolvable",
    "/commands/reopen-case",
    "/commands/escalate-case",
    "/commands/rate-service",
    "/commands/do-visit",
    "/commands/skip-visit",
}
PAGES = ("/desks/{desk}/cases", "/customers/{customer_id}/cases", "/cases/{case_id}", "/visits")


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    help_text = help_of("crm_support")

    assert help_text.startswith("usage: python -m crm_support [-h] WHAT")
    assert "  CRM_SUPPORT_PAGE_SIZE [50]  " in help_text


def test_support_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SALES_PAGE_SIZE", "8")

    assert (SERVICE.name, SERVICE.settings().page_size) == ("support", 7)


def test_the_document_names_every_command_and_page_of_support(a_month: World) -> None:
    document = a_month.get("/openapi.json")

    tagged: dict[str, set[str]] = {}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            tagged.setdefault(operation["tags"][0], set()).add(path)
    assert tagged["commands"] >= USED_ONCE
    assert owed.undocumented(SERVICE, a_month.web) == []
    assert tagged["support"] == set(PAGES)
    assert document["info"]["description"] == SERVICE.about


def test_a_read_model_is_built_anew_only_when_its_version_says_so() -> None:
    # Another name or version makes every installation build it anew: that is decided, not stumbled into.
    models = [module.READ_MODEL for module in (cases, visits_due)]

    assert [(model.name, model.version, model.topics) for model in models] == [
        ("cases", 1, {"crm.support.v1"}),
        ("visits_due", 1, {"crm.support.v1"}),
    ]


def test_no_fact_of_support_is_private() -> None:
    # Whoever adds a fact that others do not hear of names it here.
    assert owed.private_facts(SERVICE) == set()


def test_what_no_slice_knows_is_published_by_none() -> None:
    publishers = [each.publish for each in SERVICE.slices if each.publish]

    assert [publish(object(), UUID(int=7)) for publish in publishers] == [None, None, None]
    assert SERVICE.publish(object(), UUID(int=7)) is None


def test_in_a_month_the_clock_asks_for_three_escalations_and_seven_visits_and_is_refused_nothing(
    a_month: World,
) -> None:
    asked = a_month.of_the_clock()

    assert sorted(asked) == [("EscalateCase", "done")] * 3 + [("MakeVisitFallDue", "done")] * 7


def test_every_error_has_a_message_and_a_hint_in_both_languages() -> None:
    assert len(owed.errors_of(SERVICE)) == 12
    assert owed.errors_without_words(SERVICE) == []


def test_the_help_names_every_variable_and_the_document_every_command(a_month: World) -> None:
    assert owed.missing_from_help(SERVICE) == []
    assert owed.undocumented(SERVICE, a_month.web) == []


def test_a_command_that_comes_again_under_its_key_is_answered_as_the_first_time(support: World) -> None:
    case = {"customer_id": str(UUID(int=7)), "channel": "web", "subject": "Screen", "text": "Why?"}
    requests = [
        ("ask-question", {**case, "case_id": str(UUID(int=1))}),
        ("file-complaint", {**case, "severity": "high"}),
        ("give-feedback", {**case, "kind": "praise"}),
        ("assign-case", {"case_id": str(UUID(int=1)), "desk": "store"}),
        ("answer-case", {"case_id": str(UUID(int=1)), "answer": "Soon."}),
        ("declare-case-unresolvable", {"case_id": str(UUID(int=1)), "reason": "No parts"}),
        ("escalate-case", {"case_id": str(UUID(int=1)), "to": "wang.lei", "reason": "Urgent"}),
        ("resolve-case", {"case_id": str(UUID(int=1)), "resolution": "Repaired"}),
        ("resolve-case", {"case_id": str(UUID(int=1)), "resolution": "Repaired again"}),
        ("reopen-case", {"case_id": str(UUID(int=1)), "reason": "It flickers"}),
        ("rate-service", {"subject_kind": "case", "subject_id": str(UUID(int=1)), "expectation": 4, "experience": 2}),
    ]

    assert owed.answered_differently(support.web, requests) == []


def test_the_rows_do_not_depend_on_batches_or_on_an_event_that_comes_twice(a_month: World) -> None:
    assert owed.rows_that_differ(SERVICE, a_month.events()) == []


def test_no_request_makes_the_service_fail(support: World) -> None:
    support.ask("ask-question", customer_id=UUID(int=7), channel="web", subject="屏幕闪烁", text="Why?")

    operations = fuzz(support.web.app, examples=5, without=[route.path for route in CUSTOMER_HISTORY.routers[0].routes])

    assert "POST /commands/resolve-case" in operations
