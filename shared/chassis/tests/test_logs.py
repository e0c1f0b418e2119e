"""Log lines: JSON with the correlation id and without personal data, from our code and from libraries."""

import json
import logging

import pytest
import structlog

from crm_chassis import logs
from crm_chassis.testing import Client


@pytest.fixture(autouse=True)
def _json_lines(notes: Client) -> None:
    logs.configure("INFO", service="notes", console=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line_with_its_correlation_and_without_what_was_asked(
    notes: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    notes.get("/notes?q=13800138000", headers={"Crm-Correlation-Id": "call-9"})

    (line,) = [line for line in lines(capsys) if line["event"] == "answered"]
    assert (line["correlation_id"], line["route"], line["status"], line["service"]) == (
        "call-9",
        "/notes",
        200,
        "notes",
    )
    assert "13800138000" not in json.dumps(line)


def test_personal_fields_is_masked_by_key_and_by_form(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning(
        "mail to chen@example.com bounced",
        customer_name="Chen Yu",
        phones=["+8613800138000"],
        details={"birthday": "1990-01-01", "city": "Guangzhou", "calls": ["+8613800138000 at noon"]},
        stream="6f1c13800138000e",
    )

    (line,) = lines(capsys)
    assert line["event"] == "mail to *** bounced"
    assert (line["customer_name"], line["phones"]) == ("***", "***")
    assert line["details"] == {"birthday": "***", "city": "Guangzhou", "calls": ["*** at noon"]}
    assert line["stream"] == "6f1c13800138000e"


def test_a_librarys_lines_take_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("aiokafka").warning("no answer from %s for %s", "broker", "chen@example.com")

    (line,) = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("no answer from broker for ***", "aiokafka", "warning")


def test_a_failure_is_logged_with_its_trace_but_not_with_the_values_in_it(
    notes: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    notes.command("break-down", {})

    (line,) = [line for line in lines(capsys) if line["event"] == "unexpected"]
    assert "RuntimeError" in str(line["exception"])
    assert "lin.mei" not in str(line["exception"])
