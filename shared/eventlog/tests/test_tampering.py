"""Tampering: any flipped byte, deleted row or exchanged rows are found, and the first position named."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, event, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from crm_eventlog.audit import Checkpoint, Signer, checkpoint_verifiers_of, verify_chains
from crm_eventlog.migrate import migrate
from crm_eventlog.store import EventStore, open_engine, open_store
from crm_eventlog.tables import counters, events
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, EditNote, Notes, WriteNote, context
from shared.eventlog.tests.support.rewriting import chain_anew

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FACTS = 12
COLUMNS = [column.name for column in events.columns]
SAID = [name for name in COLUMNS if name not in {"part", "pos", "prev_hash", "hash"}]
Place = tuple[int, int]
Rows = dict[Place, tuple[Any, ...]]
# All examples share the fixtures. Each example restores what the one before has altered.
SAME_STATE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


class Filled(NamedTuple):
    """A store of a dozen facts with a checkpoint after each, and a way to restore it."""

    store: EventStore
    checkpoints: list[Checkpoint]
    restore: Callable[[], None]

    def rows(self) -> Rows:
        with self.store.engine.connect() as db:
            return {(row.part, row.pos): tuple(row) for row in db.execute(select(events))}


def fill(engine: Engine) -> tuple[EventStore, list[Checkpoint]]:
    migrate(engine, partitions=PARTITIONS)
    store = open_store(engine, source="notes", partitions=PARTITIONS)
    notes, signer, checkpoints = Notes(store), Signer(store, KEY), []
    for number in range(FACTS // 2):
        command = WriteNote(customer_id=UUID(int=number % 3), text=f"asks {number}")
        done = notes.execute(command, context(f"write {number}"))
        checkpoints.append(signer.sign(NOON))
        notes.execute(EditNote(note_id=done.id, text="asks again"), context(f"edit {number}"))
        checkpoints.append(signer.sign(NOON))
    return store, [checkpoint for checkpoint in checkpoints if checkpoint is not None]


def filled(engine: Engine) -> Filled:
    store, checkpoints = fill(engine)
    with engine.begin() as db:
        for table in ("events", "counters"):
            db.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))

    def restore() -> None:
        with engine.begin() as db:
            for table in ("events", "counters"):
                db.execute(text(f"DELETE FROM {table}"))
                db.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))

    return Filled(store, checkpoints, restore)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('store') / 'notes.db'}")
    # Nothing here needs to survive the machine.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    yield filled(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def on_postgres(fresh_database: Callable[[], str]) -> Iterator[Filled]:
    engine = open_engine(fresh_database())
    yield filled(engine)
    engine.dispose()


def flipped(value: Any, byte: int, mask: int) -> Any:
    """Return the value with one byte changed, as far as the database accepts it."""
    match value:
        case bytes():
            at = byte % max(1, len(value))
            return value[:at] + bytes([value[at] ^ mask]) + value[at + 1 :] if value else bytes([mask])
        case UUID():
            return UUID(bytes=flipped(value.bytes, byte, mask))
        case int():
            # Within the range of a small column, so that PostgreSQL accepts it too.
            return value ^ mask if byte % 2 else -(value ^ mask)
        case str():
            raw = flipped(value.encode(), byte, mask)
            return text_of(raw)
        case _:
            return value + timedelta(microseconds=mask << 8 * (byte % 6))


def text_of(raw: bytes) -> str:
    try:
        found = raw.decode()
    except UnicodeDecodeError:
        assume(False)
    assume("\x00" not in found)
    return found


def of(place: Place) -> Any:
    return (events.c.part == place[0]) & (events.c.pos == place[1])


@st.composite
def changes(draw: st.DrawFn, columns: list[str]) -> Callable[[Connection, Rows], None]:
    """Return one change that an attacker with all rights makes to the facts."""
    kind = draw(st.sampled_from(["flip", "delete", "exchange"]))
    first, second = draw(st.lists(st.integers(0, FACTS - 1), min_size=2, max_size=2, unique=True))
    column = draw(st.sampled_from(columns))
    byte, mask = draw(st.integers(0, 400)), draw(st.integers(1, 255))

    def flip(db: Connection, rows: Rows) -> None:
        place = sorted(rows)[first]
        value = rows[place][COLUMNS.index(column)]
        changed = flipped(value, byte, mask)
        db.execute(update(events).where(of(place)).values({column: changed}))

    def remove(db: Connection, rows: Rows) -> None:
        db.execute(delete(events).where(of(sorted(rows)[first])))

    def exchange(db: Connection, rows: Rows) -> None:
        a, b = (sorted(rows)[index] for index in (first, second))
        db.execute(update(events).where(of(a)).values(pos=1_000))
        db.execute(update(events).where(of(b)).values(part=a[0], pos=a[1]))
        db.execute(update(events).where(of((a[0], 1_000))).values(part=b[0], pos=b[1]))

    return {"flip": flip, "delete": remove, "exchange": exchange}[kind]


def first_affected(before: Rows, after: Rows) -> set[Place]:
    """Return the first altered position of every partition."""
    different = [place for place in before.keys() | after.keys() if before.get(place) != after.get(place)]
    return {min(each for each in different if each[0] == part) for part in {place[0] for place in different}}


def spoilt(filled: Filled, change: Callable[[Connection, Rows], None]) -> set[Place]:
    """Restore the store, alter it, and return where it was altered first."""
    filled.restore()
    before = filled.rows()
    try:
        with filled.store.engine.begin() as db:
            change(db, before)
    except DatabaseError:
        # The database itself refuses: two facts at one position, an id twice, a number too large.
        assume(False)
    affected = first_affected(before, filled.rows())
    assume(affected)
    return affected


def found_in(filled: Filled) -> set[Place]:
    return {(found.part, found.pos) for found in verify_chains(filled.store)}


@settings(max_examples=300, suppress_health_check=SAME_STATE)
@given(change=changes(COLUMNS))
def test_whatever_is_changed_in_a_sqlite_store_is_found_at_its_first_place(on_sqlite: Filled, change: Any) -> None:
    affected = spoilt(on_sqlite, change)

    assert found_in(on_sqlite) == affected


@settings(max_examples=60, suppress_health_check=SAME_STATE)
@given(change=changes(COLUMNS))
def test_whatever_is_changed_in_a_postgresql_store_is_found_at_its_first_place(
    on_postgres: Filled, change: Any
) -> None:
    affected = spoilt(on_postgres, change)

    assert found_in(on_postgres) == affected


@settings(max_examples=200, suppress_health_check=SAME_STATE)
@given(
    place=st.integers(0, FACTS - 1), column=st.sampled_from(COLUMNS), byte=st.integers(0, 400), mask=st.integers(1, 255)
)
def test_any_byte_in_the_file_of_sqlite_is_found_whatever_it_makes_of_a_column(
    on_sqlite: Filled, place: int, column: str, byte: int, mask: int
) -> None:
    """Flip bytes that SQLite stores though no program writes them: invalid text, ids in capitals, text for bytes."""
    on_sqlite.restore()
    at = sorted(on_sqlite.rows())[place]
    name = f'"{column}"'
    with on_sqlite.store.engine.begin() as db:
        where = f"WHERE part = {at[0]} AND pos = {at[1]}"
        kind, raw = db.execute(text(f"SELECT typeof({name}), CAST({name} AS BLOB) FROM events {where}")).one()
        assume(kind != "integer")
        changed = flipped(raw, byte, mask)
        cast = "CAST(:new AS TEXT)" if kind == "text" else ":new"
        db.execute(text(f"UPDATE events SET {name} = {cast} {where}"), {"new": changed})

    assert found_in(on_sqlite) == {at}


@settings(max_examples=150, suppress_health_check=SAME_STATE)
@given(change=changes(SAID), every=st.integers(1, 4))
def test_a_change_whose_chain_was_made_anew_is_found_by_what_was_signed(
    on_sqlite: Filled, change: Any, every: int
) -> None:
    affected = spoilt(on_sqlite, change)
    chain_anew(on_sqlite.store)
    signed = [*on_sqlite.checkpoints[::-every]][::-1]

    findings = verify_chains(on_sqlite.store, witnesses=checkpoint_verifiers_of(signed))

    assert found_in(on_sqlite) == set()
    for part, pos in affected:
        vouched = [head.n for checkpoint in signed for head in checkpoint.heads if head.part == part]
        last_before = max((n for n in vouched if n < pos), default=0)
        assert (part, last_before + 1) in {(found.part, found.pos) for found in findings}
    # Signed after every single fact, the first one affected is named exactly.
    exactly = verify_chains(on_sqlite.store, witnesses=checkpoint_verifiers_of(on_sqlite.checkpoints))
    assert {(found.part, found.pos) for found in exactly} >= affected


@settings(max_examples=60, suppress_health_check=SAME_STATE)
@given(part=st.integers(0, PARTITIONS - 1), mask=st.integers(1, 255), byte=st.integers(0, 31), what=st.integers(0, 3))
def test_whatever_is_changed_in_the_counters_is_found(
    on_sqlite: Filled, part: int, mask: int, byte: int, what: int
) -> None:
    on_sqlite.restore()
    n, head = on_sqlite.store.heads()[part]
    values = [{"n": n ^ mask}, {"n": -mask}, {"head": flipped(head, byte, mask)}, {"part": part ^ mask << 3}]
    with on_sqlite.store.engine.begin() as db:
        db.execute(update(counters).where(counters.c.part == part).values(**values[what]))

    findings = verify_chains(on_sqlite.store)

    assert findings[0].part == part


def test_a_fact_in_a_partition_of_its_own_is_found(on_sqlite: Filled) -> None:
    on_sqlite.restore()
    place, row = next(iter(on_sqlite.rows().items()))
    added = dict(zip(COLUMNS, row, strict=True)) | {"part": 99, "event_id": UUID(int=9), "originator_version": 9}
    with on_sqlite.store.engine.begin() as db:
        db.execute(insert(events).values(**added))

    assert found_in(on_sqlite) == {(99, place[1])}
