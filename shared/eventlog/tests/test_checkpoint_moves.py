"""Checkpoints: created once, read per reader and generation, and moved only from their expected value."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from crm_eventlog.consumer.checkpoint import (
    Checkpoint,
    CheckpointConflict,
    CheckpointMove,
    Reader,
    advance,
    create_missing_checkpoints,
    load_checkpoints,
)
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.support.notes import NOON

CARDS, NEWER, LISTS = Reader("cards", 1), Reader("cards", 2), Reader("lists", 1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def laid(engine: Engine) -> Engine:
    """Create checkpoints of two read models, one in two generations, on two topics of two partitions."""
    with engine.begin() as db:
        for reader in (CARDS, NEWER, LISTS):
            create_missing_checkpoints(db, reader, ["a", "b"], 2, NOON)
    return engine


def rows(engine: Engine) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    with engine.connect() as db:
        return {tuple(row[:4]): tuple(row[4:]) for row in db.execute(select(checkpoints))}


def step(reader: Reader, topic: str, partition: int, expected: tuple[int, int], to: tuple[int, int]) -> CheckpointMove:
    return CheckpointMove(reader, topic, partition, Checkpoint(*expected), *to)


def test_checkpoints_are_laid_at_the_start_of_every_partition(laid: Engine) -> None:
    names = [("cards", 1), ("cards", 2), ("lists", 1)]

    assert rows(laid) == {(*reader, topic, part): (0, 0, NOON) for reader in names for topic in "ab" for part in (0, 1)}


def test_laying_again_adds_what_is_missing_and_moves_nothing(laid: Engine) -> None:
    with laid.begin() as db:
        advance(db, [step(CARDS, "a", 1, (0, 0), (5, 4))], LATER)

    with laid.begin() as db:
        create_missing_checkpoints(db, CARDS, ["a", "c"], 3, LATER)

    with laid.connect() as db:
        found = load_checkpoints(db, [CARDS])
    assert found == {(CARDS, topic, part): Checkpoint(0, 0) for topic in "ac" for part in (0, 1, 2)} | {
        (CARDS, "a", 1): Checkpoint(5, 4),
        (CARDS, "b", 0): Checkpoint(0, 0),
        (CARDS, "b", 1): Checkpoint(0, 0),
    }


def test_a_step_moves_its_own_checkpoint_and_no_other(laid: Engine) -> None:
    before = rows(laid)
    steps = [step(CARDS, "a", 1, (0, 0), (5, 4)), step(LISTS, "b", 0, (0, 0), (7, 6))]

    with laid.begin() as db:
        advance(db, steps, LATER)

    assert rows(laid) == before | {("cards", 1, "a", 1): (5, 4, LATER), ("lists", 1, "b", 0): (7, 6, LATER)}
    with laid.connect() as db:
        assert load_checkpoints(db, [CARDS, LISTS])[LISTS, "b", 0] == Checkpoint(7, 6)
        assert {reader for reader, _, _ in load_checkpoints(db, [NEWER])} == {NEWER}


@pytest.mark.parametrize("expected", [(5, 3), (4, 4), (6, 4), (5, 5)])
def test_a_checkpoint_that_stands_elsewhere_moves_for_nobody_and_takes_the_others_along(
    laid: Engine, expected: tuple[int, int]
) -> None:
    with laid.begin() as db:
        db.execute(update(checkpoints).values(next_offset=5, pos=4))
    before = rows(laid)
    steps = [step(CARDS, "a", 0, (5, 4), (6, 5)), step(CARDS, "a", 1, expected, (6, 5))]

    with (
        pytest.raises(CheckpointConflict, match=r"^1 of 2 checkpoints were moved by another process$"),
        laid.begin() as db,
    ):
        advance(db, steps, LATER)

    assert rows(laid) == before


def test_hundreds_of_checkpoints_move_together_or_not_at_all(engine: Engine) -> None:
    with engine.begin() as db:
        create_missing_checkpoints(db, CARDS, ["a"], 251, NOON)
    steps = [step(CARDS, "a", part, (0, 0), (part + 1, part)) for part in range(251)]

    with engine.begin() as db:
        advance(db, steps, LATER)

    assert rows(engine) == {("cards", 1, "a", part): (part + 1, part, LATER) for part in range(251)}
    with pytest.raises(CheckpointConflict, match=r"^51 of 51 "), engine.begin() as db:
        advance(
            db,
            [each._replace(expected=Checkpoint(each.next_offset, each.pos)) for each in steps[:200]] + steps[200:],
            NOON,
        )
    assert set(rows(engine).values()) == {(part + 1, part, LATER) for part in range(251)}
