"""The store on SQLite: one writer at a time, the lock taken at BEGIN."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from crm_eventlog.store.chain import StoredFact
from crm_eventlog.store.contract import Answer, Conflict, EventStore
from crm_eventlog.tables import commands, counters, events

_MOVE_HEAD = (
    update(counters)
    .where(counters.c.part == bindparam("of_part"))
    .values(n=bindparam("to_n"), head=bindparam("to_head"))
)


class SqliteStore(EventStore):
    """The embedded default: durable, in one file, with nothing to install."""

    @contextmanager
    def _appending(self, parts: Sequence[int]) -> Iterator[tuple[Connection, dict[int, tuple[int, bytes]]]]:
        try:
            with self.engine.begin() as db:
                heads = db.execute(select(counters).where(counters.c.part.in_(parts))).all()
                yield db, {part: (n, head) for part, n, head in heads}
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error

    def _write(
        self, db: Connection, rows: Sequence[StoredFact], heads: Mapping[int, tuple[int, bytes]], answer: Answer
    ) -> None:
        db.execute(events.insert(), [row._asdict() for row in rows])
        moved = [{"of_part": part, "to_n": n, "to_head": head} for part, (n, head) in heads.items()]
        db.execute(_MOVE_HEAD, moved)
        db.execute(commands.insert().values(answer._asdict()))
