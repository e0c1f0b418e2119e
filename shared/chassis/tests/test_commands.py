"""Commands over HTTP: results, refusals and their wording."""

from pathlib import Path
from uuid import UUID

import pytest

from crm_chassis.testing import NOON, Client, client
from crm_chassis.web.commands import command_router
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from shared.chassis.tests.support.notes_service import SERVICE

IN_CHINESE = {"accept_language": "zh-CN,zh;q=0.9,en;q=0.5"}


def test_a_command_is_answered_with_id_version_position_and_etag(notes: Client) -> None:
    answer = notes.command("take-note", {"words": "likes tea"})

    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "version", "position", "repeated"}
    assert (answer.json()["version"], answer.headers["ETag"]) == (1, '"1"')


def test_a_repeated_key_gets_the_first_answer_and_records_nothing(notes: Client) -> None:
    first = notes.command("take-note", {"words": "likes tea"}, idempotency_key="visit-1")

    again = notes.command("take-note", {"words": "likes tea"}, idempotency_key="visit-1")

    assert again.status_code == 200
    assert again.json() == {**first.json(), "repeated": True}


def test_a_key_belongs_to_one_command(notes: Client) -> None:
    notes.command("take-note", {"words": "likes tea"}, idempotency_key="visit-1")

    answer = notes.command("take-note", {"words": "likes coffee"}, idempotency_key="visit-1")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:crm:problem:idempotency-key-reused"


def test_the_circumstances_are_kept_beside_the_fact(notes: Client) -> None:
    headers = {
        "crm_actor": "%E6%9E%97%E6%A2%85",
        "crm_occurred_at": "2026-03-01T18:30:00+08:00",
        "crm_correlation_id": "call-9",
    }

    notes.command("take-note", {"words": "likes tea"}, **headers)

    (fact,) = [fact for part in range(4) for fact in notes.store.read(part, 0, 10)]
    assert '"actor":"林梅"' in fact.metadata
    assert '"correlation_id":"call-9"' in fact.metadata
    assert '"occurred_at":"2026-03-01T10:30:00Z"' in fact.metadata
    assert fact.recorded_at == NOON


@pytest.mark.parametrize("missing", ["Crm-Actor", "Crm-Unit"])
def test_a_command_without_an_actor_or_a_unit_is_told_how_to_name_them(notes: Client, missing: str) -> None:
    del notes.headers[missing]

    answer = notes.command("take-note", {"words": "likes tea"})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["value"]) == (422, missing, None)
    assert missing in error["hint"]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("crm_occurred_at", "2026-03-01T12:05:00Z", 201),
        ("crm_occurred_at", "2026-03-01T12:05:01Z", 422),
        ("crm_occurred_at", "2026-03-01T12:00:00", 422),
        ("crm_occurred_at", "yesterday", 422),
        ("crm_occurred_at", "0001-01-01T00:00:00+14:00", 422),
        ("crm_occurred_at", "", 422),
        ("idempotency_key", "k" * 200, 201),
        ("idempotency_key", "k" * 201, 422),
        ("idempotency_key", "two\tlines", 422),
        ("crm_actor", "%FF%00", 201),
        ("crm_actor", " ", 422),
        ("if_match", '"1"', 201),
        ("if_match", "1", 422),
        ("if_match", 'W/"1"', 422),
        ("traceparent", "nonsense", 201),
    ],
)
def test_headers_are_taken_only_in_their_form(notes: Client, header: str, value: str, status: int) -> None:
    answer = notes.command("take-note", {"words": "likes tea"}, **{header: value})

    assert answer.status_code == status, answer.text


def test_letters_that_are_not_percent_encoded_are_refused_with_the_way_out(notes: Client) -> None:
    answer = notes.post("/commands/take-note", json={"words": "tea"}, headers={b"Crm-Actor": "林梅".encode()})

    assert answer.status_code == 422
    assert "percent-encoded" in answer.json()["errors"][0]["hint"]


def test_the_trace_is_the_correlation_when_the_caller_names_none(notes: Client) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer = notes.command("take-note", {"words": "likes tea"}, traceparent=f"00-{trace}-00f067aa0ba902b7-01")

    assert answer.headers["Crm-Correlation-Id"] == trace


def test_a_broken_rule_names_field_value_rule_and_way_out_in_the_readers_language(notes: Client) -> None:
    note_id = notes.command("take-note", {"words": "likes tea"}).json()["id"]
    notes.command("strike-note", {"note_id": note_id})

    answers = [notes.command("strike-note", {"note_id": note_id}, **language) for language in ({}, IN_CHINESE)]

    english, chinese = (answer.json() for answer in answers)
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert english["type"] == chinese["type"] == "urn:crm:problem:note-already-struck"
    assert english["errors"] == [
        {
            "field": "note_id",
            "value": note_id,
            "rule": "A note is struck out only once.",
            "hint": "Take a new note.",
        }
    ]
    assert chinese["errors"][0]["rule"] == "一条便签只能划去一次。"
    assert chinese["detail"] == "一条便签只能划去一次。 请另写一条便签。"


def test_what_does_not_exist_is_not_found(notes: Client) -> None:
    answer = notes.command("strike-note", {"note_id": str(UUID(int=404))})

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "note_id"


def test_an_outdated_version_is_told_the_current_one(notes: Client) -> None:
    note_id = notes.command("take-note", {"words": "likes tea"}).json()["id"]
    notes.command("strike-note", {"note_id": note_id})

    answer = notes.command("strike-note", {"note_id": note_id}, if_match='"1"')

    assert (answer.status_code, answer.json()["current_version"]) == (412, 2)


def test_every_bad_value_is_named_at_once(notes: Client) -> None:
    answer = notes.command("take-note", {"stars": 9, "colour": "red"}, **IN_CHINESE)

    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert answer.status_code == 422
    assert {field: error["value"] for field, error in errors.items()} == {"words": None, "stars": 9, "colour": "red"}
    assert errors["stars"]["rule"] == "必须小于或等于 5。"
    assert errors["colour"]["hint"] == "请去掉此字段，或检查其拼写。"


def test_a_rule_of_ours_met_while_validating_keeps_its_words(notes: Client) -> None:
    (error,) = notes.command("take-note", {"words": "TEA"}, **IN_CHINESE).json()["errors"]

    assert error == {"field": "words", "value": "TEA", "rule": "便签不得全部大写。", "hint": "请使用小写字母。"}


def test_no_more_than_a_hundred_characters_of_a_value_come_back(notes: Client) -> None:
    (error,) = notes.command("take-note", {"words": "x" * 5000}).json()["errors"]

    assert error["value"] == "x" * 100


def test_a_document_is_never_sent_back(notes: Client) -> None:
    answer = notes.command("strike-note", {"words": {"phone": "13800138000"}})

    assert "13800138000" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"words": "\xff"}',
        b'{"words": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"words": NaN}',
        b'{"stars": 1e999}',
        b"[" * 500_000,
        b'{"stars": ' + b"9" * 5_000 + b"}",
    ],
    ids=repr,
)
def test_a_body_that_is_no_document_is_refused_as_a_problem(notes: Client, body: bytes) -> None:
    answer = notes.post("/commands/take-note", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_above_a_megabyte_is_refused_as_a_problem(notes: Client) -> None:
    answer = notes.command("take-note", {"words": "x" * 2**20})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_nul_character_is_refused_in_texts_and_addresses(notes: Client) -> None:
    in_text = notes.command("take-note", {"words": "a\x00b"})
    in_address = notes.get("/notes", params={"q": "a\x00b"})

    assert in_text.json()["errors"][0]["field"] == "words"
    assert (in_text.status_code, in_address.status_code) == (422, 422)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", 2**63),
        ("page", -(2**70)),
        ("read_again_at", "0001-01-01T00:00:00+14:00"),
        ("read_again_at", "9999-12-31T23:59:59-10:00"),
    ],
)
def test_what_no_database_keeps_is_refused_before_it_gets_there(notes: Client, field: str, value: object) -> None:
    answer = notes.command("take-note", {"words": "likes tea", field: value})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_what_nobody_foresaw_tells_the_caller_where_to_look_and_nothing_else(notes: Client) -> None:
    answer = notes.command("break-down", {}, crm_correlation_id="call-9")

    assert answer.status_code == 500
    assert "4711" not in answer.text
    assert answer.json()["correlation_id"] == answer.headers["Crm-Correlation-Id"] == "call-9"


def test_half_a_surrogate_pair_is_refused_in_text_that_can_be_sent(notes: Client) -> None:
    headers = {"Content-Type": "application/json"}

    answer = notes.post("/commands/take-note", content=b'{"words": "a\\ud800"}', headers=headers)

    assert (answer.status_code, answer.json()["errors"][0]["value"]) == (422, "a?")


def test_an_unknown_address_and_a_wrong_method_are_problems_too(notes: Client) -> None:
    unknown, wrong = notes.get("/nowhere"), notes.get("/commands/take-note")

    assert (unknown.status_code, wrong.status_code) == (404, 405)
    assert wrong.headers["Allow"] == "POST"
    assert unknown.json()["title"] == "Not found"


def test_a_lost_race_is_a_conflict_with_the_version_that_stands(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path) as notes:
        notes.command("take-note", {"note_id": str(UUID(int=5)), "words": "first"})

        answer = notes.command("take-note", {"note_id": str(UUID(int=5)), "words": "second"})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:crm:problem:conflict")
    assert answer.json()["current_version"] == 1


def test_a_function_that_does_not_name_its_command_is_no_handler() -> None:
    def load(note_id: UUID, app: Application, context: CommandContext) -> CommandResult:
        raise NotImplementedError

    with pytest.raises(TypeError, match="must name its Command"):
        command_router(load)
