"""Lists by keyset: read page by page without missing or repeating a row, in both directions."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Column, Engine, MetaData, Table, Uuid, insert, select

from crm_eventlog.columns import Instant
from crm_eventlog.projection import Keyset
from shared.eventlog.tests.support.notes import NOON

visits = Table("visits", MetaData(), Column("at", Instant, nullable=False), Column("visit_id", Uuid, primary_key=True))
# Two at the same moment: the second column tells them apart.
ROWS = [(NOON + timedelta(hours=hour), UUID(int=number)) for number, hour in enumerate((2, 1, 2, 3, 1))]
ASCENDING, DESCENDING = (
    Keyset(visits.c.at, visits.c.visit_id),
    Keyset(visits.c.at.desc(), visits.c.visit_id.desc()),
)


@pytest.fixture
def with_visits(engine: Engine) -> Engine:
    with engine.begin() as db:
        visits.create(db)
        db.execute(insert(visits), [{"at": at, "visit_id": id} for at, id in ROWS])
    return engine


@pytest.mark.parametrize(
    ("keyset", "expected"),
    [(ASCENDING, sorted(ROWS)), (DESCENDING, sorted(ROWS, reverse=True))],
    ids=["ascending", "descending"],
)
def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    with_visits: Engine, keyset: Keyset, expected: list[tuple[datetime, UUID]]
) -> None:
    pages, after = [], None
    with with_visits.connect() as db:
        while rows := db.execute(keyset.page(select(visits), after=after, limit=2)).all():
            pages.append([tuple(row) for row in rows])
            after = keyset.of(rows[-1])

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row for page in pages for row in page] == expected


def test_the_key_of_a_row_and_its_types_are_those_of_the_columns() -> None:
    assert ASCENDING.types == DESCENDING.types == (datetime, UUID)


def test_columns_of_two_directions_are_no_keyset() -> None:
    with pytest.raises(ValueError, match="all ascend or all descend"):
        Keyset(visits.c.at.desc(), visits.c.visit_id)
