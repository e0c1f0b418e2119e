"""Whatever order the topics come in, marketing sees the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_chassis.testing import NOON, topics_heard
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_eventlog.envelope import CloudEvent
from crm_events import contacts, marketing, sales, support
from crm_events.values import ConsentChannel
from services.marketing.tests.events import (
    CAMPAIGN,
    MODELS,
    PLANNED,
    about,
    at,
    complaint,
    consent,
    lead,
    order,
    registered,
    returned,
    withdrawn,
)


def of_customer(number: int) -> Sequence[CloudEvent]:
    """Return everything that happens to one customer, as four services tell it."""
    customer_id = UUID(int=number)
    mine: Any = {"customer_id": customer_id}
    case, lead_id = UUID(int=300 + number), UUID(int=400 + number)
    opportunity, order_id = UUID(int=500 + number), UUID(int=600 + number)
    of_case = {**mine, "case_id": case, "kind": support.CaseKind.COMPLAINT}
    return [
        at(0, registered(number)),
        at(9, consent(number)),
        at(3, withdrawn(number)),
        at(10, contacts.DetailsCorrected(**mine, before={}, after={"name": "陈晓雯"}, reason="told the clerk")),
        at(1, complaint(case).model_copy(update=mine)),
        at(2, support.CaseResolved(**of_case, resolution="Repaired", opened_at=NOON, waited=timedelta(hours=1))),
        at(3, support.CaseReopened(**of_case, reason="It flickers again")),
        at(4, marketing.MessageRequested(**about(number), channel=ConsentChannel.EMAIL)),
        at(5, marketing.MessageHandedOver(**about(number), send_id=UUID(int=100 + number))),
        at(6, marketing.MessageOutcomeUnknown(**about(number), reason="the connection broke")),
        at(7, marketing.MessageAccepted(**about(number), provider_reference="250 queued")),
        at(8, marketing.MessageAnswered(**about(number), answer="有现货吗？")),
        at(5, lead(**mine, lead_id=lead_id)),
        at(6, sales.LeadConverted(**mine, lead_id=lead_id, opportunity_id=opportunity)),
        at(7, order(order_id, **mine, opportunity_id=opportunity)),
        at(8, returned("99.00").model_copy(update={**mine, "order_id": order_id})),
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_interleaving_of_topics_and_customers_gives_the_same_rows(model: Any, data: st.DataObject) -> None:
    events = [event for number in (7, 8) for event in of_customer(number)]
    heard_here = topics_heard(model, [*events, at(0, PLANNED, partition_key=CAMPAIGN)])

    batches = data.draw(interleavings(heard_here))

    assert rows_after(model, batches) == rows_after(model, [heard_here])
