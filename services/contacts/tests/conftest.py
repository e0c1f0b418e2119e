"""Fixtures of contacts' tests."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine

from crm_chassis.testing import NOON, Client, client
from crm_contacts.consents.consent import Consent
from crm_contacts.customers.customer import Address, Customer, Details
from crm_contacts.customers.read_models import customer_card, customer_search
from crm_contacts.service import SERVICE
from crm_contacts.touches.touch import Touch
from crm_contacts.units.read_models import units
from crm_contacts.units.unit import Unit
from crm_contacts.vocabulary import CustomerKind, Direction, Ownership, UnitKind
from crm_eventlog.store import open_engine
from crm_kernel import Channel, ConsentChannel, Language, LocalizedText
from services.contacts.tests.requests import CHEN, asked
from services.contacts.tests.world import World, at_work, furnish

MS_CHEN = UUID(int=7)
CHEN_LI = Details(
    name="陈丽",
    form_of_address="女士",
    phones=("+8613800138000",),
    emails=("chen.li@example.com",),
    addresses=(Address(country="CN", region="广东", city="广州", street="天河路 1", postcode="510000"),),
    language=Language.ZH,
    birthday=date(1990, 5, 17),
)


@pytest.fixture
def contacts(tmp_path: Path) -> Iterator[Client]:
    """Yield contacts' web face on an empty store."""
    with client(SERVICE, tmp_path) as caller:
        yield caller


@pytest.fixture
def with_chen(contacts: Client) -> Client:
    """Register Ms Chen."""
    asked(contacts, "register-customer", CHEN)
    return contacts


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Yield the world of `world.py` with all its events, for tests that only read."""
    with at_work(tmp_path_factory.mktemp("world")) as found:
        furnish(found)
        yield found


@pytest.fixture
def a_world(tmp_path: Path) -> Iterator[World]:
    """Yield a world without events, for one test."""
    with at_work(tmp_path) as found:
        yield found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield a database of each kind with contacts' own read models."""
    path = tmp_path_factory.mktemp("database") / "contacts.db"
    url = f"sqlite:///{path}" if request.param == "sqlite" else request.getfixturevalue("fresh_database")()
    opened = open_engine(url)
    for module in (customer_card, customer_search, units):
        for table in module.READ_MODEL.tables:
            table.create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def tables(engine: Engine) -> Iterator[Connection]:
    """Yield the empty read models; rows that a test writes are rolled back after it."""
    with engine.connect() as db:
        yield db
        db.rollback()


@pytest.fixture
def ms_chen() -> Customer:
    """Return Ms Chen as a new customer."""
    return Customer.register(customer_id=MS_CHEN, kind=CustomerKind.PERSON, details=CHEN_LI, at=NOON)


@pytest.fixture
def a_company() -> Customer:
    """Return a company as a new customer."""
    details = replace(CHEN_LI, name="天河贸易有限公司", form_of_address="", birthday=None)
    return Customer.register(customer_id=UUID(int=8), kind=CustomerKind.COMPANY, details=details, at=NOON)


@pytest.fixture
def a_touch() -> Touch:
    """Return the touch in which Ms Chen called and asked for a price."""
    return Touch(
        touch_id=UUID(int=1),
        customer_id=MS_CHEN,
        channel=Channel.CALL_CENTRE,
        place="hotline",
        direction=Direction.IN,
        subject="Asked for the price of a phone",
        learned="Wants a large screen",
    )


@pytest.fixture
def an_empty_ledger() -> Consent:
    """Return Ms Chen's ledger before its first entry."""
    return Consent(customer_id=MS_CHEN)


@pytest.fixture
def a_ledger_with_mail(an_empty_ledger: Consent) -> Consent:
    """Return her ledger with consent to e-mails."""
    an_empty_ledger.give(ConsentChannel.EMAIL, text_shown="我同意接收邮件。", language=Language.ZH)
    return an_empty_ledger


@pytest.fixture
def the_headquarters() -> Unit:
    """Return the headquarters in Guangzhou."""
    return Unit.open(
        code="hq",
        name=LocalizedText(en="Headquarters", zh="总部"),
        kind=UnitKind.HEADQUARTERS,
        store_kind=None,
        ownership=Ownership.OWN,
        parent=None,
        city="广州",
    )
