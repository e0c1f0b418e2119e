"""How a caller talks to contacts: asking, being refused, and looking at what the read models show."""

from typing import Any

from crm_chassis.testing import PARTITIONS, Client, heard
from crm_contacts.publishing import publish
from crm_eventlog.envelope import CloudEvent, context_of


def asked(contacts: Client, name: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Ask a command that must succeed; its answer."""
    answer = contacts.command(name, body, **headers)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def refused(contacts: Client, name: str, body: dict[str, Any], **headers: str) -> tuple[int, str, str]:
    """Ask a command that must be refused: status, the rule's name, the field."""
    answer = contacts.command(name, body, **headers)
    problem = answer.json()
    assert problem["errors"], answer.text
    return answer.status_code, problem["type"].rpartition(":")[2], problem["errors"][0]["field"]


def shown(contacts: Client, path: str, **asked_for: Any) -> Any:
    """What the read models show, once they have taken in everything that was recorded."""
    stored = [fact for part in range(PARTITIONS) for fact in contacts.store.read(part, 0, 10_000)]
    told = [event for fact in stored if (event := said(contacts, fact))]
    contacts.tell(*told)
    answer = contacts.get(path, params=asked_for)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(contacts: Client, fact: Any) -> CloudEvent | None:
    event = publish(contacts.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
    at = context_of(fact).occurred_at
    where = {"subject": fact.originator_id, "sequence": fact.originator_version, "partition_key": fact.partition_key}
    return heard(event, time=at, **where) if event else None
