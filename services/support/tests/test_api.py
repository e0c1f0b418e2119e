"""Support over HTTP: what clerks ask for, and what they are shown."""

from typing import Any
from uuid import UUID

from crm_chassis.testing import Client, heard
from crm_eventlog.envelope import CloudEvent, circumstances_of
from crm_events.support import VisitRule
from crm_support.__main__ import SERVICE
from crm_support.commands import MakeVisitFallDue

MS_CHEN = "00000000-0000-0000-0000-000000000007"
NOBODY = "00000000-0000-0000-0000-00000000dead"
IN_CHINESE = {"Accept-Language": "zh-CN"}


def show(support: Client) -> None:
    """Let the read models catch up with everything that was recorded."""
    parts = range(support.app.state.settings.partitions)
    facts = [fact for part in parts for fact in support.store.read(part, 0, 1000)]
    support.tell(*(_said(support, fact) for fact in facts))


def _said(support: Client, fact: Any) -> CloudEvent:
    event = SERVICE.publish(support.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
    said = circumstances_of(fact)
    return heard(event, subject=fact.originator_id, sequence=fact.originator_version, time=said.occurred_at)


def a_question(support: Client, **changes: str) -> str:
    body = {"customer_id": MS_CHEN, "channel": "web", "subject": "屏幕闪烁", "text": "Why does it flicker?", **changes}
    return str(support.command("ask-question", body).json()["id"])


def a_complaint(support: Client) -> str:
    body = {"customer_id": MS_CHEN, "channel": "call_centre", "subject": "Screen", "text": "Help!", "severity": "high"}
    return str(support.command("file-complaint", body).json()["id"])


def a_visit(support: Client) -> str:
    """The clock made the three-day visit of Ms Chen's order fall due."""
    command = MakeVisitFallDue(
        customer_id=UUID(MS_CHEN),
        order_id=UUID(int=9),
        rule=VisitRule.THREE_DAYS,
        due_on="2026-03-01",
        decided_by="visits 2026-1",
    )
    application = support.app.state.application
    from crm_chassis.testing import circumstances

    return str(application.perform(application.make_visit_fall_due, command, circumstances()).id)
