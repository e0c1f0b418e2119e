"""Errors of cases over HTTP, with the message and the hint."""

from typing import Any
from uuid import UUID

import pytest

from services.support.tests.story import MS_CHEN, RUDE
from services.support.tests.world import World

QUESTION = {"customer_id": MS_CHEN, "channel": "web", "subject": "Screen", "text": "Why does it flicker?"}
NOBODY = UUID(int=0xDEAD)
ON_A_RESOLVED_CASE = {
    "assign-case": {"desk": "store"},
    "answer-case": {"answer": "Again"},
    "resolve-case": {"resolution": "Again"},
    "declare-case-unresolvable": {"reason": "Not after all"},
    "escalate-case": {"to": "lin.mei", "reason": "Again"},
}


@pytest.mark.parametrize("name", ON_A_RESOLVED_CASE)
def test_a_resolved_case_is_refused_with_a_hint(a_month: World, name: str) -> None:
    answer = a_month.refused(name, case_id=RUDE, **ON_A_RESOLVED_CASE[name])

    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:crm:problem:case-already-resolved")
    assert (error["field"], error["value"]) == ("case_id", str(RUDE))
    assert error["hint"].startswith("Reopen the case")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *((name, {"case_id": NOBODY, **body}) for name, body in ON_A_RESOLVED_CASE.items()),
        ("reopen-case", {"case_id": NOBODY, "reason": "Again"}),
    ],
)
def test_what_does_not_exist_or_is_something_else_is_not_found(a_month: World, name: str, body: dict[str, Any]) -> None:
    assert a_month.refused(name, **body).status_code == 404


def test_a_case_that_changed_since_it_was_read_is_not_changed(support: World) -> None:
    case_id = support.ask("ask-question", **QUESTION)
    commands = {**ON_A_RESOLVED_CASE, "reopen-case": {"reason": "Again"}}

    answers = [
        support.web.command(name, {"case_id": case_id, **body}, if_match='"1"') for name, body in commands.items()
    ]

    assert {(answer.status_code, answer.json()["current_version"]) for answer in answers} == {(412, 2)}


def test_a_case_keeps_the_id_its_caller_chose_or_gets_one_of_its_own(support: World) -> None:
    first, second = (support.ask("ask-question", **QUESTION) for _ in range(2))

    chosen = support.ask("ask-question", **QUESTION, case_id=UUID(int=77))

    assert chosen == str(UUID(int=77))
    assert len({first, second, chosen}) == 3


def test_a_command_that_is_repeated_is_answered_as_the_first_time(support: World) -> None:
    body = {**QUESTION, "customer_id": str(MS_CHEN)}
    first, again = (support.web.command("ask-question", body, idempotency_key="k") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "repeated": True}
    # The id follows from the key, so that a command sent again after a crash opens no second case.
    assert first.json()["id"] == "1a6c7257-5cc1-59eb-8e76-b21665d0f761"


@pytest.mark.parametrize(
    ("path", "status", "field", "value"),
    [
        (f"/cases/{NOBODY}", 404, "case_id", str(NOBODY)),
        ("/cases/x", 422, "case_id", "x"),
        ("/desks/online/cases?cursor=x", 422, "cursor", "x"),
        (f"/customers/{MS_CHEN}/cases?cursor=x", 422, "cursor", "x"),
        (f"/desks/{'d' * 101}/cases", 422, "desk", "d" * 100),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_the_field_and_a_hint(
    a_month: World, path: str, status: int, field: str, value: str
) -> None:
    answer = a_month.web.get(path)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"].split(".")[-1], error["value"]) == (status, field, value)
    assert error["hint"]


def test_a_desk_may_have_a_name_of_a_hundred_letters(a_month: World) -> None:
    assert a_month.get(f"/desks/{'d' * 100}/cases")["items"] == []


TEXTS = (
    ("ask-question", "subject", 200, {**QUESTION, "case_id": None}),
    ("file-complaint", "text", 4000, {**QUESTION, "case_id": None}),
    ("assign-case", "desk", 100, {}),
    ("assign-case", "assignee", 100, {"desk": "store"}),
    ("answer-case", "answer", 4000, {}),
    ("declare-case-unresolvable", "reason", 4000, {}),
    ("escalate-case", "to", 100, {"reason": "Urgent"}),
    ("escalate-case", "reason", 4000, {"to": "lin.mei"}),
    ("escalate-case", "rule", 100, {"to": "wang.lei", "reason": "Urgent"}),
    ("resolve-case", "resolution", 4000, {}),
    ("reopen-case", "reason", 4000, {}),
)


def test_a_text_has_at_least_one_letter_and_not_more_than_its_most(support: World) -> None:
    short, long = (support.ask("ask-question", **QUESTION) for _ in range(2))

    for name, field, most, rest in TEXTS:
        lengths = ((short, 0), (short, 1), (long, most), (long, most + 1))
        answers = [support.refused(name, **{"case_id": id, **rest, field: "x" * length}) for id, length in lengths]
        assert [answer.status_code for answer in answers] == [422, 201, 201, 422], (name, field)
        assert {answer.json()["errors"][0]["field"] for answer in (answers[0], answers[3])} == {field}
