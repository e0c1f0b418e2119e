"""The OpenAPI document against the service: no undocumented status and no 5xx, whatever is sent."""

from pathlib import Path

import pytest
from schemathesis.core.failures import FailureGroup

from crm_chassis.testing import Client, client
from crm_chassis.testing.fuzzing import fuzz
from shared.chassis.tests.support.notes_service import SERVICE


def test_no_request_meets_an_undocumented_answer(notes: Client) -> None:
    asked = fuzz(notes.app, without=["/notes/scribble", "/commands/break-down"])

    assert {"POST /commands/take-note", "POST /commands/strike-note", "GET /notes"} <= set(asked)


def test_the_fuzzer_sees_a_service_that_breaks(notes: Client) -> None:
    with pytest.raises(FailureGroup):
        fuzz(notes.app, without=["/notes/scribble"])


def test_a_command_is_documented_with_its_body_headers_and_refusals(notes: Client) -> None:
    document = notes.get("/openapi.json").json()

    operation = document["paths"]["/commands/take-note"]["post"]
    headers = {parameter["name"]: parameter["required"] for parameter in operation["parameters"]}
    assert operation["operationId"] == "take_note"
    assert operation["description"] == "Take a note, now or as reported."
    assert {name for name, required in headers.items() if required} == {"Crm-Actor", "Crm-Unit"}
    assert {"Idempotency-Key", "If-Match", "Crm-Occurred-At", "Crm-Correlation-Id"} <= set(headers)
    assert {"200", "201", "404", "409", "412", "422", "503", "507", "default"} == set(operation["responses"])
    assert operation["responses"]["409"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")


def test_a_method_without_a_docstring_is_described_by_its_command(notes: Client) -> None:
    document = notes.get("/openapi.json").json()

    assert document["paths"]["/commands/strike-note"]["post"]["description"] == "Strike a note out."


def test_frameworks_own_refusals_are_not_documented(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path) as notes:
        assert "HTTPValidationError" not in notes.get("/openapi.json").text
