"""Cards that two members of a group write at the same moment, each those of its own customers."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from crm_chassis.testing import received
from crm_contacts.customers.read_models import customer_card
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.store import open_engine
from crm_events.contacts import CustomerKind, CustomerRegistered, ImportanceListed, ImportanceListing
from crm_events.values import Language

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)


def registered(customer_id: UUID) -> CloudEvent:
    known = {"kind": CustomerKind.PERSON, "form_of_address": "", "language": Language.ZH}
    event = CustomerRegistered(customer_id=customer_id, name="X", **known)
    return received(event, partition_key=customer_id)


def listed(customer_id: UUID, listing: ImportanceListing) -> CloudEvent:
    general = ImportanceListing.GENERAL
    event = ImportanceListed(customer_id=customer_id, before=general, listing=listing, reason="Because")
    return received(event, partition_key=customer_id)


@pytest.fixture
def two_cards(fresh_database: Callable[[], str]) -> Iterator[Engine]:
    """Register two customers."""
    opened = open_engine(fresh_database())
    customer_card.customer_card.create(opened)
    with opened.begin() as db:
        customer_card.project([registered(MS_CHEN), registered(MR_WU)], db)
    yield opened
    opened.dispose()


def test_who_writes_one_card_neither_waits_for_the_writer_of_another_nor_undoes_it(two_cards: Engine) -> None:
    with two_cards.begin() as one, two_cards.begin() as other:
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        customer_card.project([listed(MS_CHEN, ImportanceListing.RED)], one)
        customer_card.project([listed(MR_WU, ImportanceListing.BLACK)], other)

    with two_cards.connect() as db:
        cards = customer_card.of_customers(db, [MS_CHEN, MR_WU])

    assert [card.importance for card in cards] == ["red", "black"]
