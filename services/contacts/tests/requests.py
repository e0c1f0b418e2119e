"""Requests to contacts: commands that succeed, commands that are rejected, and reads of the read models."""

from typing import Any

import pytest
from pydantic import ValidationError

from crm_chassis.testing import PARTITIONS, Client, received
from crm_contacts.service import SERVICE
from crm_eventlog.envelope import CloudEvent, context_of

MS_CHEN = "00000000-0000-0000-0000-000000000007"
MR_WU = "00000000-0000-0000-0000-000000000008"
NOBODY = "00000000-0000-0000-0000-00000000dead"
CHEN = {
    "customer_id": MS_CHEN,
    "name": "陈丽",
    "form_of_address": "女士",
    "phones": ["138 0013 8000"],
    "emails": ["Chen.Li@EXAMPLE.com"],
    "addresses": [{"region": "广东", "city": "广州", "street": "天河路 1"}],
    "birthday": "1990-05-17",
}
TOUCH = {
    "customer_id": MS_CHEN,
    "channel": "call_centre",
    "place": "hotline",
    "direction": "in",
    "subject": "Asked for the price of a phone",
    "learned": "Wants a large screen",
}
CONSENT = {"customer_id": MS_CHEN, "channel": "email", "text_shown": "我同意接收邮件。", "language": "zh"}
HQ = {"code": "hq", "name": {"en": "Headquarters", "zh": "总部"}, "kind": "headquarters", "city": "广州"}
STORE = {
    "code": "Tianhe",
    "name": {"en": "Tianhe store", "zh": "天河店"},
    "kind": "store",
    "store_kind": "street",
    "parent_code": "HQ",
    "city": "广州",
}


def asked(contacts: Client, name: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Send a command that must succeed; return its answer."""
    answer = contacts.command(name, body, **headers)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def refused(contacts: Client, name: str, body: dict[str, Any], **headers: str) -> tuple[int, str, str]:
    """Send a command that must be rejected; return the status, the name of the rule and the field."""
    answer = contacts.command(name, body, **headers)
    problem = answer.json()
    assert problem["errors"], answer.text
    return answer.status_code, problem["type"].rpartition(":")[2], problem["errors"][0]["field"]


def rejection_in(error: pytest.ExceptionInfo[ValidationError]) -> tuple[tuple[str | int, ...], str, str, object]:
    """Return where a command is wrong, by which rule, and the field and the value that this rule names."""
    (only,) = error.value.errors()
    refused = only["ctx"]["error"]
    return only["loc"], type(refused).__name__, refused.field, refused.value


def shown(contacts: Client, path: str, **asked_for: Any) -> Any:
    """Read a route after the read models have taken in everything that was recorded."""
    stored = [fact for part in range(PARTITIONS) for fact in contacts.store.read(part, 0, 10_000)]
    events = [event for fact in stored if (event := event_of(contacts, fact))]
    contacts.project(*events)
    answer = contacts.get(path, params=asked_for)
    assert answer.status_code == 200, answer.text
    return answer.json()


def event_of(contacts: Client, fact: Any) -> CloudEvent | None:
    """Return the public event of a stored fact, as it is read from the log."""
    event = SERVICE.publish(contacts.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
    at = context_of(fact).occurred_at
    where = {"subject": fact.originator_id, "sequence": fact.originator_version, "partition_key": fact.partition_key}
    return received(event, time=at, **where) if event else None
