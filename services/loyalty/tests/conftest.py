"""Fixtures: the states that loyalty's tests begin with, and the fixed days of Ms Chen."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

import crm_loyalty.enrolment.handlers
import crm_loyalty.points.handlers
import crm_loyalty.programme.rules
from crm_chassis.testing import NOON, PARTITIONS, Client, client
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store
from crm_kernel import Money
from crm_loyalty.enrolment.commands import Enrol
from crm_loyalty.members.membership import Membership, member_id
from crm_loyalty.points.commands import EarnPoints
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.programme.rules import programme_at
from crm_loyalty.service import SERVICE
from crm_loyalty.vocabulary import Level
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.shop import EARN, ENROL, asked
from services.loyalty.tests.two_stores import TwoStores
from services.loyalty.tests.world import NOW, VERSIONS, report

MS_CHEN = UUID(int=7)
PHONE_ORDER = UUID(int=9)
PHONE, CASE_FOR_IT = UUID(int=101), UUID(int=102)
MONTH = timedelta(days=31)
IN_FORCE = partial(programme_at, versions=VERSIONS)
ASKING = (crm_loyalty.programme.rules, crm_loyalty.points.handlers, crm_loyalty.enrolment.handlers)


def put_in_force(patch: pytest.MonkeyPatch) -> None:
    """Let every module that asks for the programme get one of two versions."""
    for module in ASKING:
        patch.setattr(module, "programme_at", IN_FORCE)


@pytest.fixture
def loyalty(tmp_path: Path) -> Iterator[Client]:
    """Loyalty's web face on a fresh store; nothing has happened."""
    with client(SERVICE, tmp_path) as caller:
        yield caller


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[TwoStores]:
    """Two stores over one database, in which Ms Chen is a member with a card and 300 points."""
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.db'}", pool_size=5)
    migrate(engine, partitions=PARTITIONS)
    store = open_store(engine, source="loyalty", partitions=PARTITIONS)
    application = TwoStores(store, aggregates=SERVICE.aggregates, handlers=SERVICE.handlers)
    bought = EarnPoints(customer_id=MS_CHEN, order_id=PHONE_ORDER, amount=Decimal(300), currency="CNY")
    for command in (Enrol(customer_id=MS_CHEN, card_number="6688 0001"), bought):
        assert application.refusal(command) is None
    yield application
    engine.dispose()


@pytest.fixture
def with_chen(loyalty: Client) -> Client:
    """Ms Chen enrolled in Tianhe with a card and bought a phone case there for 299.90 yuan."""
    asked(loyalty, "enrol", ENROL)
    asked(loyalty, "earn-points", EARN)
    return loyalty


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programme have two versions, the second in force since the tenth of February."""
    put_in_force(monkeypatch)


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Everything that is reported in `world.py`, once for all tests."""
    with client(SERVICE, tmp_path_factory.mktemp("world"), clock=lambda: NOW) as caller:
        counter = Counter(caller)
        with pytest.MonkeyPatch.context() as patch:
            put_in_force(patch)
            report(counter)
        yield counter


@pytest.fixture
def world(reported: Counter, two_versions: None) -> Counter:
    """Everything that is reported in `world.py`, under two versions of the programme; it is only read."""
    return reported


@pytest.fixture
def a_member() -> Membership:
    """Ms Chen, enrolled at noon."""
    return Membership(customer_id=MS_CHEN, level=Level.ORDINARY, programme_version=1, enrolled_at=NOON)


@pytest.fixture
def an_empty_account() -> PointsAccount:
    """Ms Chen's account on the day it was opened."""
    return PointsAccount(customer_id=MS_CHEN, member_id=member_id(MS_CHEN))


@pytest.fixture
def an_account_with_two_lots(an_empty_account: PointsAccount) -> PointsAccount:
    """A hundred points from her phone, bought at noon, and three hundred from its case, a month later."""
    for order_id, yuan, at in ((PHONE, 100, NOON), (CASE_FOR_IT, 300, NOON + MONTH)):
        an_empty_account.earn(
            order_id=order_id,
            amount=Money(Decimal(yuan), "CNY"),
            level=Level.ORDINARY,
            programme=programme_at(at),
            at=at,
        )
    return an_empty_account
