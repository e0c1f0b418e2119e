"""Every event about a customer becomes one row: who, what, where and when."""

from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from crm_events import EVENTS, Channel, CustomerEvent
from crm_history import KINDS, Wanted, page
from crm_history.kinds import KIND_OF
from crm_history.sentences.names import HistoryNames
from crm_history.tables import customer_history
from crm_kernel import LocalizedText
from shared.history.tests.telling import (
    CHEN,
    NOON,
    WANG,
    asked,
    bought,
    earned,
    golden,
    hours,
    opened,
    process_batch,
    told,
    touched,
)

ABOUT_CUSTOMERS = [type for type, event in EVENTS.items() if issubclass(event, CustomerEvent)]
ABOUT_NOBODY = [type for type in EVENTS if type not in ABOUT_CUSTOMERS]


def rows(db: Connection) -> list[UUID]:
    return list(db.scalars(select(customer_history.c.event_id)))


@pytest.mark.parametrize("type", ABOUT_CUSTOMERS)
def test_an_event_about_a_customer_says_who_what_where_and_when(history: Connection, type: str) -> None:
    event = golden(type)
    one = told(event, NOON, known=NOON + hours(2), version=3, by="王伟", role="agent", correlation_id="c-1", cause=CHEN)

    process_batch(history, one)

    row = history.execute(select(customer_history)).one()
    assert (row.customer_id, row.actor, row.role, row.type) == (CHEN, "王伟", "agent", type)
    assert (row.occurred_at, row.recorded_at) == (NOON, NOON + hours(2))
    assert (row.source, row.stream, row.version) == (type.split(".")[1], one.event.subject, 3)
    assert (row.correlation_id, row.causation_id) == ("c-1", str(CHEN))
    assert row.kind in KINDS
    assert row.data.encode() == one.value


@pytest.mark.parametrize("type", ABOUT_NOBODY)
def test_an_event_about_no_customer_is_in_nobodys_history(history: Connection, type: str) -> None:
    process_batch(history, told(golden(type)))

    assert rows(history) == []


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (golden("crm.support.CaseAnswered.v1"), "question"),
        (golden("crm.support.CaseResolved.v1"), "complaint"),
        (golden("crm.support.FeedbackGiven.v1"), "suggestion"),
        (golden("crm.sales.OrderPlaced.v1"), "order"),
        (golden("crm.contacts.CustomerRegistered.v1"), "customer"),
    ],
)
def test_what_becomes_of_a_case_has_the_kind_of_the_case(history: Connection, event: CustomerEvent, kind: str) -> None:
    process_batch(history, told(event))

    assert history.scalar(select(customer_history.c.kind)) == kind


def test_every_event_about_a_customer_has_a_kind_of_its_own_choice() -> None:
    publishers = {type.split(".")[1] for type in EVENTS}

    assert KIND_OF.keys() == {EVENTS[type] for type in ABOUT_CUSTOMERS}
    assert not publishers & {kind for kind in KIND_OF.values() if isinstance(kind, str)}


def test_where_they_met_goes_before_where_it_was_written_down(history: Connection) -> None:
    process_batch(history, told(asked(), channel="api", unit="HQ"), told(bought(), channel="api", unit="HQ"))

    found = history.execute(select(customer_history.c.channel, customer_history.c.unit).order_by("channel"))
    assert [tuple(row) for row in found] == [("store", "GZ-TIANHE"), ("web", "HQ")]


def test_all_touchpoints_stand_in_one_history_in_the_order_of_time(history: Connection) -> None:
    named = ["store", "web", "call_centre", "service_centre", "mail", "vip_club", "field"]
    visits = [told(touched(Channel(name), touch=60 + at), NOON + hours(at)) for at, name in enumerate(named)]

    process_batch(history, *reversed(visits))

    assert [row.channel for row in page(history, CHEN).rows] == named[::-1]


def test_purchases_over_all_channels_stand_in_one_purchase_history(history: Connection) -> None:
    everywhere = (Channel.STORE, Channel.CALL_CENTRE, Channel.MAIL, Channel.WEB)
    orders = [told(bought(channel, order=UUID(int=70 + at)), NOON + hours(at)) for at, channel in enumerate(everywhere)]

    process_batch(history, *orders, told(earned()), told(bought(order=UUID(int=90), by=WANG)))

    found = page(history, CHEN, Wanted(kind="order")).rows
    assert [row.channel for row in found] == [channel.value for channel in reversed(everywhere)]


def test_an_event_the_relay_sent_twice_is_kept_once(history: Connection) -> None:
    question, order, points = told(asked()), told(bought()), told(earned())

    process_batch(history, question, order, question)
    process_batch(history, order, points, question)

    assert sorted(rows(history)) == sorted(one.event.id for one in (question, order, points))


@pytest.mark.parametrize("text", ["a\tb\\N", 'line\nline\r"quoted"', "屏幕 \U0001f4f1", "", "\\"])
def test_every_character_comes_back_as_it_was(history: Connection, text: str) -> None:
    one = told(asked(text), by=text or "li.na", unit=text)

    process_batch(history, one)

    row = history.execute(select(customer_history)).one()
    assert (row.data.encode(), row.actor, row.unit) == (one.value, text or "li.na", text)


@pytest.mark.parametrize("later_first", [False, True])
def test_a_unit_goes_by_its_newest_name_whatever_arrives_first(history: Connection, later_first: bool) -> None:
    namings = [told(opened("Tianhe store", "天河店"), NOON), told(opened("Flagship", "旗舰店"), NOON + hours(1))]

    for one in reversed(namings) if later_first else namings:
        process_batch(history, one)

    assert HistoryNames(history).unit("GZ-TIANHE") == LocalizedText("Flagship", "旗舰店")
