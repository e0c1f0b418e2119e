"""Read models of points beside those of members and cards, in any order of events."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from crm_chassis.testing import NOON, database, received
from crm_eventlog.envelope import CloudEvent
from crm_events.loyalty import (
    CardIssued,
    LotShare,
    MemberEnrolled,
    MemberEvent,
    PointsEarned,
    PointsExpired,
    PointsRedeemed,
    PointsTakenBack,
)
from crm_loyalty.cards.read_models import cards
from crm_loyalty.members.read_models import members
from crm_loyalty.points.read_models import balance, explanation

MS_CHEN, MR_WU, MEMBER = UUID(int=7), UUID(int=8), UUID(int=70)
PHONE, CASE, GOODWILL = UUID(int=1), UUID(int=2), UUID(int=3)
HERS = {"customer_id": MS_CHEN, "member_id": MEMBER}
READ_MODELS = (members.READ_MODEL, cards.READ_MODEL, balance.READ_MODEL, explanation.READ_MODEL)
TABLES = [table for model in READ_MODELS for table in model.tables]
FOR_EVER = datetime(2999, 1, 1, tzinfo=UTC)


def on_day(days: int, sequence: int, event: MemberEvent) -> CloudEvent:
    """Return this event, so many days after noon."""
    return received(event, time=NOON + timedelta(days=days), subject=event.member_id, sequence=sequence)


STORY = (
    on_day(0, 1, MemberEnrolled(**HERS, level="silver", programme_version=1)),
    on_day(0, 1, CardIssued(**HERS, card_id=UUID(int=71), number="66880001")),
    on_day(0, 2, PointsEarned(
        **HERS, lot_id=PHONE, points=100, reason="purchase", order_id=UUID(int=101), rate="1.2",
        expires_on=date(2028, 3, 1), balance=100,
    )),
    on_day(31, 3, PointsEarned(
        **HERS, lot_id=CASE, points=300, reason="purchase", order_id=UUID(int=102), rate="1.2",
        expires_on=date(2028, 4, 1), balance=400,
    )),
    on_day(32, 4, PointsRedeemed(
        **HERS, redemption_id=UUID(int=5), points=120, purpose="手机壳", unit="yuexiu", balance=280,
        from_lots=(LotShare(lot_id=PHONE, points=60), LotShare(lot_id=CASE, points=60)),
    )),
    on_day(33, 5, PointsTakenBack(
        **HERS, return_id=UUID(int=6), order_id=UUID(int=102), points=40, shortfall=10, balance=240,
        from_lots=(LotShare(lot_id=CASE, points=40),),
    )),
)  # fmt: skip
REPORTED_LATE = on_day(1, 6, PointsEarned(
    **HERS, lot_id=GOODWILL, points=200, reason="goodwill", case_id=UUID(int=301), expires_on=date(2028, 3, 2),
    balance=440,
))  # fmt: skip
EXPIRED = on_day(731, 7, PointsExpired(**HERS, lot_id=PHONE, points=40, expired_on=date(2028, 3, 2), balance=400))


@pytest.fixture
def db() -> Iterator[Connection]:
    with database(*TABLES) as db:
        yield db


def project(db: Connection, *events: CloudEvent) -> None:
    for model in READ_MODELS:
        model.project(events, db)


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)


def left(db: Connection, on: date) -> list[tuple[UUID, int]]:
    rows = balance.lots(db, MS_CHEN, on=on, until=end_of(on), after=None, limit=10)
    return [(row.lot_id, row.left) for row in rows]


def movements(db: Connection, until: datetime = FOR_EVER, **page: Any) -> list[tuple[str, int, int]]:
    rows = explanation.of_customer(db, MS_CHEN, until=until, **{"after": None, "limit": 10, **page})
    return [(row.kind, row.points, row.balance) for row in rows]


@pytest.mark.parametrize(
    ("on", "lots", "totals"),
    [
        (date(2026, 2, 28), [], (0, 0)),
        (date(2026, 3, 1), [(PHONE, 100)], (100, 0)),
        (date(2026, 4, 1), [(PHONE, 100), (CASE, 300)], (400, 0)),
        (date(2026, 4, 2), [(PHONE, 40), (CASE, 240)], (280, 0)),
        (date(2026, 4, 3), [(PHONE, 40), (CASE, 200)], (240, 0)),
        (date(2028, 3, 1), [(PHONE, 40), (CASE, 200)], (240, 0)),
        (date(2028, 3, 2), [(CASE, 200)], (200, 40)),
        (date(2028, 4, 2), [], (0, 240)),
    ],
)
def test_a_balance_is_what_could_be_spent_on_the_day_asked_for(
    db: Connection, on: date, lots: list[tuple[UUID, int]], totals: tuple[int, int]
) -> None:
    project(db, *STORY)

    assert left(db, on) == lots
    assert balance.totals(db, MS_CHEN, on=on, until=end_of(on)) == totals


def test_what_happens_at_midnight_belongs_to_the_new_day(db: Connection) -> None:
    project(db, *STORY)

    assert balance.totals(db, MS_CHEN, on=NOON.date(), until=NOON).available == 0
    assert movements(db, until=NOON) == []


def test_declaring_a_lot_expired_changes_nothing_that_can_be_spent(db: Connection) -> None:
    on = date(2028, 3, 2)
    project(db, *STORY, EXPIRED)

    assert left(db, on) == [(CASE, 200)]
    assert balance.totals(db, MS_CHEN, on=on, until=end_of(on)) == (200, 0)


def test_one_customers_points_are_not_anothers(db: Connection) -> None:
    project(db, *STORY)

    assert balance.totals(db, MR_WU, on=date(2026, 4, 3), until=FOR_EVER) == (0, 0)
    assert explanation.of_customer(db, MR_WU, until=FOR_EVER, after=None, limit=10) == []


def test_every_movement_is_explained_with_the_balance_after_it(db: Connection) -> None:
    project(db, *STORY, EXPIRED)

    assert movements(db) == [
        ("expired", -40, 200),
        ("taken_back", -40, 240),
        ("redeemed", -120, 280),
        ("earned", 300, 400),
        ("earned", 100, 100),
    ]


def test_a_movement_names_its_order_its_case_its_return_or_its_redemption(db: Connection) -> None:
    project(db, *STORY, REPORTED_LATE)

    rows = explanation.of_customer(db, MS_CHEN, until=FOR_EVER, after=None, limit=10)

    named = [(row.order_id, row.case_id, row.return_id, row.redemption_id) for row in rows]
    assert named == [
        (UUID(int=102), None, UUID(int=6), None),
        (None, None, None, UUID(int=5)),
        (UUID(int=102), None, None, None),
        (None, UUID(int=301), None, None),
        (UUID(int=101), None, None, None),
    ]
    assert [(row.rate, row.shortfall, row.purpose) for row in rows][:3] == [
        (None, 10, None),
        (None, None, "手机壳"),
        ("1.2", None, None),
    ]


def test_a_late_report_takes_its_place_among_the_others(db: Connection) -> None:
    project(db, *STORY)
    project(db, REPORTED_LATE)

    assert movements(db) == [
        ("taken_back", -40, 440),
        ("redeemed", -120, 480),
        ("earned", 300, 600),
        ("earned", 200, 300),
        ("earned", 100, 100),
    ]


def test_the_explanation_of_a_day_ends_with_the_balance_of_that_day(db: Connection) -> None:
    on = date(2026, 4, 2)
    project(db, *STORY)

    _, _, balance_then = movements(db, until=end_of(on))[0]

    assert balance_then == balance.totals(db, MS_CHEN, on=on, until=end_of(on)).available == 280


def test_pages_go_on_with_the_balances_of_the_whole(db: Connection) -> None:
    project(db, *STORY)
    seen = explanation.of_customer(db, MS_CHEN, until=FOR_EVER, after=None, limit=2)[-1]

    assert movements(db, after=(seen.happened_at, seen.sequence)) == [("earned", 300, 400), ("earned", 100, 100)]


def test_pages_of_lots_go_on_after_the_last_one_seen(db: Connection) -> None:
    project(db, *STORY)
    on = date(2026, 4, 3)
    (seen,) = balance.lots(db, MS_CHEN, on=on, until=end_of(on), after=None, limit=1)

    after = (seen.expires_on, seen.earned_at, seen.lot_id)
    rows = balance.lots(db, MS_CHEN, on=on, until=end_of(on), after=after, limit=10)

    assert [row.lot_id for row in rows] == [CASE]


def rows_after(*batches: Sequence[CloudEvent]) -> list[set[Any]]:
    with database(*TABLES) as db:
        for batch in batches:
            project(db, *batch)
        return [{tuple(row) for row in db.execute(select(table)).all()} for table in TABLES]


@settings(max_examples=25, deadline=None)
@given(st.permutations([*STORY, REPORTED_LATE, EXPIRED]), st.integers(1, 8))
def test_any_order_and_any_cut_into_batches_shows_the_same(events: Sequence[CloudEvent], size: int) -> None:
    in_batches = [events[start : start + size] for start in range(0, len(events), size)]

    assert rows_after(*in_batches) == rows_after([*STORY, REPORTED_LATE, EXPIRED])
