"""One digest says whether two services have the same history."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select, update

from crm_eventlog.tables import checkpoints, generations
from crm_history import digest, positions
from crm_history.tables import customer_history
from shared.history.tests.telling import CHEN, NOON, WANG, asked, hours, process_batch, the_story_of_ms_chen, told

OTHERWISE: dict[str, Any] = {
    "event_id": UUID(int=1),
    "customer_id": UUID(int=2),
    "occurred_at": NOON + hours(0.0000001),
    "recorded_at": NOON - hours(1),
    "stream": UUID(int=3),
    "version": 99,
    "causation_id": "somebody",
}


@pytest.mark.needs_postgres
def test_the_same_events_have_one_digest_on_both_databases(history_on: Callable[[str], Connection]) -> None:
    histories = [history_on("sqlite"), history_on("postgresql")]

    for history in histories:
        process_batch(
            history, *the_story_of_ms_chen(), told(asked('逗号, "quotes" \' \U0001f4f1'), by="王%伟", cause="x")
        )

    assert digest(histories[0]) == digest(histories[1])


def told_as_documented(rows: Iterable[Any]) -> str:
    """Compute the digest as its description says, without the database."""

    def text(value: Any) -> str:
        match value:
            case None:
                return "-"
            case UUID():
                plain = value.hex
            case datetime():
                plain = value.astimezone(UTC).isoformat(timespec="microseconds")
            case bytes():
                plain = value.decode()
            case _:
                plain = str(value)
        return f"{len(plain)}:{plain}"

    return sha256("".join("".join(map(text, row)) + "\n" for row in rows).encode()).hexdigest()


def test_anybody_can_compute_the_digest_from_its_description(history: Connection) -> None:
    process_batch(history, *the_story_of_ms_chen(), told(asked('逗号, "quotes"'), by="王%伟", cause="x"))
    order = ("customer_id", "occurred_at", "source", "stream", "version", "event_id")
    rows = history.execute(select(customer_history).order_by(*(customer_history.c[name] for name in order))).all()

    assert len({row.customer_id for row in rows}) == 2
    assert digest(history) == told_as_documented(rows)
    assert digest(history, CHEN) == told_as_documented(row for row in rows if row.customer_id == CHEN)


def test_an_empty_history_has_the_digest_of_nothing(history: Connection) -> None:
    assert digest(history) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("column", customer_history.c.keys())
def test_no_column_can_change_without_the_digest(the_history_of_ms_chen: Connection, column: str) -> None:
    before = digest(the_history_of_ms_chen)
    question = customer_history.c.type == "crm.support.QuestionAsked.v1"
    value = OTHERWISE.get(column, "otherwise")

    the_history_of_ms_chen.execute(
        update(customer_history).where(question, customer_history.c.customer_id == CHEN).values({column: value})
    )

    assert digest(the_history_of_ms_chen) != before


def test_words_that_move_from_one_column_to_the_next_change_the_digest(history: Connection) -> None:
    process_batch(history, told(asked(), by="li", role="na"))
    before = digest(history)

    history.execute(update(customer_history).values(actor="l", role="ina"))

    assert digest(history) != before


def test_a_customers_digest_knows_nothing_of_other_customers(the_history_of_ms_chen: Connection) -> None:
    before = digest(the_history_of_ms_chen, CHEN), digest(the_history_of_ms_chen, WANG)

    process_batch(the_history_of_ms_chen, told(asked("Anything new?", case=UUID(int=34), by=WANG)))

    assert digest(the_history_of_ms_chen, CHEN) == before[0]
    assert digest(the_history_of_ms_chen, WANG) != before[1]


def test_a_digest_is_told_with_the_positions_it_belongs_to(the_history_of_ms_chen: Connection) -> None:
    readers = {"reader": "customer_history", "topic": "crm.sales.v1", "updated_at": NOON}
    rows = [
        {**readers, "generation": 1, "partition": 0, "next_offset": 9},
        {**readers, "generation": 1, "partition": 1, "next_offset": 4},
        {**readers, "generation": 2, "partition": 0, "next_offset": 1},
        {**readers, "reader": "orders", "generation": 1, "partition": 0, "next_offset": 8},
    ]
    the_history_of_ms_chen.execute(insert(checkpoints), rows)
    served = {"reader": "customer_history", "generation": 1, "version": 1}
    the_history_of_ms_chen.execute(insert(generations), [served])

    read = positions(the_history_of_ms_chen)

    assert read.offsets == {"crm.sales.v1": {0: 9, 1: 4}}
    assert read.count == 14
